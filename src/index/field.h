// What of a message is searched. The numbers are on disk: never change one.
#pragma once

#include <cstdint>

namespace custos::index {

enum class Field : uint8_t {
  // Text: terms with positions.
  kAuthored = 0,  // what the author wrote in this message
  kQuoted = 1,    // quoted history, forwarded blocks, signatures, disclaimers
  kSubject = 2,
  kFileName = 3,  // of attachments

  // Exact values.
  kLanguage = 8,  // "en"
  kMark = 9,      // "attachment"

  // Numbers: the catalog's persons. No name or address is in an index.
  kFrom = 16,
  kTo = 17,  // To, Cc and Bcc
};

inline constexpr int kTextFields = 4;

}  // namespace custos::index
