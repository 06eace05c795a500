// What all algorithms end with: threads, each with the messages at its top, and every other message's parent. Private
// to thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stage/thread/jwz.h"

namespace custos::stage {

// The order of siblings and threads: by date sent, then by place in the batch. A message without a date takes that of
// the one before it.
class SentOrder {
 public:
  explicit SentOrder(const std::vector<ThreadInput>& messages);
  [[nodiscard]] bool before(uint32_t a, uint32_t b) const {
    return dates_[a] != dates_[b] ? dates_[a] < dates_[b] : a < b;
  }
  void sort(std::vector<uint32_t>& messages) const;

 private:
  std::vector<int64_t> dates_;
};

// A child of RFC 5256's root: one message, or a dummy with several.
struct ThreadRoot {
  std::vector<uint32_t> tops;  // sorted; more than one: siblings whose parent is not in the batch
};

// `parents`: a message each, kNoNode for tops; without loops. Every top is in exactly one root.
[[nodiscard]] std::vector<ThreadPlace> place_threads(std::vector<ThreadRoot> roots,
                                                     const std::vector<uint32_t>& parents, const SentOrder& order);

// RFC 5256, THREAD=REFERENCES, step 5: roots with one base subject are merged. Takes and gives sorted roots.
[[nodiscard]] std::vector<ThreadRoot> merge_by_subject(std::vector<ThreadRoot> roots,
                                                       const std::vector<ThreadInput>& messages,
                                                       std::vector<uint32_t>& parents, const SentOrder& order);

}  // namespace custos::stage
