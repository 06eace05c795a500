#include "stage/thread/forest.h"

#include <cassert>
#include <numeric>
#include <utility>

namespace custos::stage {

Forest::Forest(size_t nodes) : nodes_(nodes) {
  for (size_t i = 0; i < nodes; ++i) nodes_[i].set = static_cast<uint32_t>(i);
}

uint32_t Forest::add() {
  const auto node = static_cast<uint32_t>(nodes_.size());
  nodes_.emplace_back();
  nodes_.back().set = node;
  return node;
}

uint32_t Forest::find_set(uint32_t node) {
  while (nodes_[node].set != node) {
    nodes_[node].set = nodes_[nodes_[node].set].set;
    node = nodes_[node].set;
  }
  return node;
}

void Forest::join_sets(uint32_t a, uint32_t b) {
  a = find_set(a);
  b = find_set(b);
  if (a == b) return;
  if (nodes_[a].set_size < nodes_[b].set_size) std::swap(a, b);
  nodes_[b].set = a;
  nodes_[a].set_size += nodes_[b].set_size;
  nodes_[a].was_cut = nodes_[a].was_cut || nodes_[b].was_cut;
}

bool Forest::may_loop(uint32_t child, uint32_t new_parent) {
  if (child == new_parent) return true;
  if (nodes_[child].children == 0) return false;
  const uint32_t set = find_set(child);
  if (set != find_set(new_parent)) return false;
  if (!nodes_[set].was_cut) return true;  // one tree, and `child` is its root
  size_t steps = 0;
  for (uint32_t node = new_parent; node != kNoNode; node = nodes_[node].parent) {
    if (node == child || ++steps > kForestWalkMax) return true;
  }
  return false;
}

bool Forest::link(uint32_t child, uint32_t new_parent) {
  assert(nodes_[child].parent == kNoNode);
  if (may_loop(child, new_parent)) return false;
  nodes_[child].parent = new_parent;
  ++nodes_[new_parent].children;
  join_sets(child, new_parent);
  return true;
}

void Forest::cut(uint32_t child) {
  const uint32_t old_parent = nodes_[child].parent;
  if (old_parent == kNoNode) return;
  nodes_[child].parent = kNoNode;
  --nodes_[old_parent].children;
  nodes_[find_set(child)].was_cut = true;
}

std::vector<uint32_t> Forest::parents_first() const {
  std::vector<uint32_t> order;
  order.reserve(nodes_.size());
  std::vector<bool> is_placed(nodes_.size(), false);
  std::vector<uint32_t> path;
  for (uint32_t start = 0; start < nodes_.size(); ++start) {
    for (uint32_t node = start; node != kNoNode && !is_placed[node]; node = nodes_[node].parent) path.push_back(node);
    for (; !path.empty(); path.pop_back()) {
      is_placed[path.back()] = true;
      order.push_back(path.back());
    }
  }
  return order;
}

DisjointSets::DisjointSets(size_t size) : parent_(size) { std::iota(parent_.begin(), parent_.end(), 0U); }

uint32_t DisjointSets::find(uint32_t element) {
  while (parent_[element] != element) {
    parent_[element] = parent_[parent_[element]];
    element = parent_[element];
  }
  return element;
}

void DisjointSets::join(uint32_t a, uint32_t b) {
  a = find(a);
  b = find(b);
  parent_[a < b ? b : a] = a < b ? a : b;
}

}  // namespace custos::stage
