#include "stage/parse/plain_mail.h"

#include <strings.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stage/parse/headers.h"
#include "stage/parse/leaves.h"

namespace custos::stage {
namespace {

struct Unref {
  void operator()(GMimeContentType* type) const { g_object_unref(type); }
};
using ContentType = std::unique_ptr<GMimeContentType, Unref>;

bool is_named(std::string_view name, std::string_view wanted) {
  return name.size() == wanted.size() && strncasecmp(name.data(), wanted.data(), name.size()) == 0;
}

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// What GMime's tree may read otherwise than its function for one field does: encoded words and bytes beyond ASCII.
bool is_simple(std::string_view value) {
  return value.find("=?") == std::string_view::npos &&
         std::none_of(value.begin(), value.end(), [](char c) { return (c & 0x80) != 0; });
}

PlainField split_field(std::string_view field) {
  const size_t colon = field.find(':');
  return {trimmed(field.substr(0, colon)), std::string(trimmed(field.substr(colon + 1)))};
}

struct Content {
  const PlainField* type = nullptr;
  const PlainField* encoding = nullptr;
};

std::optional<Content> content_of(const std::vector<PlainField>& fields) {
  Content content;
  bool has_from = false;
  for (const PlainField& field : fields) {
    has_from |= is_named(field.name, "from") && !field.value.empty();
    if (is_named(field.name, "content-disposition")) return std::nullopt;
    const bool is_type = is_named(field.name, "content-type");
    if (!is_type && !is_named(field.name, "content-transfer-encoding")) continue;
    const PlainField*& slot = is_type ? content.type : content.encoding;
    if (slot != nullptr || field.value.empty() || !is_simple(field.value)) return std::nullopt;
    slot = &field;
  }
  if (!has_from) return std::nullopt;
  return content;
}

// Null where it is no text.
ContentType text_type(const PlainField* field, GMimeParserOptions* options) {
  if (field == nullptr) return ContentType(g_mime_content_type_new("text", "plain"));
  if (strncasecmp(field->value.c_str(), "text/", 5) != 0) return nullptr;
  ContentType type(g_mime_content_type_parse(options, field->value.c_str()));
  return type && g_mime_content_type_is_type(type.get(), "text", "*") ? std::move(type) : nullptr;
}

}  // namespace

bool read_plain_mail(const PlainMail& mail, GMimeParserOptions* options, const ParseLimits& limits,
                     document::Message& message, Defects& defects) {
  if (!mail.is_plain) return false;
  std::vector<PlainField> fields;
  fields.reserve(mail.fields.size());
  for (const std::string_view field : mail.fields) fields.push_back(split_field(field));
  const std::optional<Content> content = content_of(fields);
  if (!content) return false;
  const ContentType type = text_type(content->type, options);
  if (!type) return false;
  GMimeContentEncoding encoding = GMIME_CONTENT_ENCODING_DEFAULT;
  if (content->encoding != nullptr) {
    encoding = g_mime_content_encoding_from_string(content->encoding->value.c_str());
    if (encoding == GMIME_CONTENT_ENCODING_DEFAULT) return false;
  }
  read_plain_headers(fields, options, limits, message, defects);
  std::vector<Leaf> leaves = read_lone_leaf({type.get(), nullptr}, encoding, mail.body, options, limits, defects);
  choose_body(leaves);
  for (Leaf& leaf : leaves) message.parts.push_back(std::move(leaf.part));
  return true;
}

}  // namespace custos::stage
