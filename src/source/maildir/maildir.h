// Maildir (https://cr.yp.to/proto/maildir.html) by the names in it.
#pragma once

#include <string>
#include <string_view>

namespace custos::source {

// The letters behind ":2," of a file in cur or new, sorted; also behind "!2," and ";2,", which file systems that forbid
// the colon have instead. Empty elsewhere.
[[nodiscard]] std::string maildir_flags(std::string_view path);

// `path` is directly in a folder that is named cur or new.
[[nodiscard]] bool is_in_maildir(std::string_view path);

}  // namespace custos::source
