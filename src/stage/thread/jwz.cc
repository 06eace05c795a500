#include "stage/thread/jwz.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "stage/thread/base_subject.h"
#include "stage/thread/forest.h"
#include "stage/thread/thread_roots.h"

namespace custos::stage {
namespace {

constexpr size_t kReferencesMax = 1000;  // of a message: the last ones

using Messages = std::vector<ThreadInput>;

// RFC 5256, THREAD=REFERENCES, step 1. Nodes below messages.size() are the messages; the rest are ids that only
// others' headers name.
class ReferenceLinker {
 public:
  explicit ReferenceLinker(const Messages& messages) : messages_(messages), forest_(messages.size()) {
    node_of_id_.reserve(messages.size());
    for (uint32_t i = 0; i < messages.size(); ++i) {
      if (!messages[i].message_id.empty()) node_of_id_.try_emplace(messages[i].message_id, i);
    }
  }

  Forest run() {
    for (uint32_t i = 0; i < messages_.size(); ++i) {
      const uint32_t last = link_chain(messages_[i]);
      // A parent that others' references gave to this message yields to its own header.
      if (forest_.parent(i) == last) continue;
      forest_.cut(i);
      if (last != kNoNode) forest_.link(i, last);
    }
    return std::move(forest_);
  }

 private:
  // 1.A; the node of the last reference.
  uint32_t link_chain(const ThreadInput& message) {
    uint32_t last = kNoNode;
    const size_t count = message.references.size();
    for (size_t i = count > kReferencesMax ? count - kReferencesMax : 0; i < count; ++i) {
      if (message.references[i].empty()) continue;
      const uint32_t node = node_of(message.references[i]);
      if (last != kNoNode && forest_.parent(node) == kNoNode) forest_.link(node, last);
      last = node;
    }
    if (last != kNoNode) return last;
    for (const std::string& id : message.in_reply_to) {
      if (!id.empty()) return node_of(id);
    }
    return kNoNode;
  }

  uint32_t node_of(std::string_view id) {
    const auto [entry, is_new] = node_of_id_.try_emplace(id, kNoNode);
    if (is_new) entry->second = forest_.add();
    return entry->second;
  }

  const Messages& messages_;
  Forest forest_;
  std::unordered_map<std::string_view, uint32_t> node_of_id_;
};

// The forest without its dummies (step 3): the nearest ancestor that is a message, and where there is none, which
// root's dummy the message hangs from.
struct Pruned {
  std::vector<uint32_t> parents;  // of messages; kNoNode for tops
  std::vector<uint32_t> root;     // of tops: the node at the root of their tree
};

Pruned prune_dummies(const Forest& forest, size_t messages) {
  Pruned pruned{std::vector<uint32_t>(messages, kNoNode), std::vector<uint32_t>(messages, kNoNode)};
  std::vector<uint32_t> nearest(forest.size(), kNoNode);  // the node itself or an ancestor that is a message
  std::vector<uint32_t> root(forest.size(), kNoNode);
  for (const uint32_t node : forest.parents_first()) {
    const uint32_t parent = forest.parent(node);
    const bool is_message = node < messages;
    const uint32_t above = parent == kNoNode ? kNoNode : nearest[parent];
    nearest[node] = is_message ? node : above;
    root[node] = parent == kNoNode ? node : root[parent];
    if (!is_message) continue;
    pruned.parents[node] = above;
    pruned.root[node] = root[node];
  }
  return pruned;
}

// Tops with the same group number become one root.
std::vector<ThreadRoot> group_tops(const std::vector<uint32_t>& parents, const std::vector<uint32_t>& group,
                                   const SentOrder& order) {
  std::vector<uint32_t> tops;
  for (uint32_t i = 0; i < parents.size(); ++i) {
    if (parents[i] == kNoNode) tops.push_back(i);
  }
  order.sort(tops);
  std::vector<ThreadRoot> roots;
  std::unordered_map<uint32_t, size_t> root_of_group;
  for (const uint32_t top : tops) {
    const auto [entry, is_new] = root_of_group.try_emplace(group[top], roots.size());
    if (is_new) roots.emplace_back();
    roots[entry->second].tops.push_back(top);
  }
  return roots;
}

std::vector<ThreadPlace> thread_by_references(const Messages& messages) {
  const SentOrder order(messages);
  Pruned pruned = prune_dummies(ReferenceLinker(messages).run(), messages.size());
  std::vector<ThreadRoot> roots = group_tops(pruned.parents, pruned.root, order);
  roots = merge_by_subject(std::move(roots), messages, pruned.parents, order);
  return place_threads(std::move(roots), pruned.parents, order);
}

std::vector<ThreadPlace> thread_by_ordered_subject(const Messages& messages) {
  const SentOrder order(messages);
  std::map<std::string, std::vector<uint32_t>> groups;
  for (uint32_t i = 0; i < messages.size(); ++i) groups[base_subject(messages[i].subject).text].push_back(i);
  std::vector<uint32_t> parents(messages.size(), kNoNode);
  std::vector<ThreadRoot> roots;
  for (auto& [subject, members] : groups) {
    order.sort(members);
    for (size_t i = 1; i < members.size(); ++i) parents[members[i]] = members.front();
    roots.push_back({{members.front()}});
  }
  return place_threads(std::move(roots), parents, order);
}

// Joins what shares keys (thread_keys.h) on top of what References say.
class KeyLinker {
 public:
  KeyLinker(const Messages& messages, const Pruned& pruned, const SentOrder& order)
      : messages_(messages),
        order_(order),
        trees_(messages.size()),
        threads_(messages.size()),
        answers_(messages.size(), kNoNode) {
    std::unordered_map<uint32_t, uint32_t> first_of_root;
    for (uint32_t i = 0; i < messages.size(); ++i) {
      if (pruned.parents[i] != kNoNode) {
        trees_.link(i, pruned.parents[i]);
        threads_.join(i, pruned.parents[i]);
      } else {
        threads_.join(i, first_of_root.try_emplace(pruned.root[i], i).first->second);
      }
    }
  }

