// The best of many candidates by their rounded score.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace custos::index {

struct Candidate {
  float score = 0;
  uint32_t vector = 0;

  // Equal scores by number, so that the order does not depend on who came first.
  [[nodiscard]] bool is_better_than(const Candidate& other) const {
    return score != other.score ? score > other.score : vector < other.vector;
  }
};

// Keeps at most `size` candidates. Those of equal scores must be offered by ascending number.
class CandidateHeap {
 public:
  CandidateHeap(uint32_t size, float threshold) : size_(size), threshold_(threshold) { heap_.reserve(size); }

  // Only what is above it can get in.
  [[nodiscard]] float threshold() const { return threshold_; }

  // REQUIRES: candidate.score > threshold().
  void add(Candidate candidate) {
    if (heap_.size() == size_) {
      std::pop_heap(heap_.begin(), heap_.end(), better);
      heap_.back() = candidate;
    } else {
      heap_.push_back(candidate);
    }
    std::push_heap(heap_.begin(), heap_.end(), better);
    if (heap_.size() == size_) threshold_ = heap_.front().score;
  }

  // In no order.
  [[nodiscard]] const std::vector<Candidate>& candidates() const { return heap_; }

 private:
  static bool better(const Candidate& left, const Candidate& right) { return left.is_better_than(right); }

  uint32_t size_;
  float threshold_;
  std::vector<Candidate> heap_;  // the worst in front
};

}  // namespace custos::index
