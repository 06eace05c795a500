// Writes one JSON text (RFC 8259) into a string. Bytes that are not UTF-8 become U+FFFD, so output is always valid.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace custos {

// Commas are placed by the writer:  w.begin_object().key("id").value("7").end_object();
class JsonWriter {
 public:
  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  JsonWriter& value(bool flag);
  JsonWriter& value(double number);
  JsonWriter& value(float number);
  template <std::integral Integer>
  requires(!std::same_as<Integer, bool>) JsonWriter& value(Integer number) {
    return integer(static_cast<int64_t>(number));
  }
  JsonWriter& null();
  // Inserts `json`, which must be a whole JSON value already.
  JsonWriter& raw(std::string_view json);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::string take() { return std::move(text_); }
  void clear();

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  JsonWriter& integer(int64_t number);
  void separate();

  std::string text_;
  std::vector<bool> has_items_;
  bool after_key_ = false;
};

// Appends `text` in quotes, escaped.
void append_json_string(std::string& out, std::string_view text);

}  // namespace custos
