#include "stage/redact/pattern_set.h"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <numeric>
#include <string>

#include "stage/redact/digit_regions.h"
#include "stage/redact/pattern_shape.h"

namespace custos::stage {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char byte) { return static_cast<uint8_t>(byte) < 0x80; });
}

// Whether the pattern reads characters; all others read bytes, which takes Hyperscan fewer states.
bool is_unicode(std::string_view pattern) {
  return !is_ascii(pattern) || pattern.find("\\p") != std::string_view::npos ||
         pattern.find("\\P") != std::string_view::npos;
}

unsigned flags_of(const Recognizer& recognizer) {
  unsigned flags = HS_FLAG_SOM_LEFTMOST;
  if (recognizer.ignore_case) flags |= HS_FLAG_CASELESS;
  if (is_unicode(recognizer.pattern)) flags |= HS_FLAG_UTF8 | HS_FLAG_UCP;
  return flags;
}

Error not_compiled(const Recognizer& recognizer, std::string_view why) {
  return {Code::kInvalidArgument,
          "the pattern of recognizer " + recognizer.type + " does not compile: " + std::string(why)};
}

// The patterns of one database, in Hyperscan's parallel arrays.
struct Batch {
  std::vector<const char*> expressions;
  std::vector<unsigned> flags;
  std::vector<unsigned> ids;

  void add(const Recognizer& recognizer, size_t id) {
    expressions.push_back(recognizer.pattern.c_str());
    flags.push_back(flags_of(recognizer));
    ids.push_back(static_cast<unsigned>(id));
  }
};

Result<Database> compile_batch(const Batch& batch, const std::vector<Recognizer>& recognizers) {
  if (batch.ids.empty()) return Database();
  hs_database_t* database = nullptr;
  hs_compile_error_t* failure = nullptr;
  const hs_error_t code =
      hs_compile_multi(batch.expressions.data(), batch.flags.data(), batch.ids.data(),
                       static_cast<unsigned>(batch.ids.size()), HS_MODE_BLOCK, nullptr, &database, &failure);
  if (code == HS_SUCCESS) return Database(database);
  const std::string why = failure->message;
  const int index = failure->expression;
  hs_free_compile_error(failure);
  if (index >= 0) return not_compiled(recognizers[batch.ids[static_cast<size_t>(index)]], why);
  return Error{Code::kInvalidArgument, "the recognizers do not compile together: " + why};
}

re2::RE2::Options options_of(bool unicode) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_longest_match(true);
  options.set_encoding(unicode ? re2::RE2::Options::EncodingUTF8 : re2::RE2::Options::EncodingLatin1);
  return options;
}

Result<std::unique_ptr<re2::RE2>> compile_one(const Recognizer& recognizer) {
  re2::RE2::Options options = options_of(is_unicode(recognizer.pattern));
  options.set_case_sensitive(!recognizer.ignore_case);
  auto expression = std::make_unique<re2::RE2>(recognizer.pattern, options);
  if (!expression->ok()) return not_compiled(recognizer, expression->error());
  return expression;
}

constexpr int64_t kAutomatonBytesMax = int64_t{64} << 20;
constexpr int kShorterMax = 6;

// The first place from `at` on where a word may begin.
size_t next_word_begin(std::string_view text, size_t at, size_t end) {
  while (at < end && !has_word_edges(text, {static_cast<uint32_t>(at), static_cast<uint32_t>(text.size())})) ++at;
  return at;
}

}  // namespace

// Patterns of one encoding that always have a digit.
struct PatternSet::DigitSet {
  explicit DigitSet(bool is_unicode) : unicode(is_unicode), set(options(is_unicode), re2::RE2::UNANCHORED) {}

  static re2::RE2::Options options(bool is_unicode) {
    re2::RE2::Options out = options_of(is_unicode);
    out.set_max_mem(kAutomatonBytesMax);
    return out;
  }

