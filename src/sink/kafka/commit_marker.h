// What a topic's commits topic says of an archive: which commit was sent last, and where rows begin that the archive's
// catalog may not know of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "client/kafka_consumer.h"

namespace custos::sink {

inline constexpr const char* kArchiveHeader = "custos-archive";
inline constexpr const char* kCommitHeader = "custos-commit";

struct CommitMarker {
  uint64_t sequence = 0;
  bool is_ahead = false;        // rows were sent of commits after `sequence`
  std::vector<int64_t> begins;  // by partition of the topic: such rows, and those of `sequence`, are not before

  [[nodiscard]] std::string json() const;
  // kCorrupt where it is no marker.
  [[nodiscard]] static Result<CommitMarker> parse(std::string_view json);
};

// The last marker of `owner` in partition 0 of the topic `commits`; nothing where there is none.
[[nodiscard]] Result<std::optional<CommitMarker>> read_marker(client::KafkaConsumer& consumer,
                                                              const std::string& commits, const std::string& owner);
// Hashes (hash64) of the keys of all rows of `owner` from `begins` on.
[[nodiscard]] Result<std::unordered_set<uint64_t>> read_keys(client::KafkaConsumer& consumer, const std::string& topic,
                                                             const std::vector<int64_t>& begins,
                                                             const std::string& owner);
// Where each partition ends now.
[[nodiscard]] Result<std::vector<int64_t>> ends_of(client::KafkaConsumer& consumer, const std::string& topic);

}  // namespace custos::sink
