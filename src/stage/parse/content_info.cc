#include "stage/parse/content_info.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "base/utf8.h"
#include "stage/parse/headers.h"

namespace custos::stage {
namespace {

constexpr size_t kNameBytesMax = 1024;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::string valid(std::string text) { return utf8_is_valid(text) ? text : utf8_repaired(text); }

std::string_view view_of(const char* text) { return text == nullptr ? std::string_view() : std::string_view(text); }

std::string_view parameter(GMimeContentType* type, const char* name) {
  return type == nullptr ? std::string_view() : view_of(g_mime_content_type_get_parameter(type, name));
}

// RFC 2183's filename, else RFC 2045's name; GMime undoes RFC 2231 and RFC 2047.
std::string name_of(GMimeContentType* type, GMimeContentDisposition* disposition, GMimeParserOptions* options,
                    Defects& defects) {
  std::string_view name;
  if (disposition != nullptr) name = view_of(g_mime_content_disposition_get_parameter(disposition, "filename"));
  if (name.empty()) name = parameter(type, "name");
  if (name.empty()) return {};
  return std::string(utf8_truncated(decode_header_text(options, name, defects), kNameBytesMax));
}

// ---- RFC 2045 section 5.1, without comments, escapes and RFC 2231's "*"

bool is_token_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.' || c == '+';
}

std::string_view take_token(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_token_char);
  const std::string_view token = text.substr(0, static_cast<size_t>(end - text.begin()));
  text.remove_prefix(token.size());
  return token;
}

bool take(std::string_view& text, char wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(1);
  return true;
}

void skip_blanks(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
}

// A token, alone or in quotes; empty where it is anything else.
std::string_view take_value(std::string_view& text) {
  const bool is_quoted = take(text, '"');
  const std::string_view value = take_token(text);
  return is_quoted && !take(text, '"') ? std::string_view() : value;
}

// False for a second one of the same name, and for what needs more care than a token.
bool set_parameter(ContentInfo& info, std::string_view name, std::string_view value) {
  if (name == "charset") return std::exchange(info.charset, lower(value)).empty();
  if (name == "format" && lower(value) == "flowed") return !std::exchange(info.is_flowed, true);
  return false;
}

}  // namespace

ContentInfo content_info(GMimeContentType* type, GMimeContentDisposition* disposition, GMimeParserOptions* options,
                         Defects& defects) {
  ContentInfo info;
  if (type != nullptr) {
    info.type = valid(lower(view_of(g_mime_content_type_get_media_type(type))) + "/" +
                      lower(view_of(g_mime_content_type_get_media_subtype(type))));
  }
  info.charset = utf8_repaired(lower(parameter(type, "charset")));
  info.name = name_of(type, disposition, options, defects);
  const char* word = disposition == nullptr ? nullptr : g_mime_content_disposition_get_disposition(disposition);
  info.is_attached = word != nullptr && g_ascii_strcasecmp(word, "attachment") == 0;
  info.is_flowed = lower(parameter(type, "format")) == "flowed";
  info.deletes_space = lower(parameter(type, "delsp")) == "yes";
  info.is_signed_only = lower(parameter(type, "smime-type")) == "signed-data";
  return info;
}

std::optional<ContentInfo> simple_text_info(std::string_view content_type) {
  const std::string_view main = take_token(content_type);
  if (!take(content_type, '/')) return std::nullopt;
  const std::string_view sub = take_token(content_type);
  if (lower(main) != "text" || sub.empty()) return std::nullopt;
  ContentInfo info;
  info.type = "text/" + lower(sub);
  for (skip_blanks(content_type); !content_type.empty(); skip_blanks(content_type)) {
    if (!take(content_type, ';')) return std::nullopt;
    skip_blanks(content_type);
    const std::string name = lower(take_token(content_type));
    if (!take(content_type, '=')) return std::nullopt;
    const std::string_view value = take_value(content_type);
    if (value.empty() || !set_parameter(info, name, value)) return std::nullopt;
  }
  return info;
}

}  // namespace custos::stage
