#include "source/reader/whole_file.h"

#include <fmt/format.h>

#include <limits>

#include "source/detect/headers.h"

namespace custos::source {

std::string too_large(uint64_t document_bytes_max) { return fmt::format("larger than {} bytes", document_bytes_max); }

namespace {

// Without the empty lines that some exports begin with, which would end the header block before it begins.
std::string_view from_headers_on(std::string_view bytes) {
  const size_t blank = blank_prefix(bytes);
  return blank > 0 && begins_with_headers(bytes, true) ? bytes.substr(blank) : bytes;
}

}  // namespace

std::optional<Piece> MessageReader::next() {
  if (std::exchange(done_, true)) return std::nullopt;
  while (window_.view().size() <= file_.document_bytes_max && window_.fill()) {
  }
  const uint64_t begin = window_.offset();
  if (window_.view().size() > file_.document_bytes_max) {
    window_.skip(std::numeric_limits<uint64_t>::max());
    return ending(skipped(file_.path, begin, window_.offset(), too_large(file_.document_bytes_max), true));
  }
  std::string bytes(from_headers_on(window_.view()));
  window_.consume(window_.view().size());
  const uint64_t end = window_.offset();
  if (window_.failure()) return ending(skipped(file_.path, begin, end, window_.failure()->message, true));
  if (begin == end) return ending(skipped(file_.path, begin, end, "empty file", false));
  return ending({document::RawDocument{
      document::RawKind::kMail, {file_.path, begin, end}, std::move(bytes), std::move(file_.flags)}});
}

std::optional<Piece> SkippingReader::next() {
  if (std::exchange(done_, true)) return std::nullopt;
  const uint64_t begin = window_.offset();
  uint64_t end = window_.stream_size().value_or(0);
  if (!window_.stream_size()) {
    window_.skip(std::numeric_limits<uint64_t>::max());
    end = window_.offset();
  }
  if (window_.failure()) return ending(skipped(file_.path, begin, window_.offset(), window_.failure()->message, true));
  return ending(skipped(file_.path, begin, end, std::move(reason_), failed_));
}

}  // namespace custos::source
