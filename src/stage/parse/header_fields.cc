#include "stage/parse/header_fields.h"

#include <strings.h>

#include <array>

namespace custos::stage {
namespace {

struct Known {
  std::string_view name;
  FieldName field;
};

constexpr std::array<Known, 14> kKnown = {{{"from", FieldName::kFrom},
                                           {"to", FieldName::kTo},
                                           {"cc", FieldName::kCc},
                                           {"bcc", FieldName::kBcc},
                                           {"date", FieldName::kDate},
                                           {"sender", FieldName::kSender},
                                           {"subject", FieldName::kSubject},
                                           {"list-id", FieldName::kListId},
                                           {"message-id", FieldName::kMessageId},
                                           {"references", FieldName::kReferences},
                                           {"in-reply-to", FieldName::kInReplyTo},
                                           {"content-type", FieldName::kContentType},
                                           {"content-transfer-encoding", FieldName::kContentTransferEncoding},
                                           {"content-disposition", FieldName::kContentDisposition}}};
constexpr std::string_view kContentPrefix = "content-";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

FieldName field_name(std::string_view name) {
  if (name.empty()) return FieldName::kOther;
  const char first = static_cast<char>(name.front() | 0x20);
  for (const Known& known : kKnown) {
    if (name.size() == known.name.size() && first == known.name.front() &&
        strncasecmp(name.data(), known.name.data(), name.size()) == 0) {
      return known.field;
    }
  }
  const bool is_content = name.size() >= kContentPrefix.size() && first == 'c' &&
                          strncasecmp(name.data(), kContentPrefix.data(), kContentPrefix.size()) == 0;
  return is_content ? FieldName::kContent : FieldName::kOther;
}

std::string_view trimmed_field(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace custos::stage
