// Containers and compressed files by the bytes that they begin with.
#pragma once

#include <string_view>

namespace custos::source {

// tar, zip, gzip, zstd, xz or bzip2. A zip that is an office document, an e-book or a program is not meant.
[[nodiscard]] bool is_container(std::string_view head);
[[nodiscard]] bool is_tar(std::string_view head);
// Any zip.
[[nodiscard]] bool is_zip(std::string_view head);
// Outlook's store (MS-PST: "!BDN") or its single messages (MS-OXMSG, a compound file with property streams).
[[nodiscard]] bool is_outlook(std::string_view head);

}  // namespace custos::source
