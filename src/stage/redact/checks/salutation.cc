#include "stage/redact/checks/salutation.h"

#include <algorithm>
#include <array>

namespace custos::stage {

Verdict check_salutation_name(std::string_view candidate) {
  static constexpr std::array<std::string_view, 48> kNobody = {
      "All",       "Sir",        "Sirs",        "Madam",    "Team",        "Colleague", "Colleagues",  "Friend",
      "Friends",   "Customer",   "Customers",   "Client",   "Clients",     "Member",    "Members",     "Everyone",
      "Everybody", "Folks",      "Guys",        "There",    "Again",       "Hiring",    "Valued",      "User",
      "Users",     "Subscriber", "Subscribers", "Investor", "Shareholder", "Employee",  "Employees",   "Student",
      "Students",  "Reader",     "Readers",     "Damen",    "Herren",      "Kollegen",  "Kolleginnen", "Kunde",
      "Kunden",    "Monsieur",   "Madame",      "Tous",     "World",       "President", "Chairman",    "The"};
  const std::string_view first = candidate.substr(0, candidate.find_first_of(" \t\n"));
  return std::find(kNobody.begin(), kNobody.end(), first) == kNobody.end() ? Verdict::kUnsure : Verdict::kInvalid;
}

}  // namespace custos::stage
