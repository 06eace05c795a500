// Where the words of a phrase follow one another, and where several stand near each other. Private to search.
#pragma once

#include <cstdint>
#include <vector>

#include "index/keyword/file/postings_cursor.h"
#include "index/keyword/search/plan.h"

namespace custos::index {

// All places of one word of a query in the rows of one segment.
class WordPlaces {
 public:
  WordPlaces(const PlanWord& word, const PostingsFile& file, size_t segment, Failure& failure);
  // Sets the positions in a field, each once, ascending. REQUIRES: rows ascend from call to call.
  void find(uint32_t row, Field field, std::vector<uint32_t>& out);

 private:
  std::vector<PostingsCursor> cursors_;
};

class PhrasePlaces {
 public:
  PhrasePlaces(const PlanPhrase& phrase, const PostingsFile& file, size_t segment, Failure& failure);
  // Sets the positions of first words. REQUIRES: rows ascend from call to call.
  void find(uint32_t row, Field field, std::vector<uint32_t>& out);
  [[nodiscard]] uint32_t length() const { return static_cast<uint32_t>(words_.size()); }
  [[nodiscard]] uint8_t fields() const { return fields_; }

 private:
  std::vector<WordPlaces> words_;
  uint8_t fields_;
  std::vector<uint32_t> next_;
};

// The places of one part of a NEAR in one field of one row.
struct NearPart {
  std::vector<uint32_t> begins;
  uint32_t length = 1;
};

// How often the parts stand near each other: the number of places of parts that all other parts reach. Such a place is
// the one of its group that ends first; each other part has a place of its own, of another beginning, that ends there
// or later and begins at most `distance` words behind that end.
[[nodiscard]] uint32_t count_near(const std::vector<NearPart>& parts, uint32_t distance);

}  // namespace custos::index
