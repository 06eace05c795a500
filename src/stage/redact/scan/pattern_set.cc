#include "stage/redact/scan/pattern_set.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "stage/redact/scan/pattern_syntax.h"

namespace custos::stage {
namespace {

// Larger ones would be most of the machine.
constexpr uint32_t kShapeSizeMax = 256;

unsigned flags_of(const Recognizer& recognizer) {
  // Only whether it matches at all: where, is RE2's to say. To keep track of beginnings costs Hyperscan far more.
  unsigned flags = HS_FLAG_SINGLEMATCH;
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

// Sorts patterns by how ShapeScanner finds them.
class ShapeSorter {
 public:
  // False for a pattern that Hyperscan does better, or that the tree cannot say.
  bool add(const Recognizer& recognizer, uint32_t id, CompiledPattern& pattern) {
    auto parsed = parse_pattern(recognizer.pattern, recognizer.ignore_case, reads_characters(recognizer.pattern));
    if (!parsed || expanded_size(parsed->root) > kShapeSizeMax || has_literal(parsed->root)) return false;
    const bool of_words = pattern.word_edges && !pattern.has_group && !has_text_edge(parsed->root);
    const auto announced = announced_by(parsed->root, of_words);
    if (!announced) return false;
    pattern.told_by_shape = parsed->exact && is_told_by_shape(parsed->root);
    Group& group = groups_[{of_words, announced->by}];
    group.bytes_before = std::max(group.bytes_before, announced->bytes_before);
    group.entries.push_back({id, std::move(parsed->root)});
    return true;
  }

  [[nodiscard]] ShapePrograms programs() const {
    ShapePrograms out;
    for (const auto& [key, group] : groups_) {
      const auto& [of_words, by] = key;
      out.push_back({std::make_shared<ShapeProgram>(group.entries), of_words, {by, group.bytes_before}});
    }
    return out;
  }

 private:
  struct Group {
    uint32_t bytes_before = 0;
    std::vector<ShapeProgram::Entry> entries;
  };
  std::map<std::pair<bool, Announcement>, Group> groups_;
};

// The first place from `at` on where a word may begin.
uint32_t next_word_begin(std::string_view text, uint32_t at) {
  while (at < text.size() && !has_word_edges(text, {at, static_cast<uint32_t>(text.size())})) ++at;
  return at;
}

// Every match of one pattern. Bounded: matches that are long, overlap and are none for their edges could take the
// square of the text's length.
Status find_each(MatchSink& sink, uint32_t id) {
  const CompiledPattern& pattern = sink.patterns[id];
  const uint64_t work_max = (uint64_t{1} << 20) + 64 * uint64_t{sink.text.size()};
  uint64_t work = 0;
  uint32_t at = 0;
  while (at < sink.text.size() && !sink.is_full()) {
    const document::Span whole = sink.first_match(id, at);
    if (whole.empty()) break;
    work += whole.end - at;
    if (work > work_max) return Error{Code::kLimit, "the text has too many overlapping candidates for redaction"};
    const bool added = sink.add_all_lengths(id, whole);
    // The last byte may be the first of the next.
    at = added && whole.size() > 1 ? whole.end - (pattern.has_group ? 1 : 0) : whole.begin + 1;
    if (!added && pattern.word_edges && !pattern.has_group) at = next_word_begin(sink.text, at);
  }
  return {};
}

}  // namespace

Result<PatternSet> PatternSet::compile(const std::vector<Recognizer>& recognizers) {
  PatternSet set;
  Batch announced;
  ShapeSorter shapes;
  for (size_t i = 0; i < recognizers.size(); ++i) {
    ASSIGN_OR_RETURN(CompiledPattern pattern, compile_pattern(recognizers[i]));
    if (!shapes.add(recognizers[i], static_cast<uint32_t>(i), pattern)) announced.add(recognizers[i], i);
    set.patterns_.push_back(std::move(pattern));
  }
  set.shapes_ = shapes.programs();
  ASSIGN_OR_RETURN(set.announced_, compile_batch(announced, recognizers));
  return set;
}

Status PatternSet::reserve(ScanScratch& scratch) const {
  scratch.shapes = std::make_unique<ShapeScanner>(shapes_);
  if (announced_ == nullptr) return {};
  hs_scratch_t* raw = scratch.hyperscan.release();
  const hs_error_t code = hs_alloc_scratch(announced_.get(), &raw);
  scratch.hyperscan.reset(raw);
  if (code != HS_SUCCESS) return Error{Code::kLimit, "no memory for the working space of redaction"};
  return {};
}

Status PatternSet::scan_announced(MatchSink& sink, hs_scratch_t* scratch) const {
  if (announced_ == nullptr || sink.text.empty()) return {};
  std::vector<uint32_t> present;
  const auto on_match = [](unsigned id, unsigned long long, unsigned long long, unsigned, void* out) {
    static_cast<std::vector<uint32_t>*>(out)->push_back(id);
    return 0;
  };
  const auto size = static_cast<unsigned>(sink.text.size());
  if (hs_scan(announced_.get(), sink.text.data(), size, 0, scratch, on_match, &present) != HS_SUCCESS) {
    return Error{Code::kLimit, "Hyperscan gave up on the text"};
  }
  std::sort(present.begin(), present.end());
  for (const uint32_t id : present) RETURN_IF_ERROR(find_each(sink, id));
  return {};
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
