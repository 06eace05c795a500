// Cuts one logical file into pieces: documents and spans that are none, without a gap between them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "document/raw_document.h"
#include "source/stream/window.h"

namespace custos::source {

struct Piece {
  std::variant<document::RawDocument, document::SkippedSpan> what;
  bool ends_logical_file = false;
};

// What a file that is nothing else is taken for.
enum class Expectation {
  kNothing,      // not mail
  kTextMessage,  // a message without headers, unless it is binary
  kMessage,      // a message: it lies where only messages do
};

// What a reader must know of the file that it reads.
struct LogicalFile {
  std::string path;   // Place::path of what is in it
  std::string flags;  // of the mailbox, for a file of one message
  uint64_t document_bytes_max = 0;
  bool is_source = false;  // SOURCE itself: its members' paths do not begin with its name
  Expectation expectation = Expectation::kNothing;
};

// Pieces of one logical file tile it from where its Window stood at first to its end; there is at least one. A read
// that fails is the last piece, a failed SkippedSpan.
class Reader {
 public:
  virtual ~Reader() = default;
  // Nothing after the last piece.
  [[nodiscard]] virtual std::optional<Piece> next() = 0;
  // Before the first next(): the window stands behind pieces that an earlier run read, not at the file's beginning.
  virtual void continue_here() {}
};

[[nodiscard]] inline Piece skipped(std::string path, uint64_t begin, uint64_t end, std::string reason, bool failed) {
  return {document::SkippedSpan{{std::move(path), begin, end}, std::move(reason), failed}, false};
}

[[nodiscard]] inline Piece ending(Piece piece) {
  piece.ends_logical_file = true;
  return piece;
}

// "larger than 67108864 bytes".
[[nodiscard]] std::string too_large(uint64_t document_bytes_max);

}  // namespace custos::source
