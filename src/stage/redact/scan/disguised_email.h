// Addresses written for people only: "name (at) example (dot) com", "name [at] example dot com", "name@example dot
// com".
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "document/span.h"

namespace re2 {
class RE2;
}

namespace custos::stage {

// Immutable. The word "at" has to stand in brackets, since "at" between two words is ordinary English.
class DisguisedEmails {
 public:
  DisguisedEmails(DisguisedEmails&&) noexcept;
  DisguisedEmails& operator=(DisguisedEmails&&) noexcept;
  ~DisguisedEmails();

  [[nodiscard]] static Result<DisguisedEmails> compile();
  // Ascending, not overlapping.
  [[nodiscard]] std::vector<document::Span> find(std::string_view text) const;

 private:
  explicit DisguisedEmails(std::unique_ptr<re2::RE2> pattern);
  std::unique_ptr<re2::RE2> pattern_;
};

}  // namespace custos::stage
