// Makes the postings file of one segment: an inverted index over its messages.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "document/redacted_text.h"
#include "document/span.h"
#include "index/field.h"

namespace custos::index {

// For one thread. Rows are added in order; memory is that of the segment's postings (kLimit past 2 GiB), and finish()
// writes them in one pass.
class PostingsWriter {
 public:
  virtual ~PostingsWriter() = default;
  [[nodiscard]] static Result<std::unique_ptr<PostingsWriter>> create(const std::filesystem::path& path);

  // -- The current row. Text of one field may be added several times; a phrase does not run over from one to the next.
  // Only `spans` of the text are indexed. `language`: BCP 47 ("en"), decides the stemmer; "" for none.
  virtual void add_text(Field field, const document::RedactedText& text, std::span<const document::Span> spans,
                        std::string_view language) = 0;
  virtual void add_value(Field field, std::string_view value) = 0;
  virtual void add_number(Field field, uint64_t number) = 0;
  virtual void set_date(std::optional<int64_t> unix_seconds) = 0;
  // Ends the current row, which may be empty, and begins the next.
  [[nodiscard]] virtual Status end_row() = 0;

  // Writes and syncs the file. Nothing may be added after it.
  [[nodiscard]] virtual Status finish() = 0;
  [[nodiscard]] virtual uint32_t rows() const = 0;
};

}  // namespace custos::index
