#include "stage/thread/thread_roots.h"

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "stage/thread/base_subject.h"
#include "stage/thread/forest.h"

namespace custos::stage {

SentOrder::SentOrder(const std::vector<ThreadInput>& messages) {
  dates_.reserve(messages.size());
  int64_t last = std::numeric_limits<int64_t>::min();
  for (const ThreadInput& message : messages) {
    last = message.date.value_or(last);
    dates_.push_back(last);
  }
}

void SentOrder::sort(std::vector<uint32_t>& messages) const {
  std::sort(messages.begin(), messages.end(), [this](uint32_t a, uint32_t b) { return before(a, b); });
}

namespace {

// Children of each message in sent order, as ranges of one array.
class Children {
 public:
  Children(const std::vector<uint32_t>& parents, const SentOrder& order) : begins_(parents.size() + 1, 0) {
    std::vector<uint32_t> sorted;
    for (uint32_t i = 0; i < parents.size(); ++i) {
      if (parents[i] == kNoNode) continue;
      sorted.push_back(i);
      ++begins_[parents[i] + 1];
    }
    order.sort(sorted);
    for (size_t i = 1; i < begins_.size(); ++i) begins_[i] += begins_[i - 1];
    all_.resize(sorted.size());
    std::vector<uint32_t> next(begins_.begin(), begins_.end());
    for (const uint32_t child : sorted) all_[next[parents[child]]++] = child;
  }

  // Onto a stack: the first child ends on top.
  void push_reversed(uint32_t message, std::vector<uint32_t>& stack) const {
    for (uint32_t i = begins_[message + 1]; i > begins_[message]; --i) stack.push_back(all_[i - 1]);
  }

 private:
  std::vector<uint32_t> begins_;
  std::vector<uint32_t> all_;
};

class SubjectMerger {
 public:
  SubjectMerger(std::vector<ThreadRoot> roots, const std::vector<ThreadInput>& messages, std::vector<uint32_t>& parents,
                const SentOrder& order)
      : roots_(std::move(roots)), parents_(parents), order_(order) {
    subjects_.reserve(roots_.size());
    for (const ThreadRoot& root : roots_) subjects_.push_back(base_subject(messages[root.tops.front()].subject));
  }

  std::vector<ThreadRoot> run() {
    for (size_t i = 0; i < roots_.size(); ++i) enter(i);
    for (size_t i = 0; i < roots_.size(); ++i) merge(i);
    std::erase_if(roots_, [](const ThreadRoot& root) { return root.tops.empty(); });
    for (ThreadRoot& root : roots_) order_.sort(root.tops);
    return std::move(roots_);
  }

 private:
  [[nodiscard]] bool is_dummy(size_t root) const { return roots_[root].tops.size() > 1; }

  // Step 5.B.
  void enter(size_t current) {
    const BaseSubject& subject = subjects_[current];
    if (subject.text.empty()) return;
    const auto [entry, is_new] = table_.try_emplace(subject.text, current);
    if (is_new || is_dummy(entry->second)) return;
    if (is_dummy(current) || (subjects_[entry->second].is_reply && !subject.is_reply)) entry->second = current;
  }

  // Step 5.C. A merge that makes a new dummy puts it where the message of the table was.
  void merge(size_t current) {
    const BaseSubject& subject = subjects_[current];
    if (subject.text.empty()) return;
    const size_t target = table_.at(subject.text);
    if (target == current) return;
    std::vector<uint32_t>& tops = roots_[current].tops;
    if (!is_dummy(target) && !is_dummy(current) && subject.is_reply && !subjects_[target].is_reply) {
      parents_[tops.front()] = roots_[target].tops.front();
    } else {
      roots_[target].tops.insert(roots_[target].tops.end(), tops.begin(), tops.end());
    }
    tops.clear();
  }

  std::vector<ThreadRoot> roots_;
  std::vector<uint32_t>& parents_;
  const SentOrder& order_;
  std::vector<BaseSubject> subjects_;  // of each root
  std::unordered_map<std::string_view, size_t> table_;
};

}  // namespace

std::vector<ThreadRoot> merge_by_subject(std::vector<ThreadRoot> roots, const std::vector<ThreadInput>& messages,
                                         std::vector<uint32_t>& parents, const SentOrder& order) {
  return SubjectMerger(std::move(roots), messages, parents, order).run();
}

std::vector<ThreadPlace> place_threads(std::vector<ThreadRoot> roots, const std::vector<uint32_t>& parents,
                                       const SentOrder& order) {
  const auto first_before = [&](const ThreadRoot& a, const ThreadRoot& b) {
    return order.before(a.tops.front(), b.tops.front());
  };
  for (ThreadRoot& root : roots) order.sort(root.tops);
  std::sort(roots.begin(), roots.end(), first_before);

  const Children children(parents, order);
  std::vector<ThreadPlace> places(parents.size());
  std::vector<uint32_t> stack;
  uint32_t position = 0;
  for (const ThreadRoot& root : roots) {
    stack.assign(root.tops.rbegin(), root.tops.rend());
    while (!stack.empty()) {
      const uint32_t message = stack.back();
      stack.pop_back();
      const int64_t parent = parents[message] == kNoNode ? -1 : static_cast<int64_t>(parents[message]);
      places[message] = {root.tops.front(), parent, position++};
      children.push_reversed(message, stack);
    }
  }
  return places;
}

}  // namespace custos::stage
