// The words with which mail clients label header lines and separators, by language: data, kept apart from the rules.
#pragma once

#include <string_view>

#include "stage/clean/line.h"

namespace custos::stage::clean {

// Of "From: x", "*Von:* x", "Envoyé : x", "发件人： x"; kNone where no client writes that label.
[[nodiscard]] HeaderField header_field(std::string_view content);
// What stands behind the label. REQUIRES: header_field(content) != kNone.
[[nodiscard]] std::string_view header_value(std::string_view content);

// kOriginal, kForwarded, kForwardEnd, kReplyAbove, else kText.
[[nodiscard]] LineKind separator_kind(std::string_view content);

}  // namespace custos::stage::clean
