// The columns of a message that come from its record, as catalogs keep them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "document/record.h"

namespace custos::store {

struct OptionalInteger {
  bool set = false;
  int64_t value = 0;
};
struct OptionalText {
  bool set = false;
  std::string_view value;
};

// The columns of a message that come from its record; texts live as long as this.
struct MessageHeader {
  explicit MessageHeader(const document::Record& record);
  std::string in_reply_to, references;
  OptionalInteger date, offset, hash;
  OptionalText message_id;
};

// Message-Ids have no line breaks, so "\n" separates them. At most 64 are kept: the first and the last ones.
[[nodiscard]] std::string joined_ids(const std::vector<std::string>& ids);
[[nodiscard]] std::vector<std::string> split_ids(std::string_view text);

}  // namespace custos::store
