// What of a condition a vector store can look at by itself.
#pragma once

#include "index/query.h"
#include "store/vector_filter.h"

namespace custos::query {

// Lets through every message that `condition` does, and others where the condition has parts that numbers cannot say
// (words, phrases, languages, marks, threads) or too many of them: the planner's row sets are applied afterwards.
[[nodiscard]] store::VectorFilter store_filter(const index::Query& condition);

}  // namespace custos::query
