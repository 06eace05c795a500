// The JSON shape of answers and summaries (docs/interfaces.md).
#pragma once

#include <string>
#include <string_view>

#include "agent/answer.h"

namespace custos::app {

inline constexpr std::string_view kNotFoundText = "not found in the archive";

// The sentences one after the other; kNotFoundText where nothing was found.
[[nodiscard]] std::string answer_text(const agent::Answer& answer);

// `question`: JSON of what was asked, or "" to leave it out.
[[nodiscard]] std::string answer_json(const agent::Answer& answer, std::string_view question, bool explain);

// For a person: sentences with numbers, and below them where they stand.
void print_answer(const agent::Answer& answer, bool explain);

}  // namespace custos::app
