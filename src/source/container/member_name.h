// The names of a container's members, made safe and unique.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace custos::source {

// A relative path without "..", empty and "." steps, drive letters, backslashes and control characters; valid UTF-8; at
// most 4096 bytes. "member" where nothing is left.
[[nodiscard]] std::string safe_member_name(std::string_view name);

// A tar may hold one name twice; two places must not share one path. Remembers up to 4 Mi names by their hash; all
// members behind that are numbered.
class UniqueNames {
 public:
  // `name`, or "name#17" for the 17th member of the container where the name was there before.
  [[nodiscard]] std::string claim(std::string name);

 private:
  // False where it was there already.
  bool insert(uint64_t hash);
  void grow();

  std::vector<uint64_t> slots_;  // open addressing; 0 is free
  uint64_t used_ = 0;
  uint64_t claimed_ = 0;
};

}  // namespace custos::source
