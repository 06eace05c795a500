#include "source/mbox/mbox_reader.h"

#include <algorithm>

#include "source/detect/headers.h"
#include "source/mbox/content_length.h"
#include "source/mbox/from_line.h"
#include "source/mbox/from_search.h"
#include "source/mbox/unquote.h"

namespace custos::source {
namespace {

constexpr size_t kLeadingBlankMax = 4096;
constexpr size_t kBehindBodyMax = 4;  // empty lines that a writer of Content-Length leaves before the next From_ line
constexpr size_t kContext = 4;        // bytes before a From_ line that tell an empty line
constexpr size_t kHeldSlack = 64U << 10;  // beyond document_bytes_max, for the From_ line and what tells its end
constexpr size_t kNeedleSize = std::string_view("\nFrom ").size();

// Is the line that ends before `at` empty?
bool empty_line_before(std::string_view text, size_t at) {
  if (at >= 2 && text[at - 2] == '\n') return true;
  return at >= 3 && text[at - 2] == '\r' && text[at - 3] == '\n';
}

std::string_view without_separator(std::string_view message) {
  if (message.ends_with("\n\n")) return message.substr(0, message.size() - 1);
  if (message.ends_with("\n\r\n")) return message.substr(0, message.size() - 2);
  return message;
}

size_t line_end(std::string_view text, size_t from) {
  const size_t newline = text.find('\n', from);
  return newline == text.npos ? text.size() : newline + 1;
}

}  // namespace

std::optional<Piece> MboxReader::next() {
  if (done_) return std::nullopt;
  if (!std::exchange(started_, true)) return first();
  return message(0);
}

std::optional<Piece> MboxReader::first() {
  window_.fill_to(kLeadingBlankMax + kFromLineLookahead);
  if (window_.at_end()) {
    done_ = true;
    const bool failed = window_.failure().has_value();
    return ending(skipped(file_.path, window_.offset(), window_.offset(),
                          failed ? window_.failure()->message : "empty file", failed));
  }
  const size_t leading = blank_prefix(window_.view().substr(0, kLeadingBlankMax));
  if (begins_message(window_.view().substr(leading))) return message(leading);
  return garbage();
}

Piece MboxReader::garbage() {
  const uint64_t begin = window_.offset();
  const Extent extent = measure(0, 0, false);
  window_.consume(extent.size - (window_.offset() - begin));
  const bool none = extent.at_end;
  std::string reason = "before the first From_ line";
  if (start_ == Start::kContinuation) reason = "appended to a message that was read before it was whole";
  if (start_ != Start::kContinuation && none) reason = "no From_ line: not an mbox";
  const bool failed = start_ == Start::kContinuation || (start_ == Start::kForced && none);
  return finish(extent, skipped(file_.path, begin, window_.offset(), std::move(reason), failed));
}

Piece MboxReader::message(size_t leading) {
  const uint64_t begin = window_.offset();
  window_.fill_to(leading + kFromLineLookahead);
  const size_t from_line_end = line_end(window_.view(), leading);
  const Extent extent = measure(leading, from_line_end - 1, true);
  document::Place place{file_.path, begin, begin + extent.size};
  const bool fits = extent.held && extent.size <= file_.document_bytes_max;
  Piece piece = fits ? Piece{document::RawDocument{document::RawKind::kMail, place, content(extent, leading), {}}}
                     : skipped(place.path, place.begin, place.end, too_large(file_.document_bytes_max), true);
  window_.consume(place.end - window_.offset());
  return finish(extent, std::move(piece));
}

Piece MboxReader::finish(const Extent& extent, Piece piece) {
  if (!extent.at_end) return piece;
  done_ = true;
  if (!window_.failure()) return ending(std::move(piece));
  const auto place = std::visit([](const auto& what) { return what.place; }, piece.what);
  return ending(skipped(place.path, place.begin, place.end, window_.failure()->message, true));
}

std::string MboxReader::content(const Extent& extent, size_t leading) const {
  const size_t header = line_end(window_.view(), leading);
  if (extent.content_end > 0) return std::string(window_.view().substr(header, extent.content_end - header));
  return unquoted(without_separator(window_.view().substr(header, extent.size - header)));
}

size_t MboxReader::drop_before(size_t at, Extent& extent) {
  const size_t dropped = at - std::min(at, kContext);
  window_.consume(dropped);
  extent.size += dropped;
  extent.held = false;
  return at - dropped;
}

std::optional<size_t> MboxReader::next_candidate(size_t scan, Extent& extent) {
  while (true) {
    const std::string_view view = window_.view();
    const size_t found = find_from_behind('\n', view, scan);
    if (found != view.npos) return found + 1;
    scan = std::max(scan, view.size() - std::min(view.size(), kNeedleSize - 1));
    if (view.size() > file_.document_bytes_max + kHeldSlack) scan = drop_before(scan, extent);
    if (!window_.fill()) return std::nullopt;
  }
}

bool MboxReader::is_from_line(size_t& candidate, Extent& extent) {
  if (!window_.fill_to(candidate + kFromLineLookahead) && !window_.ended()) {
    candidate = drop_before(candidate, extent);
    window_.fill_to(candidate + kFromLineLookahead);
  }
  return begins_message(window_.view().substr(candidate));
}

size_t MboxReader::claimed_end(size_t leading, size_t candidate) const {
  const size_t header = line_end(window_.view(), leading);
  if (header > candidate) return 0;
  const std::string_view message = window_.view().substr(header, candidate - header);
  const auto length = content_length(message);
  return length && *length <= file_.document_bytes_max ? header + body_offset(message) + *length : 0;
}

MboxReader::Extent MboxReader::measure(size_t leading, size_t scan, bool is_message) {
  Extent extent;
  std::optional<size_t> claimed;
  const bool needs_empty_line = is_message || start_ == Start::kContinuation;
  while (const auto found = next_candidate(scan, extent)) {
    size_t candidate = *found;
    const bool separates = is_from_line(candidate, extent);
    scan = candidate;
    if (!separates) continue;
    if (is_message && extent.held && !claimed) claimed = claimed_end(leading, candidate);
    const size_t end = extent.held ? claimed.value_or(0) : 0;
    if (end > candidate && believes(end, extent)) return extent;
    if (needs_empty_line && end != candidate && !empty_line_before(window_.view(), candidate)) continue;
    extent.size += candidate;
    return extent;
  }
  extent.size += window_.view().size();
  extent.at_end = true;
  return extent;
}

bool MboxReader::believes(size_t claimed, Extent& extent) {
  window_.fill_to(claimed + kBehindBodyMax + kFromLineLookahead);
  const std::string_view view = window_.view();
  if (claimed > view.size()) return false;
  size_t end = claimed;
  while (end < view.size() && end < claimed + kBehindBodyMax && (view[end] == '\n' || view[end] == '\r')) ++end;
  const bool at_end = end == view.size() && window_.ended() && !window_.failure();
  if (!at_end && !(view[end - 1] == '\n' && begins_message(view.substr(end)))) return false;
  extent.size = end;
  extent.at_end = at_end;
  extent.content_end = claimed;
  return true;
}

}  // namespace custos::source
