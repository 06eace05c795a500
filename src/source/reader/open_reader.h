// Which reader reads this file?
#pragma once

#include <cstdint>
#include <memory>

#include "source/reader/reader.h"
#include "source/source.h"

namespace custos::source {

class Archive;

// How much a container on disk grew, over all the containers in it.
struct Expansion {
  uint64_t expanded = 0;
  const Archive* outermost = nullptr;
};

struct ReadContext {
  SourceOptions options;
  uint32_t depth = 0;              // containers around the file
  Expansion* expansion = nullptr;  // REQUIRES: set; outlives the reader
};

struct OpenReader {
  std::unique_ptr<Reader> reader;
  // Pieces are appended and never change: reading can begin at the end of any of them. Else it must begin at 0.
  bool resumes_at_byte = false;
  // What every piece but the first begins with, at the beginning of a line. With resumes_at_byte.
  std::string_view piece_begins_with;
  bool is_container = false;
};

// What a window may hold: twice the largest document, so that a reader that looks far ahead moves each byte once only.
[[nodiscard]] size_t window_capacity(const SourceOptions& options);

// What a file of a tree or container is by its place, where its content does not tell.
[[nodiscard]] Expectation expectation_of(std::string_view path);

// Sniffs what `window` has next, unless options.format says what it is. Containers are opened whatever the format says:
// that is of their members then. Nothing is consumed before the reader's first piece.
[[nodiscard]] OpenReader open_reader(Window& window, LogicalFile file, const ReadContext& context);

}  // namespace custos::source
