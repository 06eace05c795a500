// Joins the messages of a transaction into threads by their keys (document::ThreadKeys).
//
// The threads are the connected components of: two messages share a key that at least one of them links to. What stands
// in the tables about a key is enough to go on from there, so the result does not depend on the order of arrival:
//   thread_key(key, member = 2 * message + linked)   linked: all who have the key are in the thread of that message;
//                                                    else that message owns it and nobody has linked to it yet
//   thread_owner(key, message)                       further owners, until somebody links
//   message_thread(message, thread)                  the partition
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "document/record.h"
#include "store/catalog/thread_table.h"

namespace custos::store {

inline constexpr size_t kThreadKeysMax = 1024;  // of each kind and message; further ones are not looked at

class ThreadJoiner {
 public:
  // REQUIRES: messages come in ascending order.
  void add(int64_t message, const document::ThreadKeys& keys);
  // Writes what was added and forgets it. Returns by how much the number of threads grew (negative: it shrank). When
  // two threads turn out to be one, the smaller is renamed: a message is renamed log2(n) times at most.
  [[nodiscard]] Result<int64_t> flush(ThreadTable& table);
  void clear();
  [[nodiscard]] size_t entries() const { return entries_.size() + messages_.size(); }

 private:
  struct Entry {
    int64_t key = 0;
    int64_t message = 0;
    bool linked = false;
    auto operator<=>(const Entry&) const = default;
  };
  class Partition;

  static Status join_key(ThreadTable& table, std::span<const Entry> group, Partition& partition);
  static Status note_owners(ThreadTable& table, std::span<const Entry> group);
  static Status join_known(ThreadTable& table, int64_t key, int64_t member, int64_t message, Partition& partition);

  std::vector<int64_t> messages_;
  std::vector<Entry> entries_;
};

}  // namespace custos::store
