// Files that are one piece: one message, or no mail at all.
#pragma once

#include "source/reader/reader.h"

namespace custos::source {

// One RFC 5322 message, whatever its bytes are: whether it has headers is for parsing to say. Empty lines before
// its headers are in its span, not in its bytes.
class MessageReader : public Reader {
 public:
  MessageReader(Window& window, LogicalFile file) : window_(window), file_(std::move(file)) {}
  [[nodiscard]] std::optional<Piece> next() override;

 private:
  Window& window_;
  LogicalFile file_;
  bool done_ = false;
};

// One skipped span. Its size is taken from the file system where it is known there; else the bytes are read past.
class SkippingReader : public Reader {
 public:
  SkippingReader(Window& window, LogicalFile file, std::string reason, bool failed)
      : window_(window), file_(std::move(file)), reason_(std::move(reason)), failed_(failed) {}
  [[nodiscard]] std::optional<Piece> next() override;

 private:
  Window& window_;
  LogicalFile file_;
  std::string reason_;
  bool failed_;
  bool done_ = false;
};

}  // namespace custos::source
