// The custos.toml of a new archive.
#pragma once

#include <string>
#include <string_view>

#include "app/config.h"
#include "base/result.h"

namespace custos::app {

// Where a shared archive's parts and its vector store are, and who signs their certificates; no passwords, no keys.
[[nodiscard]] std::string archive_config(const Config& config);
// An archive's custos.toml, `text`, for the same archive with other parts. Its comments stay where nothing has to be
// replaced. kInvalidArgument where it is no TOML.
[[nodiscard]] Result<std::string> moved_config(std::string_view text, const Config& config);

}  // namespace custos::app
