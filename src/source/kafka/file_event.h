// A message that names a file instead of being a document: {"file_id": …, "s3_uri": "s3://bucket/key"} or {"uri": …}.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace custos::source {

inline constexpr size_t kFileEventBytesMax = 64 << 10;  // a longer message is a document

// The URI that the message names; nothing where it is no file event: no JSON object, or one with a "text".
[[nodiscard]] std::optional<std::string> file_event_uri(std::string_view message);

// What open_source takes for the URI. kUnsupported for schemes but s3 and file, and for files that do not lie below
// `file_root` when all links are followed; "" allows none.
[[nodiscard]] Result<std::filesystem::path> file_event_path(const std::string& uri,
                                                            const std::filesystem::path& file_root);

}  // namespace custos::source
