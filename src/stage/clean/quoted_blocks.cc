#include <algorithm>
#include <string>

#include "stage/clean/clean.h"
#include "stage/clean/fold.h"
#include "stage/clean/header_words.h"
#include "stage/clean/line.h"

namespace custos::stage {
namespace {

using clean::HeaderField;
using clean::Line;
using clean::Lines;
using document::ReasonedSpan;
using document::Span;
using document::SpanReason;

constexpr size_t kBlocksMax = 64;
constexpr size_t kIntroductionBytesMax = 16 << 10;  // of an attribution, that are read for subject and sender
constexpr size_t kNameBytesMax = 200;

struct Introduction {
  std::string subject;
  std::string sender;
};

std::string value_of(std::string_view content) {
  return std::string(clean::header_value(content).substr(0, kNameBytesMax));
}

// The address in "On 3 June 2024 Ada <ada@example.org> wrote:".
std::string address_in(std::string_view line) {
  const size_t at = line.find('@');
  if (at == std::string_view::npos) return {};
  constexpr std::string_view kEdges = " \t\"<>()[],;:";
  const size_t before = line.substr(0, at).find_last_of(kEdges);
  const size_t begin = before == std::string_view::npos ? 0 : before + 1;
  const size_t end = std::min(line.find_first_of(kEdges, at), line.size());
  return std::string(line.substr(begin, std::min(end - begin, kNameBytesMax)));
}

Introduction read_introduction(std::string_view text) {
  Introduction found;
  std::string address;
  text = text.substr(0, kIntroductionBytesMax);
  for (const Line& line : clean::split_lines(text)) {
    const std::string_view content = line.text(text);
    if (line.field == HeaderField::kSubject && found.subject.empty()) found.subject = value_of(content);
    if (line.field == HeaderField::kFrom && found.sender.empty()) found.sender = value_of(content);
    if (line.field == HeaderField::kNone && address.empty()) address = address_in(content);
  }
  if (found.sender.empty()) found.sender = std::move(address);
  return found;
}

bool is_body(const ReasonedSpan& removed) {
  return removed.reason == SpanReason::kQuoted || removed.reason == SpanReason::kForwarded;
}

class BlockCollector {
 public:
  BlockCollector(std::string_view text, const std::vector<ReasonedSpan>& removed) : text_(text), removed_(removed) {}

  std::vector<QuotedBlock> collect() {
    for (size_t i = 0; i < removed_.size() && !full(); ++i) {
      if (!is_body(removed_[i])) continue;
      if (!touches_previous(i)) depth_ = 0;
      add_body(i);
      add_marked(removed_[i].span);
    }
    return std::move(blocks_);
  }

 private:
  [[nodiscard]] bool full() const { return blocks_.size() >= kBlocksMax; }

  // Whether the span continues what an earlier body began, so that it is quoted inside that one.
  [[nodiscard]] bool touches_previous(size_t i) const {
    return i > 1 && removed_[i].span.begin == removed_[i - 1].span.end &&
           removed_[i - 1].span.begin == removed_[i - 2].span.end && is_body(removed_[i - 2]);
  }

  void add_body(size_t i) {
    QuotedBlock block;
    block.body = {removed_[i].span.begin, chain_end(i)};
    block.depth = ++depth_;
    if (i > 0 && removed_[i - 1].reason == SpanReason::kAttribution && removed_[i - 1].span.end == block.body.begin) {
      Introduction introduction = read_introduction(removed_[i - 1].span.of(text_));
      block.subject = std::move(introduction.subject);
      block.sender = std::move(introduction.sender);
    }
    blocks_.push_back(std::move(block));
  }

  // The end of the removed spans that follow each other without a gap.
  [[nodiscard]] uint32_t chain_end(size_t i) const {
    size_t last = i;
    while (last + 1 < removed_.size() && removed_[last + 1].span.begin == removed_[last].span.end &&
           (is_body(removed_[last + 1]) || removed_[last + 1].reason == SpanReason::kAttribution)) {
      ++last;
    }
    return removed_[last].span.end;
  }

  // Runs of lines with more marks than the first level has.
  void add_marked(Span span) {
    const std::string_view quoted = span.of(text_);
    const Lines lines = clean::split_lines(quoted);
    std::vector<size_t> open;  // indices into blocks_, by level
    uint8_t base = 1;
    if (!lines.empty() && lines.front().depth > 1) base = lines.front().depth;
    for (size_t i = 0; i <= lines.size(); ++i) {
      const uint8_t depth = i < lines.size() ? lines[i].depth : 0;
      const uint32_t at = span.begin + (i < lines.size() ? lines[i].begin : span.size());
      if (i < lines.size() && lines[i].blank()) continue;
      while (!open.empty() && depth < base + open.size()) close(open, at);
      if (depth > base + open.size() && !full() && i > 0) open_level(open, at, lines, i, quoted);
    }
  }

  void close(std::vector<size_t>& open, uint32_t at) {
    blocks_[open.back()].body.end = at;
    open.pop_back();
  }

  void open_level(std::vector<size_t>& open, uint32_t at, const Lines& lines, size_t i, std::string_view quoted) {
    QuotedBlock block;
    block.body = {at, at};
    block.depth = depth_ + 1 + static_cast<uint32_t>(open.size());
    size_t before = i - 1;
    while (before > 0 && lines[before].blank()) --before;
    block.sender = address_in(lines[before].text(quoted).substr(0, kIntroductionBytesMax));
    open.push_back(blocks_.size());
    blocks_.push_back(std::move(block));
  }

  std::string_view text_;
  const std::vector<ReasonedSpan>& removed_;
  std::vector<QuotedBlock> blocks_;
  uint32_t depth_ = 0;
};

}  // namespace

std::vector<QuotedBlock> quoted_blocks(std::string_view text, const std::vector<ReasonedSpan>& removed) {
  return BlockCollector(text, removed).collect();
}

}  // namespace custos::stage
