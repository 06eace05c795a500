#include "base/json_reader.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace custos {
namespace {

using nlohmann::json;

const json& node_of(const void* node) { return *static_cast<const json*>(node); }

// Arrays and objects open at once, at most. Brackets inside strings do not count.
size_t depth_of(std::string_view text) {
  size_t depth = 0;
  size_t deepest = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      deepest = std::max(deepest, ++depth);
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

}  // namespace

struct JsonDocument::Tree {
  json root;
};

JsonDocument::JsonDocument(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

Result<JsonDocument> JsonDocument::parse(std::string_view text, size_t depth_max) {
  if (depth_of(text) > depth_max) return Error{Code::kLimit, "JSON nested too deep"};
  json root = json::parse(text.begin(), text.end(), nullptr, false);
  if (root.is_discarded()) return Error{Code::kCorrupt, "not JSON"};
  return JsonDocument(std::make_unique<Tree>(Tree{std::move(root)}));
}

JsonValue JsonDocument::root() const { return JsonValue(&tree_->root); }

bool JsonValue::is_null() const { return node_of(node_).is_null(); }
bool JsonValue::is_object() const { return node_of(node_).is_object(); }
bool JsonValue::is_array() const { return node_of(node_).is_array(); }

std::optional<std::string_view> JsonValue::string() const {
  const auto* text = node_of(node_).get_ptr<const json::string_t*>();
  if (text == nullptr) return std::nullopt;
  return std::string_view(*text);
}

std::optional<double> JsonValue::number() const {
  if (!node_of(node_).is_number()) return std::nullopt;
  return node_of(node_).get<double>();
}

std::optional<std::string> JsonValue::whole_number() const {
  if (!node_of(node_).is_number_integer()) return std::nullopt;
  return text();
}

std::optional<JsonValue> JsonValue::member(std::string_view name) const {
  if (!is_object()) return std::nullopt;
  const auto found = node_of(node_).find(name);
  if (found == node_of(node_).end()) return std::nullopt;
  return JsonValue(&*found);
}

void JsonValue::for_each(const std::function<void(JsonValue)>& take) const {
  if (!is_array()) return;
  for (const json& element : node_of(node_)) take(JsonValue(&element));
}

std::string JsonValue::text() const { return node_of(node_).dump(-1, ' ', false, json::error_handler_t::replace); }

}  // namespace custos
