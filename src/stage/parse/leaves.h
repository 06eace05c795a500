// The leaves of a MIME tree (RFC 2046) in reading order, with what decides whether a reader sees them.
#pragma once

#include <gmime/gmime.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "document/message.h"
#include "stage/parse/content_info.h"
#include "stage/parse/defects.h"
#include "stage/parse/parse.h"

namespace custos::stage {

// One way down through a multipart/alternative: which of its children.
struct Choice {
  uint32_t alternative = 0;  // numbered by occurrence in the message
  uint32_t child = 0;

  bool operator==(const Choice&) const = default;
};

struct Leaf {
  document::Part part;          // is_body not yet decided
  std::vector<Choice> choices;  // outermost first
  bool is_readable = false;     // text that could be body: inline, of the outer message, not another part's resource
  bool has_name = false;
};

// REQUIRES: `mail` was read from a memory stream over `bytes`, not larger than the limits allow. Attached messages are
// listed as a part and then leaf by leaf ("2", "2.1"); one that is encoded is decoded and read as well.
[[nodiscard]] std::vector<Leaf> read_leaves(GMimeMessage* mail, std::string_view bytes, GMimeParserOptions* options,
                                            const ParseLimits& limits, Defects& defects);

// The only part of a message, as read_leaves gives it. `raw`: still encoded.
[[nodiscard]] std::vector<Leaf> read_lone_leaf(ContentInfo info, GMimeContentEncoding encoding, std::string_view raw,
                                               GMimeParserOptions* options, const ParseLimits& limits,
                                               Defects& defects);

// Of each alternative the plain text if it says anything, else the HTML, else what else is text; and of the rest every
// inline text. A named text behind another text is an attachment.
void choose_body(std::vector<Leaf>& leaves);

// A message as GMime reads it from memory, and the stream that its parts point into.
class ReadMail {
 public:
  // REQUIRES: bytes outlive this.
  ReadMail(std::string_view bytes, GMimeParserOptions* options);
  ReadMail(const ReadMail&) = delete;
  ReadMail& operator=(const ReadMail&) = delete;
  ~ReadMail();

  // Null where GMime finds no message.
  [[nodiscard]] GMimeMessage* message() const { return message_; }

 private:
  GByteArray array_;
  GMimeMessage* message_ = nullptr;
};

}  // namespace custos::stage
