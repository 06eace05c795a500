// What was wrong with a message, as names without content; docs/parsing.md explains each.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace custos::stage {

// Few names, so a vector; each is kept once.
class Defects {
 public:
  void add(std::string_view name) {
    if (std::find(names_.begin(), names_.end(), name) == names_.end()) names_.emplace_back(name);
  }
  [[nodiscard]] std::vector<std::string> take_sorted() && {
    std::sort(names_.begin(), names_.end());
    return std::move(names_);
  }
  [[nodiscard]] bool empty() const { return names_.empty(); }

 private:
  std::vector<std::string> names_;
};

}  // namespace custos::stage
