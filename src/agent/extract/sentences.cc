#include "agent/extract/sentences.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/ascii.h"
#include "document/sentence.h"

namespace custos::agent {
namespace {

using document::ReasonedSpan;
using document::Span;
using document::SpanReason;

constexpr uint32_t kSentenceBytesMax = 600;  // a longer one is cut at lines, then at words
constexpr uint32_t kLettersMin = 6;

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// The last word of `text`, in small letters.
std::string last_word(std::string_view text) {
  const size_t begin = text.find_last_of(" \n\t(\"") + 1;
  std::string word;
  for (const char c : text.substr(begin)) word += small(c);
  return word;
}

// "Mr.", "J.", "e.g.": the sentence goes on.
bool ends_in_abbreviation(std::string_view text) {
  constexpr auto kAbbreviations = std::to_array<std::string_view>(
      {"approx.", "art.", "bzw.",  "co.",  "corp.", "dept.", "dr.",  "e.g.", "etc.", "fig.",
       "i.e.",    "inc.", "jr.",   "ltd.", "m.",    "mr.",   "mrs.", "ms.",  "no.",  "nr.",
       "p.",      "pp.",  "prof.", "sen.", "st.",   "u.k.",  "u.s.", "vs.",  "z.b."});
  if (!text.ends_with('.')) return false;
  const std::string word = last_word(text);
  if (word.size() == 2 && word[0] >= 'a' && word[0] <= 'z') return true;
  return std::ranges::find(kAbbreviations, word) != kAbbreviations.end();
}

// Whether a line that begins here is an item of a list, or a row.
bool begins_item(std::string_view text, uint32_t at, uint32_t end) {
  if (at >= end) return false;
  const char c = text[at];
  if (c == '-' || c == '*' || c == '>' || c == '|' || c == '#') return true;
  if (text.substr(at).starts_with("•")) return true;
  uint32_t digits = at;
  while (digits < end && text[digits] >= '0' && text[digits] <= '9') ++digits;
  return digits > at && digits + 1 < end && digits - at <= 2 && (text[digits] == '.' || text[digits] == ')') &&
         text[digits + 1] == ' ';
}

bool is_table_gap(std::string_view line) {
  return line.find("   ") != std::string_view::npos || line.find('\t') != std::string_view::npos;
}

// Cuts a sentence at lines that are items or rows, and where it is too long.
class LineCutter {
 public:
  LineCutter(std::string_view text, std::vector<Span>& out) : text_(text), out_(out) {}

  void cut(Span sentence) {
    uint32_t begin = sentence.begin;
    for (uint32_t at = begin; at < sentence.end; ++at) {
      if (text_[at] != '\n') continue;
      const uint32_t next = at + 1;
      const std::string_view line = text_.substr(begin, at - begin);
      const bool is_long = at - begin > kSentenceBytesMax / 2;
      if (!is_long && !begins_item(text_, next, sentence.end) && !is_table_gap(line) && !line.ends_with(':')) continue;
      add({begin, at});
      begin = next;
    }
    add({begin, sentence.end});
  }

 private:
  void add(Span span) {
    span = document::trimmed(text_, span);
    while (span.size() > kSentenceBytesMax) {
      uint32_t end = span.begin + kSentenceBytesMax;
      while (end > span.begin + kSentenceBytesMax / 2 && !document::is_space(text_[end])) --end;
      while (end < span.end && (static_cast<unsigned char>(text_[end]) & 0xC0) == 0x80) ++end;
      const Span piece = document::trimmed(text_, {span.begin, end});
      if (!piece.empty()) out_.push_back(piece);
      span = document::trimmed(text_, {end, span.end});
    }
    if (!span.empty()) out_.push_back(span);
  }