  Status add(const Recognizer& recognizer, size_t id) {
    std::string why;
    const std::string pattern = (recognizer.ignore_case ? "(?i:" : "(?:") + recognizer.pattern + ")";
    if (set.Add(pattern, &why) < 0) return not_compiled(recognizer, why);
    ids.push_back(static_cast<uint32_t>(id));
    return {};
  }

  bool unicode;
  re2::RE2::Set set;
  std::vector<uint32_t> ids;
};

struct PatternSet::Sink {
  const PatternSet& patterns;
  std::string_view text;
  hs_scratch_t* scratch;
  size_t matches_max;
  std::vector<Candidate>& out;

  [[nodiscard]] bool is_full() const { return out.size() > matches_max; }
};

PatternSet::PatternSet() = default;
PatternSet::PatternSet(PatternSet&&) noexcept = default;
PatternSet& PatternSet::operator=(PatternSet&&) noexcept = default;
PatternSet::~PatternSet() = default;

Result<PatternSet> PatternSet::compile(const std::vector<Recognizer>& recognizers) {
  PatternSet set;
  Batch anywhere;
  set.near_digits_.push_back(std::make_unique<DigitSet>(false));
  set.near_digits_.push_back(std::make_unique<DigitSet>(true));
  for (size_t i = 0; i < recognizers.size(); ++i) {
    const Recognizer& recognizer = recognizers[i];
    ASSIGN_OR_RETURN(auto expression, compile_one(recognizer));
    const bool has_group = expression->NumberOfCapturingGroups() > 0;
    set.patterns_.push_back({recognizer.word_edges, !recognizer.validator.empty(), has_group, std::move(expression)});
    if (!always_has_digit(recognizer.pattern)) {
      anywhere.add(recognizer, i);
    } else {
      RETURN_IF_ERROR(set.near_digits_[is_unicode(recognizer.pattern) ? 1 : 0]->add(recognizer, i));
    }
  }
  std::erase_if(set.near_digits_, [](const auto& digits) { return digits->ids.empty(); });
  for (const auto& digits : set.near_digits_) {
    if (!digits->set.Compile()) return Error{Code::kLimit, "the recognizers do not fit into one automaton"};
  }
  ASSIGN_OR_RETURN(set.anywhere_, compile_batch(anywhere, recognizers));
  return set;
}

Status PatternSet::reserve(HsScratch& scratch) const {
  if (anywhere_ == nullptr) return {};
  hs_scratch_t* raw = scratch.release();
  const hs_error_t code = hs_alloc_scratch(anywhere_.get(), &raw);
  scratch.reset(raw);
  if (code != HS_SUCCESS) return Error{Code::kLimit, "no memory for the working space of redaction"};
  return {};
}

bool PatternSet::add(uint32_t id, document::Span whole, Sink& sink) const {
  const Pattern& pattern = patterns_[id];
  document::Span span = whole;
  if (pattern.has_group) {
    re2::StringPiece groups[2];
    const re2::StringPiece text(sink.text.data(), sink.text.size());
    if (!pattern.expression->Match(text, whole.begin, whole.end, re2::RE2::ANCHOR_BOTH, groups, 2)) return false;
    if (!groups[1].empty()) {
      span.begin = static_cast<uint32_t>(groups[1].data() - sink.text.data());
      span.end = span.begin + static_cast<uint32_t>(groups[1].size());
    }
  }
  if (pattern.word_edges && !has_word_edges(sink.text, span)) return false;
  sink.out.push_back({.span = span, .recognizer = id});
  return true;
}

bool PatternSet::add_all_lengths(uint32_t id, document::Span whole, Sink& sink) const {
  const Pattern& pattern = patterns_[id];
  const re2::StringPiece text(sink.text.data(), sink.text.size());
  bool added = add(id, whole, sink);
  for (int i = 0; i < kShorterMax && (!added || pattern.keeps_shorter) && whole.end > whole.begin + 1; ++i) {
    re2::StringPiece match;
    if (!pattern.expression->Match(text, whole.begin, whole.end - 1, re2::RE2::ANCHOR_START, &match, 1)) break;
    if (match.empty()) break;
    whole.end = whole.begin + static_cast<uint32_t>(match.size());
    added = add(id, whole, sink) || added;
  }
  return added;
}

