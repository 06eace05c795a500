#include "stage/redact/pattern_set.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "stage/redact/pattern_syntax.h"

namespace custos::stage {
namespace {

// Larger ones would be most of the machine.
constexpr uint32_t kShapeSizeMax = 256;

unsigned flags_of(const Recognizer& recognizer) {
  unsigned flags = HS_FLAG_SOM_LEFTMOST;
  if (recognizer.ignore_case) flags |= HS_FLAG_CASELESS;
  if (reads_characters(recognizer.pattern)) flags |= HS_FLAG_UTF8 | HS_FLAG_UCP;
  return flags;
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
  if (index >= 0) return pattern_not_compiled(recognizers[batch.ids[static_cast<size_t>(index)]], why);
  return Error{Code::kInvalidArgument, "the recognizers do not compile together: " + why};
}

// The tree of a pattern for ShapeScanner; nothing for one that Hyperscan does better or that the tree cannot say.
std::optional<ParsedPattern> parse_for_shapes(const Recognizer& recognizer) {
  auto parsed = parse_pattern(recognizer.pattern, recognizer.ignore_case, reads_characters(recognizer.pattern));
  if (!parsed || expanded_size(parsed->root) > kShapeSizeMax || has_literal(parsed->root)) return std::nullopt;
  return parsed;
}

}  // namespace

Result<PatternSet> PatternSet::compile(const std::vector<Recognizer>& recognizers) {
  PatternSet set;
  Batch announced;
  std::vector<ShapeProgram::Entry> words;
  std::vector<ShapeProgram::Entry> anywhere;
  for (size_t i = 0; i < recognizers.size(); ++i) {
    ASSIGN_OR_RETURN(CompiledPattern pattern, compile_pattern(recognizers[i]));
    if (auto parsed = parse_for_shapes(recognizers[i])) {
      pattern.told_by_shape = parsed->exact && is_told_by_shape(parsed->root);
      const bool of_words = pattern.word_edges && !pattern.has_group && !has_text_edge(parsed->root);
      (of_words ? words : anywhere).push_back({static_cast<uint32_t>(i), std::move(parsed->root)});
    } else {
      announced.add(recognizers[i], i);
    }
    set.patterns_.push_back(std::move(pattern));
  }
  set.shapes_ = {std::make_shared<ShapeProgram>(words), std::make_shared<ShapeProgram>(anywhere)};
  ASSIGN_OR_RETURN(set.announced_, compile_batch(announced, recognizers));
  return set;
}

Status PatternSet::reserve(ScanScratch& scratch) const {
  if (scratch.shapes == nullptr || !scratch.shapes->is_of(shapes_)) {
    scratch.shapes = std::make_unique<ShapeScanner>(shapes_);
  }
  if (announced_ == nullptr) return {};
  hs_scratch_t* raw = scratch.hyperscan.release();
  const hs_error_t code = hs_alloc_scratch(announced_.get(), &raw);
  scratch.hyperscan.reset(raw);
  if (code != HS_SUCCESS) return Error{Code::kLimit, "no memory for the working space of redaction"};
  return {};
}

int PatternSet::on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned, void* context) {
  auto& sink = *static_cast<MatchSink*>(context);
  const document::Span whole{static_cast<uint32_t>(from), static_cast<uint32_t>(to)};
  const size_t before = sink.out.size();
  if (whole.empty() || !sink.add(id, whole) || before == 0) return sink.is_full() ? 1 : 0;
  // The same beginning again, one byte longer.
  Candidate& last = sink.out[before - 1];
  if (!sink.patterns[id].keeps_shorter && last.recognizer == id && last.span.begin == sink.out.back().span.begin) {
    last.span.end = std::max(last.span.end, sink.out.back().span.end);
    sink.out.pop_back();
  }
  return sink.is_full() ? 1 : 0;
}

Status PatternSet::scan_announced(MatchSink& sink, hs_scratch_t* scratch) const {
  if (announced_ == nullptr || sink.text.empty()) return {};
  const auto size = static_cast<unsigned>(sink.text.size());
  if (hs_scan(announced_.get(), sink.text.data(), size, 0, scratch, on_match, &sink) == HS_SUCCESS) return {};
  return Error{Code::kLimit, "the text has too many candidates for redaction, or Hyperscan gave up"};
}

Status PatternSet::scan(std::string_view text, ScanScratch& scratch, size_t matches_max,
                        std::vector<Candidate>& out) const {
  MatchSink sink{patterns_, text, matches_max, out};
  RETURN_IF_ERROR(scan_announced(sink, scratch.hyperscan.get()));
  scratch.shapes->scan(sink);
  if (sink.is_full()) return Error{Code::kLimit, "the text has too many candidates for redaction"};
  return {};
}

}  // namespace custos::stage
