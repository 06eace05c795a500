#include "store/storage/open_objects.h"

#include <string_view>

#include "store/storage/folder_objects.h"

namespace custos::store {

Result<std::unique_ptr<Objects>> open_objects(const ArchiveOptions& options) {
  constexpr std::string_view kFolder = "file://";
  const std::string_view url = options.storage;
  if (url.starts_with(kFolder) && url.substr(kFolder.size()).starts_with("/")) {
    return std::unique_ptr<Objects>(std::make_unique<FolderObjects>(url.substr(kFolder.size())));
  }
  return Error{Code::kInvalidArgument, "archive.storage is file:///folder, not " + options.storage};
}

}  // namespace custos::store
