// Parents of nodes, kept free of loops while links come and go. Private to thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace custos::stage {

inline constexpr uint32_t kNoNode = 0xffffffffU;

// Nodes are numbered from 0. link() is nearly constant time: a disjoint-set structure answers "is this a loop" as long
// as a tree has never been cut; after a cut its ancestors are walked, at most kForestWalkMax of them.
class Forest {
 public:
  static constexpr size_t kForestWalkMax = 10'000;

  explicit Forest(size_t nodes);

  [[nodiscard]] size_t size() const { return nodes_.size(); }
  [[nodiscard]] uint32_t parent(uint32_t node) const { return nodes_[node].parent; }
  uint32_t add();
  // False, and nothing changes, where that would make a loop, or where too long a walk would be needed to rule it out.
  // REQUIRES: parent(child) == kNoNode.
  bool link(uint32_t child, uint32_t new_parent);
  void cut(uint32_t child);
  // All nodes, each after its parent.
  [[nodiscard]] std::vector<uint32_t> parents_first() const;

 private:
  struct Node {
    uint32_t parent = kNoNode;
    uint32_t children = 0;
    uint32_t set = 0;  // disjoint-set parent
    uint32_t set_size = 1;
    bool was_cut = false;  // of a set's representative: its nodes may be more than one tree
  };
  uint32_t find_set(uint32_t node);
  void join_sets(uint32_t a, uint32_t b);
  bool may_loop(uint32_t child, uint32_t new_parent);

  std::vector<Node> nodes_;
};

// The same disjoint sets for those who need no trees.
class DisjointSets {
 public:
  explicit DisjointSets(size_t size);
  uint32_t find(uint32_t element);
  void join(uint32_t a, uint32_t b);

 private:
  std::vector<uint32_t> parent_;
};

}  // namespace custos::stage
