#include "stage/parse/encoded_words.h"

#include <gmime/gmime.h>

#include <algorithm>
#include <optional>

#include "stage/parse/defects.h"
#include "stage/parse/transfer.h"

namespace custos::stage {
namespace {

constexpr size_t kCharsetBytesMax = 64;

struct Word {
  std::string_view charset;
  char encoding = 'b';
  std::string_view text;
  size_t end = 0;  // past "?="
};

std::optional<Word> word_at(std::string_view field, size_t at) {
  if (field.compare(at, 2, "=?") != 0) return std::nullopt;
  const size_t charset_end = field.find('?', at + 2);
  if (charset_end == std::string_view::npos || charset_end - at - 2 > kCharsetBytesMax) return std::nullopt;
  if (charset_end + 2 >= field.size() || field[charset_end + 2] != '?') return std::nullopt;
  Word word;
  word.charset = field.substr(at + 2, charset_end - at - 2);
  word.encoding = g_ascii_tolower(field[charset_end + 1]);
  if (word.charset.empty() || (word.encoding != 'b' && word.encoding != 'q')) return std::nullopt;
  const size_t begin = charset_end + 3;
  const size_t end = field.find('?', begin);
  if (end == std::string_view::npos || end + 1 >= field.size() || field[end + 1] != '=') return std::nullopt;
  word.text = field.substr(begin, end - begin);
  if (word.text.find('\n') != std::string_view::npos) return std::nullopt;
  word.end = end + 2;
  return word;
}

size_t past_blanks(std::string_view field, size_t at) {
  return std::min(field.find_first_not_of(" \t\r\n", at), field.size());
}

bool same_charset(std::string_view a, std::string_view b) {
  return a.size() == b.size() && g_ascii_strncasecmp(a.data(), b.data(), a.size()) == 0;
}

void append_bytes(const Word& word, std::string& bytes, std::string& pending_base64) {
  Defects ignored;
  std::string storage;
  const auto flush = [&] {
    while (pending_base64.ends_with('=')) pending_base64.pop_back();
    while (pending_base64.size() % 4 != 0) pending_base64 += '=';
    bytes += decode_transfer(GMIME_CONTENT_ENCODING_BASE64, pending_base64, storage, ignored);
    pending_base64.clear();
  };
  if (word.encoding == 'b') {
    pending_base64 += word.text;  // an unpadded word goes on in the next one
    if (word.text.ends_with('=')) flush();
    return;
  }
  flush();
  std::string quoted(word.text);
  std::replace(quoted.begin(), quoted.end(), '_', ' ');
  bytes += decode_transfer(GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE, quoted, storage, ignored);
  if (quoted.ends_with(' ') && !bytes.ends_with(' ')) bytes += ' ';
}

void append_word(std::string& out, std::string_view charset, const std::string& bytes) {
  gchar* encoded = g_base64_encode(reinterpret_cast<const guchar*>(bytes.data()), bytes.size());
  out.append("=?").append(charset).append("?B?").append(encoded).append("?=");
  g_free(encoded);
}

// The run of words that begins with `first`, at `at`; returns where it ends.
size_t append_run(std::string_view field, size_t at, const Word& first, std::string& out) {
  std::string bytes;
  std::string pending;
  size_t end = at;
  size_t words = 0;
  for (std::optional<Word> word = first; word && same_charset(word->charset, first.charset);) {
    append_bytes(*word, bytes, pending);
    end = word->end;
    ++words;
    word = word_at(field, past_blanks(field, end));
  }
  if (words < 2) {
    out.append(field.substr(at, end - at));
    return end;
  }
  append_bytes(Word{first.charset, 'b', "=", 0}, bytes, pending);
  append_word(out, first.charset, bytes);
  return end;
}

}  // namespace

bool has_adjacent_words(std::string_view field) {
  for (size_t at = field.find("?="); at != std::string_view::npos; at = field.find("?=", at + 2)) {
    const size_t next = past_blanks(field, at + 2);
    if (field.compare(next, 2, "=?") == 0) return true;
  }
  return false;
}

std::string with_joined_words(std::string_view field) {
  std::string out;
  for (size_t at = 0; at < field.size();) {
    const size_t open = std::min(field.find("=?", at), field.size());
    out.append(field.substr(at, open - at));
    if (open == field.size()) break;
    if (const auto word = word_at(field, open)) {
      at = append_run(field, open, *word, out);
    } else {
      out += "=?";
      at = open + 2;
    }
  }
  return out;
}

}  // namespace custos::stage
