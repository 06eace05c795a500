// Arrow's failures as ours: its Status and its exceptions end here.
#pragma once

#include <arrow/status.h>

#include <exception>
#include <filesystem>
#include <new>
#include <utility>

#include "base/result.h"

namespace custos::columns {

// `doing`: "cannot write". The text is Arrow's own, which names columns and offsets.
[[nodiscard]] Error arrow_error(const arrow::Status& status, std::string_view doing, const std::filesystem::path& path);
[[nodiscard]] Error arrow_error(std::string_view what, std::string_view doing, const std::filesystem::path& path);

// Runs `work`, which returns arrow::Status, and lets no exception out.
template <typename Work>
[[nodiscard]] Status guarded(std::string_view doing, const std::filesystem::path& path, Work&& work) {
  try {
    const arrow::Status status = std::forward<Work>(work)();
    if (!status.ok()) return arrow_error(status, doing, path);
    return {};
  } catch (const std::bad_alloc&) {
    return Error{Code::kLimit, arrow_error("out of memory", doing, path).message};
  } catch (const std::exception& exception) {
    return arrow_error(exception.what(), doing, path);
  }
}

}  // namespace custos::columns