  std::string_view text_;
  std::vector<Span>& out_;
};

uint32_t letters(std::string_view text) {
  return static_cast<uint32_t>(
      std::ranges::count_if(text, [](char c) { return ascii_is_alnum(c) || static_cast<unsigned char>(c) >= 0x80; }));
}

// "Hi Ann,", "Thanks.", "Regards,".
bool is_courtesy(std::string_view text) {
  constexpr auto kOpenings = std::to_array<std::string_view>(
      {"hi",           "hello",        "dear",   "thanks",    "thank you", "regards",
       "best regards", "kind regards", "cheers", "sincerely", "best",      "good morning",
       "bonjour",      "hola",         "hallo",  "liebe",     "guten tag", "mit freundlichen",
       "all",          "folks"});
  if (text.size() > 40) return false;
  std::string lower;
  for (const char c : text) lower += small(c);
  return std::ranges::any_of(kOpenings, [&](std::string_view opening) {
    if (!lower.starts_with(opening)) return false;
    const std::string_view rest = std::string_view(lower).substr(opening.size());
    if (!rest.empty() && ascii_is_alnum(rest[0])) return false;
    return std::ranges::count(rest, ' ') <= 3 &&
           (rest.size() < 3 || rest.ends_with(',') || rest.ends_with('!') || rest.ends_with('.'));
  });
}

// Lines that mail programs write: "On … wrote:", "Subject: …", "-- ".
bool is_mail_header(std::string_view text) {
  constexpr auto kNames =
      std::to_array<std::string_view>({"--", "bcc:", "cc:", "date:", "from:", "sent:", "subject:", "to:", "von:",
                                       "gesendet:", "an:", "betreff:", "de :", "envoyé :", "objet :", "-----"});
  while (text.starts_with('>') || text.starts_with(' ') || text.starts_with('*')) text.remove_prefix(1);
  std::string lower;
  for (const char c : text.substr(0, 12)) lower += small(c);
  if (std::ranges::any_of(kNames, [&](std::string_view name) { return lower.starts_with(name); })) return true;
  return text.size() < 120 && (text.ends_with("wrote:") || text.ends_with("schrieb:"));
}

// So many words, or a script that writes without spaces.
bool has_words(std::string_view text, int least) {
  int words = 0;
  bool inside = false;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return true;
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    words += is_letter && !inside ? 1 : 0;
    inside = is_letter || (inside && c == '\'');
  }
  return words >= least;
}

// Of history, lines of signatures are many.
bool is_worth(std::string_view text, bool is_authored) {
  return letters(text) >= kLettersMin && has_words(text, is_authored ? 2 : 5) && !is_courtesy(text) &&
         !is_mail_header(text);
}

// Those that search knows; the other form of a body, as HTML beside plain text, says the same again.
bool is_searched(const index::StoredText& text, uint32_t stored_part) {
  return stored_part == 0 ||
         std::ranges::find(text.chunks, text.parts[stored_part].part, &document::Chunk::part) != text.chunks.end();
}

// Quoted history may answer; signatures and disclaimers do not.
bool may_answer(SpanReason reason) { return reason == SpanReason::kQuoted || reason == SpanReason::kForwarded; }

}  // namespace

std::vector<Span> sentence_spans(std::string_view text, Span within) {
  std::vector<Span> spans;
  LineCutter cutter(text, spans);
  uint32_t begin = within.begin;
  for (uint32_t at = within.begin; at < within.end;) {
    const document::SentenceEnd sentence = document::sentence_end(text, at, within.end);
    at = sentence.at;
    const Span span = document::trimmed(text, {begin, at});
    if (at < within.end && !sentence.ends_paragraph && ends_in_abbreviation(span.of(text))) continue;
    if (!span.empty()) cutter.cut(span);
    begin = at;
    if (sentence.ends_paragraph) {
      while (at < within.end && document::is_space(text[at])) ++at;
      begin = at;
    }
  }
  return spans;
}

std::vector<TextSentence> sentences_of(const index::StoredText& text, size_t limit) {
  std::vector<TextSentence> sentences;
  const auto add = [&](uint32_t part, Span within, bool is_authored) {
    if (!is_searched(text, part)) return;
    const std::string_view whole = text.parts[part].text.text();
    for (const Span span : sentence_spans(whole, within)) {
      if (sentences.size() >= limit) return;
      if (!is_worth(span.of(whole), is_authored)) continue;
      sentences.push_back({part, span, is_authored, static_cast<uint32_t>(sentences.size())});
    }
  };
  for (uint32_t part = 0; part < text.parts.size(); ++part) {
    const index::StoredPart& stored = text.parts[part];
    const auto size = static_cast<uint32_t>(stored.text.text().size());
    for (const Span span : document::authored_spans(stored.removed, size)) add(part, span, true);
  }
  for (uint32_t part = 0; part < text.parts.size(); ++part) {
    for (const ReasonedSpan& removed : text.parts[part].removed) {
      if (may_answer(removed.reason)) add(part, removed.span, false);
    }
  }
  return sentences;
}

}  // namespace custos::agent
