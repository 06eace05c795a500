// Opens what an archive's storage is named by.
#pragma once

#include <memory>

#include "base/result.h"
#include "store/archive.h"
#include "store/storage/objects.h"

namespace custos::store {

// ArchiveOptions::storage. kInvalidArgument names the forms there are.
[[nodiscard]] Result<std::unique_ptr<Objects>> open_objects(const ArchiveOptions& options);

}  // namespace custos::store
