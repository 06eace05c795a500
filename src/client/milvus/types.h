// Numbers of enums in milvus-proto.
#pragma once

#include <cstdint>

namespace custos::client {

// schema.DataType
inline constexpr int32_t kDataInt64 = 5;
inline constexpr int32_t kDataArray = 22;
inline constexpr int32_t kDataFloatVector = 101;

// common.ConsistencyLevel
inline constexpr int32_t kLevelStrong = 0;
inline constexpr int32_t kLevelSession = 1;
inline constexpr int32_t kLevelBounded = 2;

}  // namespace custos::client
