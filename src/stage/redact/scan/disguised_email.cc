#include "stage/redact/scan/disguised_email.h"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <string>

namespace custos::stage {
namespace {

constexpr size_t kReachBefore = 80;
constexpr size_t kReachAfter = 160;

bool is_continuation(char byte) { return (static_cast<uint8_t>(byte) & 0xC0) == 0x80; }

bool closes(char byte) { return byte == ')' || byte == ']' || byte == '}' || byte == '>'; }
bool opens(char byte) { return byte == '(' || byte == '[' || byte == '{'; }

char at_or_blank(std::string_view text, size_t at) { return at < text.size() ? text[at] : ' '; }
char lower(char byte) { return static_cast<char>(byte | 0x20); }
size_t without_blank(std::string_view text, size_t at) { return at < text.size() && text[at] == ' ' ? at + 1 : at; }

// "(at)", "[ AT ]", "{at}", "<at>": at the bracket.
bool is_bracketed_at(std::string_view text, size_t at) {
  const size_t word = without_blank(text, at + 1);
  if (lower(at_or_blank(text, word)) != 'a' || lower(at_or_blank(text, word + 1)) != 't') return false;
  return closes(at_or_blank(text, without_blank(text, word + 2)));
}

// "@" whose domain is spelt: "@example dot com", "@ example (.) com".
bool is_spelt_domain(std::string_view text, size_t at) {
  const size_t begin = without_blank(text, at + 1);
  size_t end = begin;
  while (end < text.size() && end - begin < 64 &&
         (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '-')) {
    ++end;
  }
  const size_t dot = without_blank(text, end);
  return opens(at_or_blank(text, dot)) || (dot > end && lower(at_or_blank(text, dot)) == 'd');
}

bool is_anchor(std::string_view text, size_t at) {
  if (text[at] == '@') return is_spelt_domain(text, at);
  return is_bracketed_at(text, at);
}

// Ascending. One search for each sign is faster than one for any of them.
std::vector<size_t> anchors(std::string_view text) {
  std::vector<size_t> found;
  for (const char sign : std::string_view("@([{<")) {
    for (size_t at = text.find(sign); at != std::string_view::npos; at = text.find(sign, at + 1)) {
      if (is_anchor(text, at)) found.push_back(at);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

DisguisedEmails::DisguisedEmails(std::unique_ptr<re2::RE2> pattern) : pattern_(std::move(pattern)) {}
DisguisedEmails::DisguisedEmails(DisguisedEmails&&) noexcept = default;
DisguisedEmails& DisguisedEmails::operator=(DisguisedEmails&&) noexcept = default;
DisguisedEmails::~DisguisedEmails() = default;

Result<DisguisedEmails> DisguisedEmails::compile() {
  const std::string bracket_dot = R"((?: ?[(\[{] ?(?:dot|\.) ?[)\]}] ?))";
  const std::string any_dot = "(?:" + bracket_dot + R"(| dot |\.))";
  const std::string spelt_dot = "(?:" + bracket_dot + "| dot )";
  const std::string local = R"([a-z0-9_%+-]{1,64}(?:)" + any_dot + R"([a-z0-9_%+-]{1,64}){0,4})";
  const std::string at = R"( ?[(\[{<] ?at ?[)\]}>] ?)";
  const std::string label = "[a-z0-9-]{1,63}";
  const std::string pattern = local + "(?:" + at + label + "(?:" + any_dot + label + "){0,3}" + any_dot +
                              "[a-z]{2,24}|@ ?" + label + "(?:" + spelt_dot + label + "){0,3}" + spelt_dot +
                              R"([a-z]{2,24})\b)";
  re2::RE2::Options options;
  options.set_case_sensitive(false);
  options.set_log_errors(false);
  options.set_longest_match(true);
  auto compiled = std::make_unique<re2::RE2>(pattern, options);
  if (!compiled->ok()) return Error{Code::kInvalidArgument, "the pattern of disguised addresses: " + compiled->error()};
  return DisguisedEmails(std::move(compiled));
}

std::vector<document::Span> DisguisedEmails::find(std::string_view text) const {
  std::vector<document::Span> found;
  size_t least = 0;
  for (const size_t at : anchors(text)) {
    if (at < least) continue;
    size_t begin = std::max(at - std::min(at, kReachBefore), least);
    while (begin < at && is_continuation(text[begin])) ++begin;
    size_t end = std::min(text.size(), at + kReachAfter);
    while (end > at + 1 && end < text.size() && is_continuation(text[end])) --end;
    const re2::StringPiece window(text.data() + begin, end - begin);
    re2::StringPiece match;
    if (!pattern_->Match(window, 0, window.size(), re2::RE2::UNANCHORED, &match, 1)) continue;
    const auto match_begin = static_cast<uint32_t>(match.data() - text.data());
    found.push_back({match_begin, match_begin + static_cast<uint32_t>(match.size())});
    least = found.back().end;
  }
  return found;
}

}  // namespace custos::stage
