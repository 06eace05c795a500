// JSON lines (https://jsonlines.org): one object a line, for everything that is not mail.
#pragma once

#include "source/reader/reader.h"

namespace custos::source {

// A line that begins with '{' and ends with '}' is a record, with the empty lines around it in its span; any other line
// is a failed span. What the object holds is for parsing to say. A line above document_bytes_max is read past.
class JsonLinesReader : public Reader {
 public:
  JsonLinesReader(Window& window, LogicalFile file) : window_(window), file_(std::move(file)) {}
  [[nodiscard]] std::optional<Piece> next() override;

 private:
  [[nodiscard]] Piece line(uint64_t begin);
  void skip_blank();

  Window& window_;
  LogicalFile file_;
  bool done_ = false;
};

}  // namespace custos::source
