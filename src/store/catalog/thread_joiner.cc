#include "store/catalog/thread_joiner.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <unordered_map>

namespace custos::store {
// Union-find over the new messages and the older threads that they touch.
class ThreadJoiner::Partition {
 public:
  explicit Partition(const std::vector<int64_t>& messages) : messages_(messages), parents_(messages.size()) {
    std::iota(parents_.begin(), parents_.end(), 0);
  }

  [[nodiscard]] size_t node_of_message(int64_t message) const {
    const auto at = std::lower_bound(messages_.begin(), messages_.end(), message);
    assert(at != messages_.end() && *at == message);
    return static_cast<size_t>(at - messages_.begin());
  }
  size_t node_of_thread(int64_t thread) {
    const auto [at, added] = threads_.try_emplace(thread, parents_.size());
    if (added) parents_.push_back(parents_.size());
    return at->second;
  }
  void join(size_t left, size_t right) {
    left = find(left);
    right = find(right);
    parents_[std::max(left, right)] = std::min(left, right);
  }
  size_t find(size_t node) {
    while (parents_[node] != node) {
      parents_[node] = parents_[parents_[node]];
      node = parents_[node];
    }
    return node;
  }
  // Gives every new message its thread and renames threads that became one.
  Result<int64_t> write(ThreadTable& table);

 private:
  Result<int64_t> merge(ThreadTable& table, const std::vector<int64_t>& threads);

  const std::vector<int64_t>& messages_;
  std::vector<size_t> parents_;  // new messages first, in order; then older threads
  std::unordered_map<int64_t, size_t> threads_;
};

Result<int64_t> ThreadJoiner::Partition::merge(ThreadTable& table, const std::vector<int64_t>& threads) {
  int64_t largest = threads.front();
  int64_t size_max = -1;
  for (const int64_t thread : threads) {
    ASSIGN_OR_RETURN(const int64_t size, table.size(thread));
    if (size > size_max) {
      size_max = size;
      largest = thread;
    }
  }
  for (const int64_t thread : threads) {
    if (thread != largest) RETURN_IF_ERROR(table.rename(thread, largest));
  }
  return largest;
}

Result<int64_t> ThreadJoiner::Partition::write(ThreadTable& table) {
  std::unordered_map<size_t, std::vector<int64_t>> older;  // by root
  for (const auto& [thread, node] : threads_) older[find(node)].push_back(thread);
  std::unordered_map<size_t, int64_t> named;
  int64_t growth = 0;
  for (auto& [root, threads] : older) {
    std::sort(threads.begin(), threads.end());
    growth -= static_cast<int64_t>(threads.size()) - 1;
    if (threads.size() == 1) {
      named[root] = threads.front();
      continue;
    }
    ASSIGN_OR_RETURN(named[root], merge(table, threads));
  }
  for (size_t node = 0; node < messages_.size(); ++node) {
    const auto [at, fresh] = named.try_emplace(find(node), messages_[node]);
    growth += fresh ? 1 : 0;
    RETURN_IF_ERROR(table.add_member(messages_[node], at->second));
  }
  return growth;
}

void ThreadJoiner::add(int64_t message, const document::ThreadKeys& keys) {
  messages_.push_back(message);
  for (const uint64_t key : std::span(keys.own).first(std::min(keys.own.size(), kThreadKeysMax))) {
    entries_.push_back({static_cast<int64_t>(key), message, false});
  }
  for (const uint64_t key : std::span(keys.links).first(std::min(keys.links.size(), kThreadKeysMax))) {
    entries_.push_back({static_cast<int64_t>(key), message, true});
  }
}

void ThreadJoiner::clear() {
  messages_.clear();
  entries_.clear();
}

Status ThreadJoiner::note_owners(ThreadTable& table, std::span<const Entry> group) {
  for (const Entry& entry : group) RETURN_IF_ERROR(table.add_owner(entry.key, entry.message));
  return {};
}

// Joins `message` with those who had the key before. An unlinked key may have several owners.
Status ThreadJoiner::join_known(ThreadTable& table, int64_t key, int64_t member, int64_t message,
                                Partition& partition) {
  const size_t node = partition.node_of_message(message);
  ASSIGN_OR_RETURN(const int64_t thread, table.thread_of(member / 2));
  partition.join(node, partition.node_of_thread(thread));
  if (member % 2 == 1) return {};
  RETURN_IF_ERROR(table.put_key(key, member + 1));
  ASSIGN_OR_RETURN(const std::vector<int64_t> owners, table.owners(key));
  for (const int64_t owner : owners) {
    ASSIGN_OR_RETURN(const int64_t other, table.thread_of(owner));
    partition.join(node, partition.node_of_thread(other));
  }
  return owners.empty() ? Status() : table.drop_owners(key);
}

// All entries of one key.
Status ThreadJoiner::join_key(ThreadTable& table, std::span<const Entry> group, Partition& partition) {
  const int64_t key = group.front().key;
  const int64_t first = group.front().message;
  bool linked = std::any_of(group.begin(), group.end(), [](const Entry& entry) { return entry.linked; });
  // Most keys are new: for them this is all that is asked of the table.
  ASSIGN_OR_RETURN(const bool is_new, table.add_key(key, first * 2 + (linked ? 1 : 0)));
  int64_t member = -1;
  if (!is_new) {
    ASSIGN_OR_RETURN(member, table.member(key));
    linked = linked || member % 2 == 1;
  }
  if (!linked) return note_owners(table, is_new ? group.subspan(1) : group);
  for (const Entry& entry : group.subspan(1)) {
    partition.join(partition.node_of_message(first), partition.node_of_message(entry.message));
  }
  return is_new ? Status() : join_known(table, key, member, first, partition);
}

Result<int64_t> ThreadJoiner::flush(ThreadTable& table) {
  // Keys in order: neighbours share pages of the table.
  std::sort(entries_.begin(), entries_.end());
  entries_.erase(std::unique(entries_.begin(), entries_.end()), entries_.end());
  std::vector<int64_t> keys;
  for (const Entry& entry : entries_) {
    if (keys.empty() || keys.back() != entry.key) keys.push_back(entry.key);
  }
  RETURN_IF_ERROR(table.expect(keys));
  Partition partition(messages_);
  for (size_t begin = 0; begin < entries_.size();) {
    size_t end = begin + 1;
    while (end < entries_.size() && entries_[end].key == entries_[begin].key) ++end;
    RETURN_IF_ERROR(join_key(table, std::span(entries_).subspan(begin, end - begin), partition));
    begin = end;
  }
  ASSIGN_OR_RETURN(const int64_t growth, partition.write(table));
  RETURN_IF_ERROR(table.finish());
  clear();
  return growth;
}

}  // namespace custos::store
