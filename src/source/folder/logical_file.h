// What a tree knows of a file before it is read.
#pragma once

#include "source/folder/file_tree.h"
#include "source/reader/open_reader.h"
#include "source/source.h"

namespace custos::source {

[[nodiscard]] inline LogicalFile logical_file(const FileTree& tree, const WalkEntry& entry,
                                              const SourceOptions& options) {
  LogicalFile file;
  file.path = entry.path;
  file.flags = tree.flags(entry);
  file.document_bytes_max = options.document_bytes_max;
  file.is_source = tree.is_single();
  file.expectation = expectation_of(entry.path);
  if (file.is_source) file.expectation = Expectation::kTextMessage;
  if (entry.is_delivered) file.expectation = Expectation::kMessage;
  return file;
}

}  // namespace custos::source
