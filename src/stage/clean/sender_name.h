// Whether a line is the sender's name, or any name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace custos::stage::clean {

// The words of a sender's name and address, to know a signed line by.
class SenderName {
 public:
  SenderName(std::string_view name, std::string_view address);

  // "Ada", "Ada Lovelace", "A. Lovelace", "AL", "ada".
  [[nodiscard]] bool is(std::string_view line) const;

 private:
  void add_words(std::string_view text);
  void add_word(std::string_view word);
  [[nodiscard]] bool has_word(std::string_view word) const;

  std::vector<std::string> words_;             // folded, at most 8
  std::vector<std::string_view> short_forms_;  // of them
};

// One to four words that begin with capitals, without digits: "Ada Lovelace", "J. van der Berg".
[[nodiscard]] bool is_name(std::string_view line);

}  // namespace custos::stage::clean
