// Which persons a query means by "jane", "jane smith", "jane@" or "@example.com".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace custos::store {

// Cases, widths and accents do not count (UAX #15, NFKC_Casefold, then without combining marks).
class PersonFilter {
 public:
  static constexpr size_t kWordsMax = 32;  // further ones are not looked at

  explicit PersonFilter(std::string_view text);
  // Without a word it matches nobody.
  [[nodiscard]] bool empty() const { return words_.empty(); }
  // Each word is at the beginning of a word of one of the two. A word with "@" is matched with the address alone:
  // "@domain" with its domain or the domains below it, "local@" with its whole local part, else with its beginning.
  [[nodiscard]] bool matches(std::string_view address, std::string_view name) const;

 private:
  std::vector<std::string> words_;  // folded
};

}  // namespace custos::store
