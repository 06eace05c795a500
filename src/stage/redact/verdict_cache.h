// Verdicts of slow checks, since mail repeats its numbers: in signatures, in quoted history.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "stage/redact/recognizer.h"

namespace custos::stage {

// For one thread and one Redactor. At most kEntriesMax values, then it begins anew.
class VerdictCache {
 public:
  static constexpr size_t kEntriesMax = 16384;

  [[nodiscard]] Verdict verdict(Validator validator, std::string_view value) {
    if (size_ >= kEntriesMax) clear();
    const auto [entry, is_new] = verdicts_[validator].try_emplace(std::string(value), Verdict::kUnsure);
    if (is_new) ++size_, entry->second = validator(value);
    return entry->second;
  }

 private:
  void clear() {
    verdicts_.clear();
    size_ = 0;
  }

  std::unordered_map<Validator, std::unordered_map<std::string, Verdict>> verdicts_;
  size_t size_ = 0;
};

}  // namespace custos::stage
