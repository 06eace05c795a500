// Apple Mail's .emlx: a line with the message's length, the message, and a property list with its flags.
#pragma once

#include <optional>
#include <string_view>

#include "source/reader/reader.h"

namespace custos::source {

struct EmlxHead {
  size_t message_begin = 0;  // behind the first line
  uint64_t message_bytes = 0;
};
// Nothing where `head` does not begin with a line that is a number.
[[nodiscard]] std::optional<EmlxHead> emlx_head(std::string_view head);

// Maildir's letters for the bits of the property list's "flags": read S, deleted T, answered R, flagged F, draft D,
// forwarded P.
[[nodiscard]] std::string emlx_flags(std::string_view property_list);

// Two pieces: the message with its first line, then the property list. A length that does not end at the property list
// or at the end of the file is corrected by looking for the list; one that lies behind the end has failed.
class EmlxReader : public Reader {
 public:
  EmlxReader(Window& window, LogicalFile file) : window_(window), file_(std::move(file)) {}
  [[nodiscard]] std::optional<Piece> next() override;

 private:
  [[nodiscard]] Piece message();
  [[nodiscard]] Piece whole_file_failed(std::string reason);

  Window& window_;
  LogicalFile file_;
  bool started_ = false;
  bool done_ = false;
};

}  // namespace custos::source
