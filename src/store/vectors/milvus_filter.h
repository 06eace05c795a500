// A filter in Milvus' expression language.
#pragma once

#include <string>

#include "store/vector_filter.h"

namespace custos::store {

inline constexpr char kMilvusKey[] = "id";
inline constexpr char kMilvusMessage[] = "message";
inline constexpr char kMilvusSource[] = "source";
inline constexpr char kMilvusDate[] = "date";
inline constexpr char kMilvusFrom[] = "people_from";
inline constexpr char kMilvusTo[] = "people_to";
inline constexpr char kMilvusVector[] = "vector";

// "" for kAll. REQUIRES: simplified(), not kNone.
[[nodiscard]] std::string milvus_expression(const VectorFilter& filter);

}  // namespace custos::store
