#include "stage/redact/context.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

namespace custos::stage {
namespace {

bool is_ascii_alphanumeric(char byte) {
  return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
}
bool is_continuation(char byte) { return (static_cast<uint8_t>(byte) & 0xC0) == 0x80; }

std::string quoted_for_hyperscan(std::string_view word) {
  std::string out;
  for (const char byte : word) {
    if (static_cast<uint8_t>(byte) < 0x80 && !is_ascii_alphanumeric(byte) && byte != ' ') out += '\\';
    out += byte;
  }
  return out;
}

// Thai, Hangul, kana and Han: three bytes each, from U+0E00 on.
bool is_of_spaceless_script(std::string_view word) {
  return !word.empty() &&
         (static_cast<uint8_t>(word.front()) >= 0xE3 ||
          (static_cast<uint8_t>(word.front()) == 0xE0 && word.size() > 1 && static_cast<uint8_t>(word[1]) >= 0xB8));
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

struct ContextWords::Sink {
  const ContextWords& words;
  std::string_view text;
  document::Span window;
  const std::vector<document::Span>& tags;
  std::vector<bool>& found;
};

Result<ContextWords> ContextWords::compile(const std::vector<Recognizer>& recognizers) {
  ContextWords out;
  std::map<std::string, uint32_t> numbers;
  for (size_t i = 0; i < recognizers.size(); ++i) {
    for (const std::string& word : recognizers[i].context) {
      if (word.empty()) continue;
      const auto [entry, is_new] = numbers.try_emplace(word, static_cast<uint32_t>(out.words_.size()));
      if (is_new) out.words_.push_back({word.size() <= 3, is_of_spaceless_script(word), {}});
      out.words_[entry->second].recognizers.push_back(static_cast<uint32_t>(i));
    }
  }
  if (numbers.empty()) return out;
  std::vector<std::string> patterns;
  std::vector<unsigned> ids;
  for (const auto& [word, id] : numbers) patterns.push_back(quoted_for_hyperscan(word)), ids.push_back(id);
  std::vector<const char*> expressions;
  for (const std::string& pattern : patterns) expressions.push_back(pattern.c_str());
  const std::vector<unsigned> flags(ids.size(), HS_FLAG_CASELESS | HS_FLAG_UTF8 | HS_FLAG_UCP | HS_FLAG_SOM_LEFTMOST);
  hs_database_t* database = nullptr;
  hs_compile_error_t* failure = nullptr;
  if (hs_compile_multi(expressions.data(), flags.data(), ids.data(), static_cast<unsigned>(ids.size()), HS_MODE_BLOCK,
                       nullptr, &database, &failure) != HS_SUCCESS) {
    const std::string why = failure->message;
    hs_free_compile_error(failure);
    return Error{Code::kInvalidArgument, "the context words of the recognizers do not compile: " + why};
  }
  out.database_.reset(database);
  return out;
}

Status ContextWords::reserve(HsScratch& scratch) const {
  if (database_ == nullptr) return {};
  hs_scratch_t* raw = scratch.release();
  const hs_error_t code = hs_alloc_scratch(database_.get(), &raw);
  scratch.reset(raw);
  if (code != HS_SUCCESS) return Error{Code::kLimit, "no memory for the working space of redaction"};
  return {};
}

int ContextWords::on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned, void* context) {
  auto& sink = *static_cast<Sink*>(context);
  const Word& word = sink.words.words_[id];
  const document::Span span{sink.window.begin + static_cast<uint32_t>(from),
                            sink.window.begin + static_cast<uint32_t>(to)};
  if (!word.anywhere) {
    // The candidate itself is beyond the window: what is joined to it is no word of its own.
    if (span.begin > 0 && has_word_edges(sink.text, {span.begin, static_cast<uint32_t>(sink.text.size())}) == false)
      return 0;
    if (word.whole && !has_word_edges(sink.text, span)) return 0;
  }
  for (const document::Span tag : sink.tags) {
    if (tag.overlaps(span)) return 0;
  }
  for (const uint32_t recognizer : word.recognizers) sink.found[recognizer] = true;
  return 0;
}

void ContextWords::find_in(std::string_view text, document::Span window, const std::vector<document::Span>& tags,
                           hs_scratch_t* scratch, std::vector<bool>& found) const {
  if (window.empty()) return;
  // Only the tags that reach into the window.
  const auto first =
      std::partition_point(tags.begin(), tags.end(), [&](document::Span tag) { return tag.end <= window.begin; });
  std::vector<document::Span> near_by;
  for (auto tag = first; tag != tags.end() && tag->begin < window.end; ++tag) near_by.push_back(*tag);
  Sink sink{*this, text, window, near_by, found};
  // A context that cannot be read is no context: the candidate keeps the score of its pattern.
  (void)hs_scan(database_.get(), text.data() + window.begin, window.size(), 0, scratch, on_match, &sink);
}

void ContextWords::find(std::string_view text, document::Span span, const std::vector<document::Span>& tags,
                        hs_scratch_t* scratch, std::vector<bool>& found) const {
  std::fill(found.begin(), found.end(), false);
  if (database_ == nullptr) return;
  find_in(text, window_before(text, span), tags, scratch, found);
  find_in(text, window_after(text, span), tags, scratch, found);
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
