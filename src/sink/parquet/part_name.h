// The names of the files of a Parquet sink.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace custos::sink {

// The rows of one commit of one owner; `piece` counts from 0.
struct PartName {
  std::string owner;
  uint64_t sequence = 0;
  uint32_t piece = 0;

  bool operator==(const PartName&) const = default;
  // "part-0000000007.parquet", "part-a1b2c3d4-0000000007-1.parquet".
  [[nodiscard]] std::string file_name() const;
  // Nothing where `file_name` is not exactly what file_name() gives for such a part of `owner`.
  [[nodiscard]] static std::optional<PartName> parse(std::string_view file_name, std::string_view owner);
};

}  // namespace custos::sink
