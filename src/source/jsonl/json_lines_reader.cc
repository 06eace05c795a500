#include "source/jsonl/json_lines_reader.h"

#include <cstring>
#include <utility>

namespace custos::source {
namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";
constexpr std::string_view kBlank = " \t\r\n";

std::string_view trimmed(std::string_view line) {
  if (line.starts_with(kMark)) line.remove_prefix(kMark.size());
  const size_t begin = line.find_first_not_of(kBlank);
  if (begin == line.npos) return {};
  return line.substr(begin, line.find_last_not_of(kBlank) + 1 - begin);
}

}  // namespace

void JsonLinesReader::skip_blank() {
  while (!window_.at_end()) {
    const size_t blank = std::min(window_.view().find_first_not_of(kBlank), window_.view().size());
    const bool all = blank == window_.view().size();
    window_.consume(blank);
    if (!all) return;
  }
}

std::optional<Piece> JsonLinesReader::next() {
  if (done_) return std::nullopt;
  const uint64_t begin = window_.offset();
  skip_blank();
  if (window_.at_end()) {
    done_ = true;
    const bool failed = window_.failure().has_value();
    const std::string reason = begin == window_.offset() ? "empty file" : "empty lines";
    return ending(skipped(file_.path, begin, window_.offset(), failed ? window_.failure()->message : reason, failed));
  }
  Piece piece = line(begin);
  skip_blank();
  auto& place = std::visit([](auto& what) -> document::Place& { return what.place; }, piece.what);
  place.end = window_.offset();
  if (!window_.at_end()) return piece;
  done_ = true;
  if (!window_.failure()) return ending(std::move(piece));
  return ending(skipped(place.path, place.begin, place.end, window_.failure()->message, true));
}

Piece JsonLinesReader::line(uint64_t begin) {
  size_t scanned = 0;
  bool held = true;
  const void* newline = nullptr;
  while (true) {
    const std::string_view view = window_.view();
    newline = std::memchr(view.data() + scanned, '\n', view.size() - scanned);
    if (newline != nullptr) break;
    scanned = view.size();
    if (scanned > file_.document_bytes_max) {
      held = false;
      window_.consume(scanned);
      scanned = 0;
    }
    if (!window_.fill()) break;
  }
  const std::string_view view = window_.view();
  const size_t size = newline == nullptr ? view.size() : static_cast<const char*>(newline) + 1 - view.data();
  const std::string_view text = trimmed(view.substr(0, size));
  Piece piece = skipped(file_.path, begin, begin, "not a JSON object on one line", true);
  if (!held || text.size() > file_.document_bytes_max) {
    piece = skipped(file_.path, begin, begin, too_large(file_.document_bytes_max), true);
  } else if (text.starts_with('{') && text.ends_with('}')) {
    piece = {document::RawDocument{document::RawKind::kRecord, {file_.path, begin, begin}, std::string(text), {}}};
  }
  window_.consume(size);
  return piece;
}

}  // namespace custos::source
