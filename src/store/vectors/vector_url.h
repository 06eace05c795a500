// Where a vector store is, and what its collections are called.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "store/vector_store.h"

namespace custos::store {

struct VectorUrl {
  enum class Kind : uint8_t { kMemory, kMilvus, kQdrant };
  Kind kind = Kind::kMemory;
  bool tls = false;
  std::string address;     // "host:port"
  std::string collection;  // letters, digits and _
};

// kInvalidArgument says what is wrong; credentials do not belong in it.
[[nodiscard]] Result<VectorUrl> read_vector_url(std::string_view url);

// `base` and 16 hex digits of the model and width: old and new ones stand side by side while an archive is embedded
// anew, and the archive's own commit says which is asked.
[[nodiscard]] std::string collection_of(const std::string& base, const VectorStoreOptions& options);
[[nodiscard]] bool is_collection_of(std::string_view base, std::string_view name);

}  // namespace custos::store
