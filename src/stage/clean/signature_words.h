// Closing formulas, device notes and the words of contact lines, by language.
#pragma once

#include <string_view>

namespace custos::stage::clean {

// "Best regards,", "Mit freundlichen Grüßen", "Thanks,": a closing formula that is a line of its own.
[[nodiscard]] bool is_closing(std::string_view content);
// One that says nothing but goodbye: "Kind regards", not "Thanks".
[[nodiscard]] bool is_formal_closing(std::string_view content);
// What follows a closing formula on the same line: "Ada" of "Best regards, Ada"; empty where there is no formula.
[[nodiscard]] std::string_view after_closing(std::string_view content);
// A telephone number, an address of mail or the web, a title or a firm.
[[nodiscard]] bool is_contact_line(std::string_view content);

}  // namespace custos::stage::clean
