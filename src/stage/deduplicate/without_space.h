// Texts without their white space: mail systems move it about, so that keys must not be over it.
#pragma once

#include <string>
#include <string_view>

namespace custos::stage {

// Appends `text` without ASCII's white space and control characters, U+00A0, U+200B and U+FEFF, which HTML conversion
// adds and drops.
void append_without_space(std::string& out, std::string_view text);

}  // namespace custos::stage
