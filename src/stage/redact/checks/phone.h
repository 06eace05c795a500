// Telephone numbers: cheap shapes by pattern, the numbering plans by libphonenumber.
#pragma once

#include <string_view>

#include "stage/redact/recognizer.h"

namespace custos::stage {

// The 3-3-4 shape of North America. Looser than the numbering plan, which has no 555-123-4567.
[[nodiscard]] Verdict check_phone_us(std::string_view candidate);
// Begins with '+' and a country's code (ITU-T E.164).
[[nodiscard]] Verdict check_phone_international(std::string_view candidate);
// Without a country's code: valid in one of the large numbering plans. Slow (tens of microseconds).
[[nodiscard]] Verdict check_phone_national(std::string_view candidate);

// Whether a check only ever refutes, so that a candidate too weak to be reported need not be checked.
[[nodiscard]] bool only_refutes(Validator validator);
// Whether a check takes so long that its verdicts are worth keeping.
[[nodiscard]] bool is_slow(Validator validator);

}  // namespace custos::stage
