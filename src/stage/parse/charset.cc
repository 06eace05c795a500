#include "stage/parse/charset.h"

#include <iconv.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>
#include <unicode/ucnv_err.h>
#include <unicode/ucsdet.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/utf8.h"

namespace custos::stage {
namespace {

constexpr size_t kDetectBytesMin = 120;
constexpr size_t kDetectBytesMax = 16384;
constexpr int kDetectConfidenceMin = 40;

using Converter = std::unique_ptr<UConverter, decltype(&ucnv_close)>;
using Detector = std::unique_ptr<UCharsetDetector, decltype(&ucsdet_close)>;

std::string normal_label(std::string_view label) {
  std::string name;
  for (const char c : label) {
    if (c == '"' || c == '\'' || c == ' ' || c == '\t' || c == ';') continue;
    name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return name;
}

// Labels that say nothing.
bool is_vague(std::string_view name) {
  static constexpr std::array<std::string_view, 12> kNames = {
      "",        "us-ascii",       "ascii",   "ansi_x3.4-1968", "unknown-8bit", "unknown",
      "x-ascii", "x-user-defined", "default", "_autodetect",    "7bit",         "8bit"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

bool is_utf8_name(std::string_view name) {
  return name == "utf-8" || name == "utf8" || name == "utf_8" || name == "x-utf-8" || name == "utf-8-sig";
}

// What mail means by a name, where ICU's reading of it is narrower.
std::string_view meant(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 22> kNames = {{
      {"iso-8859-1", "windows-1252"}, {"iso8859-1", "windows-1252"},  {"iso_8859-1", "windows-1252"},
      {"latin1", "windows-1252"},     {"l1", "windows-1252"},         {"cp1252", "windows-1252"},
      {"ansi", "windows-1252"},       {"iso-8859-9", "windows-1254"}, {"iso-8859-11", "windows-874"},
      {"tis-620", "windows-874"},     {"gb2312", "gb18030"},          {"gbk", "gb18030"},
      {"x-gbk", "gb18030"},           {"gb_2312-80", "gb18030"},      {"ks_c_5601-1987", "windows-949"},
      {"euc-kr", "windows-949"},      {"shift_jis", "windows-31j"},   {"x-sjis", "windows-31j"},
      {"unicode-1-1-utf-7", "utf-7"}, {"iso-8859-8-i", "iso-8859-8"}, {"x-mac-roman", "macintosh"},
      {"big5", "windows-950"},
  }};
  for (const auto& [from, to] : kNames) {
    if (name == from) return to;
  }
  return name;
}

// Charsets, beside UTF-8, whose ASCII is ASCII to ICU too, and in which no escape means anything.
bool keeps_ascii(std::string_view name) {
  static constexpr std::array<std::string_view, 20> kNames = {
      "iso-8859-1",   "iso-8859-2",   "iso-8859-3",   "iso-8859-4",   "iso-8859-5",   "iso-8859-7",   "iso-8859-9",
      "iso-8859-15",  "windows-1250", "windows-1251", "windows-1252", "windows-1253", "windows-1254", "windows-1255",
      "windows-1256", "windows-1257", "windows-1258", "koi8-r",       "koi8-u",       "latin1"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

// Charsets in which every byte means something, so that only UTF-8's own pattern betrays a wrong label.
bool is_latin(std::string_view name) { return name == "windows-1252" || name == "iso-8859-15"; }

struct Converted {
  std::string text;
  bool clean = true;  // no byte without meaning
};

std::string utf8_of(const std::vector<UChar>& units) {
  std::string text(units.size() * 3, '\0');
  int32_t size = 0;
  UErrorCode code = U_ZERO_ERROR;
  u_strToUTF8WithSub(text.data(), static_cast<int32_t>(text.size()), &size, units.data(),
                     static_cast<int32_t>(units.size()), 0xfffd, nullptr, &code);
  text.resize(U_SUCCESS(code) ? static_cast<size_t>(size) : 0);
  return text;
}

// ICU's own substitute is U+001A for some charsets, which a text could hold.
void substitute(const void* broken, UConverterToUnicodeArgs* args, const char*, int32_t,
                UConverterCallbackReason reason, UErrorCode* code) {
  if (reason > UCNV_IRREGULAR) return;
  static constexpr UChar kReplacement = 0xfffd;
  *static_cast<bool*>(const_cast<void*>(broken)) = true;
  *code = U_ZERO_ERROR;
  ucnv_cbToUWriteUChars(args, &kReplacement, 1, 0, code);
}

// Nothing where ICU does not know the name.
std::optional<Converted> convert_by_icu(std::string_view bytes, std::string_view name) {
  UErrorCode code = U_ZERO_ERROR;
  const Converter converter(ucnv_open(std::string(name).c_str(), &code), &ucnv_close);
  if (U_FAILURE(code)) return std::nullopt;
  bool broken = false;
  ucnv_setToUCallBack(converter.get(), substitute, &broken, nullptr, nullptr, &code);
  std::vector<UChar> units(bytes.size() * 2 + 16);
  UChar* out = units.data();
  const char* in = bytes.data();
  ucnv_toUnicode(converter.get(), &out, units.data() + units.size(), &in, bytes.data() + bytes.size(), nullptr, true,
                 &code);
  units.resize(static_cast<size_t>(out - units.data()));
  return Converted{utf8_of(units), U_SUCCESS(code) && !broken};
}

struct IconvCloser {
  iconv_t handle;
  ~IconvCloser() { iconv_close(handle); }
};

// For the names that only the C library knows.
std::optional<Converted> convert_by_iconv(std::string_view bytes, const std::string& name) {
  const iconv_t handle = iconv_open("UTF-8", name.c_str());
  if (handle == reinterpret_cast<iconv_t>(-1)) return std::nullopt;  // NOLINT: iconv's own convention
  const IconvCloser closer{handle};
  Converted result;
  std::array<char, 4096> buffer;
  char* in = const_cast<char*>(bytes.data());  // iconv takes char** and does not write
  size_t left = bytes.size();
  while (left > 0) {
    char* out = buffer.data();
    size_t room = buffer.size();
    const size_t before = left;
    const size_t rc = iconv(handle, &in, &left, &out, &room);
    result.text.append(buffer.data(), buffer.size() - room);
    if (rc != static_cast<size_t>(-1) || (errno == E2BIG && before != left)) continue;
    result.clean = false;
    result.text += "\xef\xbf\xbd";
    ++in;
    --left;
  }
  return result;
}

std::optional<Converted> convert(std::string_view bytes, const std::string& name) {
  if (bytes.empty()) return Converted{};
  if (auto converted = convert_by_icu(bytes, meant(name))) return converted;
  return convert_by_iconv(bytes, name);
}

// Nothing but ASCII, and no escape that could switch to another set of characters.
bool is_plain_ascii(std::string_view bytes) {
  unsigned char high = 0;
  unsigned char escapes = 0;
  for (const char c : bytes) {
    high |= static_cast<unsigned char>(c);
    escapes |= static_cast<unsigned char>(c == '\x1b');
  }
  return high < 0x80 && escapes == 0;
}

size_t count_high(std::string_view bytes) {
  return static_cast<size_t>(std::count_if(bytes.begin(), bytes.end(), [](char c) { return (c & 0x80) != 0; }));
}

bool has_japanese_escape(std::string_view bytes) {
  return bytes.find("\x1b$B") != std::string_view::npos || bytes.find("\x1b$@") != std::string_view::npos;
}

std::string detected_name(std::string_view bytes) {
  if (bytes.size() < kDetectBytesMin) return {};
  UErrorCode code = U_ZERO_ERROR;
  const Detector detector(ucsdet_open(&code), &ucsdet_close);
  if (U_FAILURE(code)) return {};
  const auto size = static_cast<int32_t>(std::min(bytes.size(), kDetectBytesMax));
  ucsdet_setText(detector.get(), bytes.data(), size, &code);
  const UCharsetMatch* match = ucsdet_detect(detector.get(), &code);
  if (U_FAILURE(code) || match == nullptr) return {};
  if (ucsdet_getConfidence(match, &code) < kDetectConfidenceMin) return {};
  const char* name = ucsdet_getName(match, &code);
  return U_SUCCESS(code) && name != nullptr ? normal_label(name) : std::string();
}

// REQUIRES: not UTF-8.
std::string guessed(std::string_view bytes) {
  const std::string name = detected_name(bytes);
  if (!name.empty()) {
    if (auto converted = convert(bytes, name); converted && converted->clean) return std::move(converted->text);
  }
  if (auto converted = convert_by_icu(bytes, "windows-1252")) return std::move(converted->text);
  return utf8_repaired(bytes);
}

// UTF-8 sent under a Latin label: two-byte pairs alone can be chance, several or longer ones cannot.
bool is_surely_utf8(std::string_view bytes) {
  const size_t high = count_high(bytes);
  return high >= 4 && is_utf8(bytes);
}

// For labels that name no other charset: none at all, US-ASCII, UTF-8.
std::string decode_probably_utf8(std::string_view bytes, std::string_view name, Defects& defects) {
  const bool labelled = !name.empty() && name != "unknown-8bit";
  if (has_japanese_escape(bytes)) {
    if (auto converted = convert_by_icu(bytes, "iso-2022-jp"); converted && converted->clean) {
      if (labelled) defects.add("charset-mismatch");
      return std::move(converted->text);
    }
  }
  if (is_utf8(bytes)) {
    if (labelled && !is_utf8_name(name) && count_high(bytes) > 0) defects.add("charset-mismatch");
    return std::string(bytes);
  }
  defects.add(labelled ? "charset-mismatch" : "missing-charset");
  return guessed(bytes);
}

}  // namespace

bool is_utf8(std::string_view text) { return utf8_is_valid(text); }

std::string decode_charset(std::string_view bytes, std::string_view label, Defects& defects) {
  const std::string name = normal_label(label);
  const bool is_probably_utf8 = is_vague(name) || is_utf8_name(name);
  if ((is_probably_utf8 || keeps_ascii(name)) && is_plain_ascii(bytes)) return std::string(bytes);
  if (is_probably_utf8) return decode_probably_utf8(bytes, name, defects);
  auto converted = convert(bytes, name);
  if (!converted) {
    defects.add("unknown-charset");
    return is_utf8(bytes) ? std::string(bytes) : guessed(bytes);
  }
  const bool wrong = !converted->clean || is_latin(meant(name));
  if (wrong && is_surely_utf8(bytes)) {
    defects.add("charset-mismatch");
    return std::string(bytes);
  }
  if (!converted->clean) defects.add("charset-mismatch");
  return std::move(converted->text);
}

std::string with_plain_line_ends(std::string text) {
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  if (text.find('\r') != std::string::npos) {
    size_t out = 0;
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
      text[out++] = text[i] == '\r' ? '\n' : text[i];
    }
    text.resize(out);
  }
  return text.find('\0') == std::string::npos ? text : utf8_repaired(text);
}

std::string_view limited_text(std::string_view text, size_t bytes, Defects& defects) {
  if (text.size() <= bytes) return text;
  defects.add("text-truncated");
  return utf8_truncated(text, bytes);
}

}  // namespace custos::stage
