#include "stage/redact/scan/pattern_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "stage/redact/scan/openings.h"
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

// A literal as an expression.
std::string quoted(std::string_view literal) {
  std::string out;
  for (const char byte : literal) fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<uint8_t>(byte));
  return out;
}

// Sorts patterns by how ShapeScanner finds them.
class ShapeSorter {
 public:
  // False for a pattern that Hyperscan does better.
  bool add(uint32_t id, ParsedPattern& parsed, CompiledPattern& pattern) {
    if (expanded_size(parsed.root) > kShapeSizeMax || has_literal(parsed.root)) return false;
    const bool of_words = pattern.word_edges && !pattern.has_group && !has_text_edge(parsed.root);
    const auto announced = announced_by(parsed.root, of_words);
    if (!announced) return false;
    pattern.told_by_shape = parsed.exact && is_told_by_shape(parsed.root);
    Group& group = groups_[{of_words, announced->by}];
    group.bytes_before = std::max(group.bytes_before, announced->bytes_before);
    group.entries.push_back({id, std::move(parsed.root)});
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

// Adds `whole`, the longest match at its begin. Returns where the next may begin: its last byte may be the first of
// the next.
uint32_t add_match(MatchSink& sink, uint32_t id, document::Span whole, bool& added) {
  added = sink.add_all_lengths(id, whole);
  return added && whole.size() > 1 ? whole.end - (sink.patterns[id].has_group ? 1 : 0) : whole.begin + 1;
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
    bool added = false;
    at = add_match(sink, id, whole, added);
    if (!added && pattern.word_edges && !pattern.has_group) at = next_word_begin(sink.text, at);
  }
  return {};
}

// The same where only few places come into question, ascending.
void find_at(MatchSink& sink, uint32_t id, const std::vector<uint32_t>& places) {
  uint32_t least = 0;
  for (const uint32_t begin : places) {
    if (begin < least || sink.is_full()) continue;
    const document::Span whole{begin, sink.longest_match(id, begin, static_cast<uint32_t>(sink.text.size()))};
    bool added = false;
    if (!whole.empty()) least = add_match(sink, id, whole, added);
  }
}

}  // namespace

// The expressions of one database, in Hyperscan's parallel arrays.
struct PatternSet::Batch {
  std::vector<std::string> expressions;
  std::vector<unsigned> flags;
  std::vector<Notice> notices;
  std::map<std::string, size_t> openings;  // index into notices

  void add_whole(const Recognizer& recognizer, uint32_t id) {
    expressions.push_back(recognizer.pattern);
    flags.push_back(flags_of(recognizer));
    notices.push_back({.size = 0, .patterns = {id}});
  }

  void add_opening(const std::string& opening, uint32_t id) {
    const auto [entry, is_new] = openings.try_emplace(opening, notices.size());
    if (is_new) {
      expressions.push_back(quoted(opening));
      flags.push_back(HS_FLAG_CASELESS);
      notices.push_back({.size = static_cast<uint32_t>(opening.size()), .patterns = {}});
    }
    notices[entry->second].patterns.push_back(id);
  }

  void add(const Recognizer& recognizer, uint32_t id, const std::vector<std::string>& begins) {
    if (begins.empty()) return add_whole(recognizer, id);
    for (const std::string& opening : begins) add_opening(opening, id);
  }
};

Result<Database> PatternSet::compile_batch(const Batch& batch, const std::vector<Recognizer>& recognizers) {
  if (batch.notices.empty()) return Database();
  std::vector<const char*> expressions;
  std::vector<unsigned> ids;
  for (const std::string& expression : batch.expressions) {
    ids.push_back(static_cast<unsigned>(ids.size()));
    expressions.push_back(expression.c_str());
  }
  hs_database_t* database = nullptr;
  hs_compile_error_t* failure = nullptr;
  const hs_error_t code =
      hs_compile_multi(expressions.data(), batch.flags.data(), ids.data(), static_cast<unsigned>(ids.size()),
                       HS_MODE_BLOCK, nullptr, &database, &failure);
  if (code == HS_SUCCESS) return Database(database);
  const std::string why = failure->message;
  const int index = failure->expression;
  hs_free_compile_error(failure);
  if (index >= 0) return pattern_not_compiled(recognizers[batch.notices[static_cast<size_t>(index)].patterns[0]], why);
  return Error{Code::kInvalidArgument, "the recognizers do not compile together: " + why};
}

Result<PatternSet> PatternSet::compile(const std::vector<Recognizer>& recognizers) {
  PatternSet set;
  Batch announced;
  ShapeSorter shapes;
  for (size_t i = 0; i < recognizers.size(); ++i) {
    const Recognizer& recognizer = recognizers[i];
    const auto id = static_cast<uint32_t>(i);
    ASSIGN_OR_RETURN(CompiledPattern pattern, compile_pattern(recognizer));
    auto parsed = parse_pattern(recognizer.pattern, recognizer.ignore_case, reads_characters(recognizer.pattern));
    if (!parsed) {
      announced.add_whole(recognizer, id);
    } else if (!shapes.add(id, *parsed, pattern)) {
      // Where case is ignored, more than ASCII letters may stand for a letter of characters.
      const bool known = parsed->exact || !recognizer.ignore_case;
      announced.add(recognizer, id, known ? openings_of(parsed->root) : std::vector<std::string>());
    }
    set.patterns_.push_back(std::move(pattern));
  }
  set.shapes_ = shapes.programs();
  ASSIGN_OR_RETURN(set.announced_, compile_batch(announced, recognizers));
  set.notices_ = std::move(announced.notices);
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

int PatternSet::on_notice(unsigned index, unsigned long long, unsigned long long to, unsigned, void* context) {
  auto& [set, places_max, seen] = *static_cast<Watch*>(context);
  const Notice& notice = set.notices_[index];
  for (const uint32_t id : notice.patterns) {
    Seen& pattern = seen[id];
    pattern.anywhere = pattern.anywhere || notice.size == 0 || pattern.places.size() >= places_max;
    if (!pattern.anywhere) pattern.places.push_back(static_cast<uint32_t>(to) - notice.size);
  }
  return 0;
}

Status PatternSet::scan_announced(MatchSink& sink, hs_scratch_t* scratch) const {
  if (announced_ == nullptr || sink.text.empty()) return {};
  Watch watch{*this, places_max(sink.text.size()), {}};
  const auto size = static_cast<unsigned>(sink.text.size());
  if (hs_scan(announced_.get(), sink.text.data(), size, 0, scratch, on_notice, &watch) != HS_SUCCESS) {
    return Error{Code::kLimit, "Hyperscan gave up on the text"};
  }
  for (auto& [id, seen] : watch.seen) {
    std::sort(seen.places.begin(), seen.places.end());
    if (seen.anywhere) {
      RETURN_IF_ERROR(find_each(sink, id));
    } else {
      find_at(sink, id, seen.places);
    }
  }
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
