// mbox in all its dialects, told by content: mboxo, mboxrd, mboxcl and mboxcl2.
#pragma once

#include <optional>
#include <string_view>

#include "source/reader/reader.h"

namespace custos::source {

// A message begins at a From_ line (from_line.h) at the beginning of the file or after an empty line, and its span ends
// where the next one begins, so it holds its From_ line and the empty lines behind it. Content-Length is believed only
// where it ends at a From_ line or at the end of the file; then From_ lines before that are text. Holds one message of
// at most document_bytes_max; a larger one is read past and becomes a failed span.
class MboxReader : public Reader {
 public:
  // What text before the first From_ line means.
  enum class Start {
    kFile,          // garbage
    kContinuation,  // the end of a message that an earlier run read while it was being written
    kForced,        // as kFile; and a file without any From_ line has failed, since we were told that it is an mbox
  };
  MboxReader(Window& window, LogicalFile file, Start start) : window_(window), file_(std::move(file)), start_(start) {}
  [[nodiscard]] std::optional<Piece> next() override;
  void continue_here() override { start_ = Start::kContinuation; }

 private:
  struct Extent {
    uint64_t size = 0;  // bytes of the piece
    bool held = true;   // they are in the window, all of them
    bool at_end = false;
    size_t content_end = 0;  // where Content-Length says that a body ends which has bare From_ lines (mboxcl2); else 0
  };

  [[nodiscard]] std::optional<Piece> first();
  [[nodiscard]] Piece message(size_t leading);
  [[nodiscard]] Piece garbage();
  [[nodiscard]] Piece finish(const Extent& extent, Piece piece);
  // Where the piece that begins at the window's front ends; looks for separators from `scan` on.
  [[nodiscard]] Extent measure(size_t leading, size_t scan, bool is_message);
  // The next "From " at the beginning of a line, from `scan` on; reads on and drops what cannot be kept.
  [[nodiscard]] std::optional<size_t> next_candidate(size_t scan, Extent& extent);
  // Makes room in a full window by dropping what is before `at`, but for what tells an empty line; where `at` is then.
  [[nodiscard]] size_t drop_before(size_t at, Extent& extent);
  // A plausible From_ line at `candidate`, whatever stands before it.
  [[nodiscard]] bool is_from_line(size_t& candidate, Extent& extent);
  // Where the body of the message ends in the view if its Content-Length is right; 0 where it has none.
  [[nodiscard]] size_t claimed_end(size_t leading, size_t candidate) const;
  [[nodiscard]] bool believes(size_t claimed, Extent& extent);
  [[nodiscard]] std::string content(const Extent& extent, size_t leading) const;

  Window& window_;
  LogicalFile file_;
  Start start_;
  bool started_ = false;
  bool done_ = false;
};

}  // namespace custos::source