  std::vector<ThreadPlace> run() {
    std::vector<Use> uses = all_uses();
    for (auto begin = uses.begin(); begin != uses.end();) {
      const auto end = std::find_if(begin, uses.end(), [&](const Use& use) { return use.key != begin->key; });
      join_users(begin, end);
      begin = end;
    }
    return place();
  }

 private:
  struct Use {
    uint64_t key = 0;
    bool is_link = false;
    uint32_t message = 0;
  };
  using UseIterator = std::vector<Use>::const_iterator;

  // By key; owners, in sent order, before linkers.
  [[nodiscard]] std::vector<Use> all_uses() const {
    std::vector<Use> uses;
    for (uint32_t i = 0; i < messages_.size(); ++i) {
      for (const uint64_t key : messages_[i].keys.own) uses.push_back({key, false, i});
      for (const uint64_t key : messages_[i].keys.links) uses.push_back({key, true, i});
    }
    std::sort(uses.begin(), uses.end(), [this](const Use& a, const Use& b) {
      if (a.key != b.key) return a.key < b.key;
      if (a.is_link != b.is_link) return b.is_link;
      return a.message != b.message && order_.before(a.message, b.message);
    });
    return uses;
  }

  void join_users(UseIterator begin, UseIterator end) {
    const auto links = std::find_if(begin, end, [](const Use& use) { return use.is_link; });
    if (links == end) return;
    for (auto use = begin; use != end; ++use) threads_.join(begin->message, use->message);
    for (auto link = links; link != end; ++link) {
      // The last owner sent before this message.
      const auto after = std::partition_point(
          begin, links, [&](const Use& owner) { return order_.before(owner.message, link->message); });
      if (after != begin) propose(link->message, std::prev(after)->message);
    }
  }

  // Of several candidates the latest is what was answered: the others are what it quotes in turn.
  void propose(uint32_t message, uint32_t owner) {
    uint32_t& best = answers_[message];
    if (best == kNoNode || order_.before(best, owner)) best = owner;
  }

  std::vector<ThreadPlace> place() {
    std::vector<uint32_t> parents(messages_.size());
    std::vector<uint32_t> group(messages_.size());
    for (uint32_t i = 0; i < messages_.size(); ++i) {
      if (trees_.parent(i) == kNoNode && answers_[i] != kNoNode) trees_.link(i, answers_[i]);
    }
    for (uint32_t i = 0; i < messages_.size(); ++i) {
      parents[i] = trees_.parent(i);
      group[i] = threads_.find(i);
    }
    return place_threads(group_tops(parents, group, order_), parents, order_);
  }

  const Messages& messages_;
  const SentOrder& order_;
  Forest trees_;
  DisjointSets threads_;
  std::vector<uint32_t> answers_;  // the best candidate for a parent of each message
};

std::vector<ThreadPlace> thread_by_keys(const Messages& messages) {
  const SentOrder order(messages);
  const Pruned pruned = prune_dummies(ReferenceLinker(messages).run(), messages.size());
  return KeyLinker(messages, pruned, order).run();
}

}  // namespace

Result<ThreadAlgorithm> thread_algorithm_from_name(std::string_view name) {
  if (name == "custos") return ThreadAlgorithm::kCustos;
  if (name == "references") return ThreadAlgorithm::kReferences;
  if (name == "orderedsubject") return ThreadAlgorithm::kOrderedSubject;
  return Error{Code::kInvalidArgument, "unknown threading algorithm: use custos, references or orderedsubject"};
}

std::vector<ThreadPlace> thread_messages(const Messages& messages, ThreadAlgorithm algorithm) {
  switch (algorithm) {
    case ThreadAlgorithm::kCustos:
      return thread_by_keys(messages);
    case ThreadAlgorithm::kReferences:
      return thread_by_references(messages);
    case ThreadAlgorithm::kOrderedSubject:
      return thread_by_ordered_subject(messages);
  }
  return {};
}

}  // namespace custos::stage
