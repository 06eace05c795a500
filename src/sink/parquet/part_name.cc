#include "sink/parquet/part_name.h"

#include <fmt/format.h>

#include <charconv>

namespace custos::sink {
namespace {

// Takes a number off the front of `text`.
template <typename Number>
bool take_number(std::string_view& text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return true;
}

std::string prefix_of(std::string_view owner) { return owner.empty() ? "part-" : "part-" + std::string(owner) + "-"; }

}  // namespace

std::string PartName::file_name() const {
  const std::string name = fmt::format("{}{:010}", prefix_of(owner), sequence);
  return (piece == 0 ? name : fmt::format("{}-{}", name, piece)) + ".parquet";
}

std::optional<PartName> PartName::parse(std::string_view file_name, std::string_view owner) {
  PartName name{.owner = std::string(owner)};
  const std::string prefix = prefix_of(owner);
  std::string_view rest = file_name;
  if (!rest.starts_with(prefix)) return std::nullopt;
  rest.remove_prefix(prefix.size());
  if (!take_number(rest, name.sequence)) return std::nullopt;
  if (rest.starts_with('-')) {
    rest.remove_prefix(1);
    if (!take_number(rest, name.piece)) return std::nullopt;
  }
  if (name.file_name() != file_name) return std::nullopt;
  return name;
}

}  // namespace custos::sink
