// Who did what, and is the record whole? An append-only file of JSON lines, each bound to the one before by its hash.
//
// An act that has to be recorded is recorded first: where the entry cannot be written and synced, the act must not
// happen.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"

namespace custos::audit {

struct Entry {
  std::string time;     // RFC 3339, UTC
  std::string actor;    // "uid 1000 (ann)"
  std::string action;   // "reveal-original"
  std::string object;   // an id; never content
  std::string purpose;  // in the actor's own words
};

// Appends to FOLDER/log.jsonl and returns when it is on the disk. Writers in other processes wait for each other. An
// incomplete last line, from a write that was cut off, is refused with kCorrupt: a person has to look at it.
[[nodiscard]] Status append(const std::filesystem::path& folder, const Entry& entry);

// Number of entries. kCorrupt names the first line whose hash does not follow from it and the line before. A missing
// log has none.
[[nodiscard]] Result<uint64_t> verify(const std::filesystem::path& folder);

}  // namespace custos::audit
