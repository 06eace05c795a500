// Reads one JSON text (RFC 8259). Over nlohmann/json, whose headers stay in json_reader.cc: Arrow's libraries carry and
// export a simdjson of their own, so that a second one in the same program would be mixed up with it
// (docs/decisions/0008-json-reader.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace custos {

// A value inside a JsonDocument, and only valid as long as that lives.
class JsonValue {
 public:
  [[nodiscard]] bool is_null() const;
  [[nodiscard]] bool is_object() const;
  [[nodiscard]] bool is_array() const;
  // The text of a string; nothing for another kind.
  [[nodiscard]] std::optional<std::string_view> string() const;
  [[nodiscard]] std::optional<double> number() const;
  // A number without fraction as it would be written: "7".
  [[nodiscard]] std::optional<std::string> whole_number() const;
  // A member of an object; nothing where it is missing or this is no object. Of members with one name the last counts.
  [[nodiscard]] std::optional<JsonValue> member(std::string_view name) const;
  // Each element of an array, in order.
  void for_each(const std::function<void(JsonValue)>& take) const;
  // The value as JSON.
  [[nodiscard]] std::string text() const;

 private:
  friend class JsonDocument;
  explicit JsonValue(const void* node) : node_(node) {}
  const void* node_;
};

class JsonDocument {
 public:
  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;
  ~JsonDocument();

  // kCorrupt where `text` is not JSON in UTF-8; kLimit where more than `depth_max` arrays and objects are open at once.
  [[nodiscard]] static Result<JsonDocument> parse(std::string_view text, size_t depth_max = 64);
  [[nodiscard]] JsonValue root() const;

 private:
  struct Tree;
  explicit JsonDocument(std::unique_ptr<Tree> tree);
  std::unique_ptr<Tree> tree_;
};

}  // namespace custos
