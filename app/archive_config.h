// The custos.toml of a new archive.
#pragma once

#include <string>

#include "store/archive.h"

namespace custos::app {

// Where a shared archive's parts are; without passwords and keys.
[[nodiscard]] std::string archive_config(const store::ArchiveOptions& archive, const client::S3Options& s3);

}  // namespace custos::app
