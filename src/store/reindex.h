// Segments made anew from segments: other indexes, other vectors, or several merged into one. Messages are not parsed
// again, and their keys, ids and texts stay.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "document/record.h"

namespace custos::store {

inline constexpr uint32_t kMergeFactor = 8;

// Fills Record::vectors of all records.
using EmbedRecords = std::function<Status(std::span<document::Record* const> records)>;

struct ReindexOptions {
  bool postings = false;  // make postings and texts anew
  bool index_subject = true;
  EmbedRecords embed;           // make vectors anew where it is given
  std::string embedding_model;  // with `embed`: their model's version
  uint32_t width = 0;
  std::vector<std::pair<std::string, std::string>> versions;  // as PublicationOptions
};

struct ReindexProgress {
  uint64_t messages = 0;
  uint64_t messages_total = 0;
  uint64_t messages_kept = 0;  // of `messages`: their vectors were there already, by the same model and sound
};
// An error, as kCancelled, stops the work; what was done is kept and found again next time.
using ReindexObserver = std::function<Status(const ReindexProgress&)>;

}  // namespace custos::store