Status PatternSet::find_each(uint32_t id, document::Span region, Sink& sink) const {
  const Pattern& pattern = patterns_[id];
  const re2::StringPiece text(sink.text.data(), sink.text.size());
  const bool words_only = pattern.word_edges && !pattern.has_group;
  size_t at = region.begin;
  while (at < region.end && !sink.is_full()) {
    re2::StringPiece match;
    if (!pattern.expression->Match(text, at, region.end, re2::RE2::UNANCHORED, &match, 1)) break;
    const auto begin = static_cast<uint32_t>(match.data() - sink.text.data());
    const document::Span whole{begin, begin + static_cast<uint32_t>(match.size())};
    const bool added = !whole.empty() && add_all_lengths(id, whole, sink);
    // The last byte may be the first of the next: "…0132 415-…" share the blank between them.
    at = added && whole.size() > 1 ? whole.end - (pattern.has_group ? 1 : 0) : begin + 1;
    if (!added && words_only) at = next_word_begin(sink.text, at, region.end);
  }
  return {};
}

int PatternSet::on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned, void* context) {
  auto& sink = *static_cast<Sink*>(context);
  const document::Span whole{static_cast<uint32_t>(from), static_cast<uint32_t>(to)};
  const size_t before = sink.out.size();
  if (whole.empty() || !sink.patterns.add(id, whole, sink) || before == 0) return sink.is_full() ? 1 : 0;
  // The same beginning again, one byte longer.
  Candidate& last = sink.out[before - 1];
  if (!sink.patterns.patterns_[id].keeps_shorter && last.recognizer == id &&
      last.span.begin == sink.out.back().span.begin) {
    last.span.end = std::max(last.span.end, sink.out.back().span.end);
    sink.out.pop_back();
  }
  return sink.is_full() ? 1 : 0;
}

Status PatternSet::scan_anywhere(Sink& sink) const {
  if (anywhere_ == nullptr || sink.text.empty()) return {};
  const auto size = static_cast<unsigned>(sink.text.size());
  if (hs_scan(anywhere_.get(), sink.text.data(), size, 0, sink.scratch, on_match, &sink) == HS_SUCCESS) return {};
  return Error{Code::kLimit, "the text has too many candidates for redaction, or Hyperscan gave up"};
}

Status PatternSet::scan_region(const DigitSet& set, document::Span region, Sink& sink) const {
  std::vector<int> matched;
  re2::RE2::Set::ErrorInfo failure{};
  const re2::StringPiece text(sink.text.data() + region.begin, region.size());
  if (!set.set.Match(text, &matched, &failure) && failure.kind != re2::RE2::Set::kNoError) {
    // The automaton outgrew its memory: every pattern is tried by itself.
    matched.resize(set.ids.size());
    std::iota(matched.begin(), matched.end(), 0);
  }
  for (const int index : matched) RETURN_IF_ERROR(find_each(set.ids[static_cast<size_t>(index)], region, sink));
  if (sink.is_full()) return Error{Code::kLimit, "the text has too many candidates for redaction"};
  return {};
}

Status PatternSet::scan(std::string_view text, hs_scratch_t* scratch, size_t matches_max,
                        std::vector<Candidate>& out) const {
  Sink sink{*this, text, scratch, matches_max, out};
  RETURN_IF_ERROR(scan_anywhere(sink));
  if (near_digits_.empty()) return {};
  for (const document::Span region : digit_regions(text)) {
    for (const auto& set : near_digits_) RETURN_IF_ERROR(scan_region(*set, region, sink));
  }
  return {};
}

}  // namespace custos::stage
