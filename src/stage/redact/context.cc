#include "stage/redact/context.h"

#include <algorithm>
#include <array>
#include <string>

namespace custos::stage {
namespace {

bool is_ascii_alphanumeric(char byte) {
  return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
}
bool is_high(char byte) { return static_cast<uint8_t>(byte) >= 0x80; }
bool is_continuation(char byte) { return (static_cast<uint8_t>(byte) & 0xC0) == 0x80; }

// Thai, Hangul, kana and Han: three bytes each, from U+0E00 on.
bool is_of_spaceless_script(std::string_view word) {
  return !word.empty() &&
         (static_cast<uint8_t>(word.front()) >= 0xE3 ||
          (static_cast<uint8_t>(word.front()) == 0xE0 && word.size() > 1 && static_cast<uint8_t>(word[1]) >= 0xB8));
}
bool may_begin_spaceless(char byte) { return static_cast<uint8_t>(byte) >= 0xE0; }

// Whether what stands at `at` goes on a word.
bool is_joined(std::string_view text, uint32_t at) {
  if (at == 0) return false;
  if (!is_high(text[at - 1])) return is_ascii_alphanumeric(text[at - 1]);
  return !has_word_edges(text, {at, static_cast<uint32_t>(text.size())});
}

// `tags`: ascending.
bool touches(const std::vector<document::Span>& tags, document::Span span) {
  const auto first =
      std::partition_point(tags.begin(), tags.end(), [&](document::Span tag) { return tag.end <= span.begin; });
  return first != tags.end() && first->begin < span.end;
}

document::Span window_before(std::string_view text, document::Span span) {
  uint32_t begin = span.begin - std::min(span.begin, kContextBytesBefore);
  while (begin < span.begin && is_continuation(text[begin])) ++begin;
  return {begin, span.begin};
}

document::Span window_after(std::string_view text, document::Span span) {
  auto end = static_cast<uint32_t>(std::min<size_t>(text.size(), size_t{span.end} + kContextBytesAfter));
  while (end > span.end && end < text.size() && is_continuation(text[end])) --end;
  return {span.end, end};
}

}  // namespace

ContextWords::ContextWords(const std::vector<Recognizer>& recognizers) {
  for (size_t i = 0; i < recognizers.size(); ++i) {
    for (const std::string& word : recognizers[i].context) {
      if (word.empty()) continue;
      const uint32_t number = trie_.add(word);
      if (number == words_.size()) words_.push_back({word.size() <= 3, is_of_spaceless_script(word), {}});
      words_[number].recognizers.push_back(static_cast<uint32_t>(i));
    }
  }
}

void ContextWords::find_at(std::string_view text, uint32_t at, std::vector<Hit>& hits) const {
  if (!trie_.may_begin(text[at])) return;
  const bool joined = is_joined(text, at);
  if (joined && !may_begin_spaceless(text[at])) return;
  trie_.find_at(text, at, static_cast<uint32_t>(text.size()), [&](uint32_t number, uint32_t end) {
    const Word& word = words_[number];
    // A candidate itself is beyond the window: what is joined to it is no word of its own.
    if (!word.anywhere && (joined || (word.whole && !has_word_edges(text, {at, end})))) return;
    hits.push_back({{at, end}, number});
  });
}

void ContextWords::mark(uint32_t word, std::vector<bool>& recognizers) const {
  for (const uint32_t recognizer : words_[word].recognizers) recognizers[recognizer] = true;
}

void ContextReader::find(document::Span span, std::vector<bool>& found) {
  std::fill(found.begin(), found.end(), false);
  find_in(window_before(text_, span), found);
  find_in(window_after(text_, span), found);
}

void ContextReader::find_in(document::Span window, std::vector<bool>& found) {
  if (window.empty()) return;
  read(window);
  auto hit = std::partition_point(hits_.begin(), hits_.end(),
                                  [&](const ContextWords::Hit& each) { return each.span.begin < window.begin; });
  for (; hit != hits_.end() && hit->span.begin < window.end; ++hit) {
    if (hit->span.end <= window.end && !touches(tags_, hit->span)) words_.mark(hit->word, found);
  }
}

void ContextReader::read(document::Span window) {
  // Beyond it, what lies between is not worth reading.
  constexpr uint32_t kGapMax = 64;
  constexpr size_t kHitsMax = 4096;
  const bool goes_on = window.begin >= read_.begin && window.begin <= read_.end + kGapMax && hits_.size() < kHitsMax;
  if (!goes_on) {
    hits_.clear();
    read_ = {window.begin, window.begin};
  }
  if (read_.end >= window.end) return;
  for (uint32_t at = read_.end; at < window.end; ++at) words_.find_at(text_, at, hits_);
  read_.end = window.end;
}

bool is_refuted_by_context(std::string_view type, std::string_view text, document::Span span) {
  if (type != "IP") return false;
  static constexpr std::array<std::string_view, 10> kWords = {"version", "ver",   "ver.",     "v",       "v.",
                                                              "release", "build", "firmware", "section", "chapter"};
  std::string before;
  size_t at = span.begin;
  while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == ':')) --at;
  while (at > 0 && before.size() < 10 && (is_ascii_alphanumeric(text[at - 1]) || text[at - 1] == '.')) {
    const char byte = text[--at];
    before.insert(before.begin(), byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte | 0x20) : byte);
  }
  return std::find(kWords.begin(), kWords.end(), before) != kWords.end();
}

}  // namespace custos::stage
