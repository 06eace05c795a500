// The fields of a header block that are read (RFC 5322), by name.
#pragma once

#include <cstdint>
#include <string_view>

namespace custos::stage {

enum class FieldName : uint8_t {
  kOther,  // nobody reads it
  kFrom,
  kTo,
  kCc,
  kBcc,
  kDate,
  kSender,
  kSubject,
  kListId,
  kMessageId,
  kReferences,
  kInReplyTo,
  kContentType,
  kContentTransferEncoding,
  kContentDisposition,
  kContent,  // any other of MIME's: "Content-…"
};

// In any case, without blanks around it.
[[nodiscard]] FieldName field_name(std::string_view name);

// A field by itself, as it was written: folded, encoded.
struct HeaderField {
  FieldName name = FieldName::kOther;
  std::string_view value;  // without blanks around it
};

// White space of a header: RFC 5322's and what folding leaves.
[[nodiscard]] std::string_view trimmed_field(std::string_view text);

}  // namespace custos::stage
