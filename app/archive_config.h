// The custos.toml of a new archive.
#pragma once

#include <string>

#include "app/config.h"

namespace custos::app {

// Where a shared archive's parts and its vector store are; without passwords and keys.
[[nodiscard]] std::string archive_config(const Config& config);

}  // namespace custos::app
