#include "source/emlx/emlx_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace custos::source {
namespace {

constexpr std::string_view kList = "<?xml ";
constexpr size_t kFirstLineMax = 64;

struct FlagBit {
  int bit;
  char letter;
};
constexpr std::array<FlagBit, 6> kFlagBits = {{{6, 'D'}, {4, 'F'}, {8, 'P'}, {2, 'R'}, {0, 'S'}, {1, 'T'}}};

// Where the message ends in `text`; npos where the file is cut.
size_t message_end(std::string_view text, const EmlxHead& head) {
  const uint64_t end = head.message_begin + head.message_bytes;
  if (end == text.size() || (end < text.size() && text.substr(end).starts_with(kList))) return end;
  const size_t list = text.rfind(kList);
  const bool is_list = list != text.npos && list >= head.message_begin && text.find("<plist", list) != text.npos;
  if (is_list) return list;
  return end < text.size() ? end : text.npos;
}

}  // namespace

std::optional<EmlxHead> emlx_head(std::string_view head) {
  const size_t newline = head.substr(0, kFirstLineMax).find('\n');
  if (newline == head.npos) return std::nullopt;
  const std::string_view line = head.substr(0, newline);
  EmlxHead result{newline + 1, 0};
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), result.message_bytes);
  const bool only_space = std::all_of(end, line.data() + line.size(), [](char c) { return c == ' ' || c == '\r'; });
  if (error != std::errc() || !only_space || result.message_bytes > (1ULL << 40)) return std::nullopt;
  return result;
}

std::string emlx_flags(std::string_view property_list) {
  constexpr std::string_view kKey = "<key>flags</key>";
  constexpr std::string_view kInteger = "<integer>";
  const size_t key = property_list.find(kKey);
  if (key == property_list.npos) return {};
  const size_t number = property_list.find(kInteger, key);
  if (number == property_list.npos) return {};
  uint64_t bits = 0;
  std::from_chars(property_list.data() + number + kInteger.size(), property_list.data() + property_list.size(), bits);
  std::string letters;
  for (const FlagBit& flag : kFlagBits) {
    if (((bits >> flag.bit) & 1) != 0) letters += flag.letter;
  }
  return letters;
}

std::optional<Piece> EmlxReader::next() {
  if (done_) return std::nullopt;
  if (!std::exchange(started_, true)) return message();
  done_ = true;
  const uint64_t begin = window_.offset();
  window_.consume(window_.view().size());
  return ending(skipped(file_.path, begin, window_.offset(), "Apple Mail's property list", false));
}

Piece EmlxReader::whole_file_failed(std::string reason) {
  done_ = true;
  const uint64_t begin = window_.offset();
  window_.skip(std::numeric_limits<uint64_t>::max());
  return ending(skipped(file_.path, begin, window_.offset(), std::move(reason), true));
}

Piece EmlxReader::message() {
  while (window_.view().size() <= file_.document_bytes_max && window_.fill()) {
  }
  const std::string_view text = window_.view();
  if (text.size() > file_.document_bytes_max) return whole_file_failed(too_large(file_.document_bytes_max));
  if (window_.failure()) return whole_file_failed(window_.failure()->message);
  const auto head = emlx_head(text);
  if (!head) return whole_file_failed("not an .emlx file: its first line is not a number");
  const size_t end = message_end(text, *head);
  if (end == text.npos) {
    return whole_file_failed(fmt::format("truncated: the message should have {} bytes, the file ends after {}",
                                         head->message_bytes, text.size() - head->message_begin));
  }
  const uint64_t begin = window_.offset();
  std::string flags = emlx_flags(text.substr(end));
  Piece piece{document::RawDocument{document::RawKind::kMail,
                                    {file_.path, begin, begin + end},
                                    std::string(text.substr(head->message_begin, end - head->message_begin)),
                                    std::move(flags)}};
  done_ = end == text.size();
  piece.ends_logical_file = done_;
  window_.consume(end);
  return piece;
}

}  // namespace custos::source
