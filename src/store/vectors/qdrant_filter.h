// A filter as Qdrant's JSON.
#pragma once

#include <string>

#include "store/vector_filter.h"

namespace custos::store {

inline constexpr char kQdrantMessage[] = "message";
inline constexpr char kQdrantSource[] = "source";  // decimal digits as a text: only texts can tell tenants apart
inline constexpr char kQdrantDate[] = "date";      // absent where there is none
inline constexpr char kQdrantFrom[] = "from";
inline constexpr char kQdrantTo[] = "to";

// "" for kAll. REQUIRES: simplified(), not kNone.
[[nodiscard]] std::string qdrant_filter(const VectorFilter& filter);

}  // namespace custos::store
