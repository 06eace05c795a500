#include "index/text/stored_text_codec.h"

#include <algorithm>

#include "base/utf8.h"

namespace custos::index {
namespace {

constexpr auto kLastReason = document::SpanReason::kListFooter;

bool has_text(const document::RecordPart& part) { return !part.text.text().empty(); }

bool spans_ascend(const document::RecordPart& part) {
  uint32_t end = 0;
  for (const document::ReasonedSpan& removed : part.removed) {
    if (removed.span.begin < end || removed.span.end < removed.span.begin) return false;
    end = removed.span.end;
  }
  return end <= part.text.text().size();
}

void append_string(std::string& out, std::string_view text) {
  append_varint(out, text.size());
  out += text;
}

void encode_part(uint32_t number, const document::RecordPart& part, std::string& out) {
  append_varint(out, number);
  append_string(out, part.language);
  append_string(out, part.text.text());
  append_varint(out, part.removed.size());
  uint32_t end = 0;
  for (const document::ReasonedSpan& removed : part.removed) {
    append_varint(out, removed.span.begin - end);
    append_varint(out, removed.span.size());
    out += static_cast<char>(removed.reason);
    end = removed.span.end;
  }
}

void encode_chunk(const document::Chunk& chunk, std::string& out) {
  append_varint(out, chunk.part);
  append_varint(out, chunk.span.begin);
  append_varint(out, chunk.span.size());
  append_varint(out, chunk.tokens);
}

// Reads one message. After a failure every further number is 0, and `failed()` says so.
class Decoder {
 public:
  Decoder(std::string_view bytes, Restore restore) : rest_(bytes), restore_(restore) {}

  StoredText message();
  [[nodiscard]] bool failed() const { return failed_ || !rest_.empty(); }

 private:
  uint32_t number();
  // A number of things of which each takes `bytes_each` at least.
  uint32_t count(uint32_t bytes_each);
  std::string_view string();
  document::RedactedText text();
  document::Span span(uint32_t begin, uint32_t end_max);
  StoredPart part();
  document::Chunk chunk(const std::vector<StoredPart>& parts);
  void require(bool condition) { failed_ = failed_ || !condition; }

  std::string_view rest_;
  Restore restore_;
  bool failed_ = false;
};

uint32_t Decoder::number() {
  uint64_t value = 0;
  require(take_varint(rest_, value) && value <= UINT32_MAX);
  return failed_ ? 0 : static_cast<uint32_t>(value);
}

uint32_t Decoder::count(uint32_t bytes_each) {
  const uint32_t value = number();
  require(uint64_t{value} * bytes_each <= rest_.size());
  return failed_ ? 0 : value;
}

std::string_view Decoder::string() {
  const std::string_view text = rest_.substr(0, count(1));
  rest_.remove_prefix(text.size());
  return text;
}

document::RedactedText Decoder::text() {
  const std::string_view bytes = string();
  require(utf8_is_valid(bytes));
  return restore_(std::string(failed_ ? std::string_view() : bytes));
}

document::Span Decoder::span(uint32_t begin, uint32_t end_max) {
  const uint32_t size = number();
  require(begin <= end_max && size <= end_max - begin);
  return failed_ ? document::Span() : document::Span{begin, begin + size};
}

StoredPart Decoder::part() {
  StoredPart part;
  part.part = number();
  part.language = string();
  part.text = text();
  const auto text_bytes = static_cast<uint32_t>(part.text.text().size());
  part.removed.resize(count(3));
  uint32_t end = 0;
  for (document::ReasonedSpan& removed : part.removed) {
    const uint64_t begin = uint64_t{end} + number();
    require(begin <= text_bytes);
    removed.span = span(failed_ ? 0 : static_cast<uint32_t>(begin), text_bytes);
    require(!rest_.empty() && static_cast<uint8_t>(rest_.front()) <= static_cast<uint8_t>(kLastReason));
    if (failed_) break;
    removed.reason = static_cast<document::SpanReason>(rest_.front());
    rest_.remove_prefix(1);
    end = removed.span.end;
  }
  return part;
}

document::Chunk Decoder::chunk(const std::vector<StoredPart>& parts) {
  document::Chunk chunk;
  chunk.part = number();
  const auto of = std::lower_bound(parts.begin(), parts.end(), chunk.part,
                                   [](const StoredPart& part, uint32_t wanted) { return part.part < wanted; });
  require(of != parts.end() && of->part == chunk.part);
  const uint32_t begin = number();
  chunk.span = span(begin, failed_ ? 0 : static_cast<uint32_t>(of->text.text().size()));
  chunk.tokens = number();
  return chunk;
}

StoredText Decoder::message() {
  StoredText message;
  message.subject = text();
  const uint32_t parts = count(4);
  for (uint32_t at = 0; at < parts && !failed_; ++at) {
    message.parts.push_back(part());
    require(at == 0 || message.parts[at - 1].part < message.parts[at].part);
  }
  const uint32_t chunks = count(4);
  for (uint32_t at = 0; at < chunks && !failed_; ++at) message.chunks.push_back(chunk(message.parts));
  return message;
}

}  // namespace

void append_varint(std::string& out, uint64_t value) {
  while (value >= 0x80) {
    out += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  out += static_cast<char>(value);
}

bool take_varint(std::string_view& bytes, uint64_t& value) {
  constexpr int kShiftMax = 63;
  value = 0;
  for (int shift = 0; shift <= kShiftMax && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    if (shift == kShiftMax && byte > 1) return false;
    value |= uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

bool is_well_formed(const document::Record& record) {
  const auto lies_in_its_part = [&](const document::Chunk& chunk) {
    return chunk.part < record.parts.size() && has_text(record.parts[chunk.part]) &&
           chunk.span.begin <= chunk.span.end && chunk.span.end <= record.parts[chunk.part].text.text().size();
  };
  return std::all_of(record.parts.begin(), record.parts.end(), spans_ascend) &&
         std::all_of(record.chunks.begin(), record.chunks.end(), lies_in_its_part);
}

void encode_text(const document::Record& record, std::string& out) {
  append_string(out, record.subject.text());
  append_varint(out, static_cast<uint64_t>(std::count_if(record.parts.begin(), record.parts.end(), has_text)));
  for (uint32_t at = 0; at < record.parts.size(); ++at) {
    if (has_text(record.parts[at])) encode_part(at, record.parts[at], out);
  }
  append_varint(out, record.chunks.size());
  for (const document::Chunk& chunk : record.chunks) encode_chunk(chunk, out);
}

Result<StoredText> decode_text(std::string_view bytes, Restore restore) {
  Decoder decoder(bytes, restore);
  StoredText message = decoder.message();
  if (decoder.failed()) return Error{Code::kCorrupt, "the texts of a message are not well-formed"};
  return message;
}

}  // namespace custos::index
