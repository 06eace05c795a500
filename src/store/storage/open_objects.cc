#include "store/storage/open_objects.h"

#include <string_view>

#include "store/local/layout.h"
#include "store/storage/folder_objects.h"
#include "store/storage/s3_objects.h"

namespace custos::store {

Result<std::unique_ptr<Objects>> open_objects(const ArchiveOptions& options) {
  constexpr std::string_view kFolder = "file://";
  const std::string_view url = options.storage;
  if (url.starts_with(kFolder) && url.substr(kFolder.size()).starts_with("/")) {
    return std::unique_ptr<Objects>(std::make_unique<FolderObjects>(url.substr(kFolder.size())));
  }
  if (url.starts_with("s3://")) {
    ASSIGN_OR_RETURN(auto objects,
                     S3Objects::open(options.storage, options.s3,
                                     {std::string(kOriginalsFolder) + "/", options.lock_days, options.lock_mode}));
    return std::unique_ptr<Objects>(std::move(objects));
  }
  return Error{Code::kInvalidArgument,
               "archive.storage is s3://bucket/prefix or file:///folder, not " + options.storage};
}

}  // namespace custos::store
