// A record as others read it: an RFC 5322 message, an mbox entry, a row of a Concordance load file. All redacted.
#pragma once

#include <string>

#include "document/record.h"

namespace custos::app {

// Headers and the body text, in UTF-8 (RFC 6532), 8bit, with "\n" line ends. Attachments are named in X-Custos-Part
// fields; their bytes are not copied.
[[nodiscard]] std::string redacted_mail(const document::Record& record, const std::string& thread);

// The same as an mboxrd entry.
[[nodiscard]] std::string mbox_entry(const document::Record& record, const std::string& thread);

// Concordance DAT: fields in þ (U+00FE), separated by U+0014, line ends inside a field as ® (U+00AE).
[[nodiscard]] std::string load_file_head();
[[nodiscard]] std::string load_file_row(const document::Record& record, const std::string& thread);

}  // namespace custos::app
