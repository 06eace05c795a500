#include "store/catalog/message_header.h"

#include <algorithm>

#include "base/digest.h"

namespace custos::store {
namespace {

constexpr size_t kReferencesMax = 64;

}  // namespace

std::string joined_ids(const std::vector<std::string>& ids) {
  std::string all;
  const size_t dropped = ids.size() > kReferencesMax ? ids.size() - kReferencesMax : 0;
  for (size_t at = 0; at < ids.size(); ++at) {
    if (at > 0 && at <= dropped) continue;  // keeps the first, and the last ones
    if (!all.empty()) all += '\n';
    all += ids[at];
  }
  return all;
}

std::vector<std::string> split_ids(std::string_view text) {
  std::vector<std::string> ids;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    ids.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return ids;
}

MessageHeader::MessageHeader(const document::Record& record)
    : in_reply_to(joined_ids(record.in_reply_to)), references(joined_ids(record.references)) {
  if (record.date) {
    date = {true, record.date->utc_seconds};
    offset = {true, record.date->offset_minutes};
  }
  if (record.message_id.empty()) return;
  message_id = {true, record.message_id};
  hash = {true, static_cast<int64_t>(hash64(record.message_id))};
}

}  // namespace custos::store
