#include <algorithm>
#include <map>

#include "stage/parse/leaves.h"

namespace custos::stage {
namespace {

bool says_something(const Leaf& leaf) {
  return leaf.is_readable && leaf.part.text.find_first_not_of(" \t\n") != std::string::npos;
}

// How much a reader of plain text prefers it; 0 is not at all.
int rank(const Leaf& leaf) {
  if (!says_something(leaf)) return 0;
  if (leaf.part.content_type == "text/plain") return 3;
  return leaf.part.content_type == "text/html" ? 2 : 1;
}

struct Best {
  int rank = -1;
  uint32_t child = 0;
};

// Among equals the later child, as RFC 2046 section 5.1.4 has it, but the first plain text.
std::map<uint32_t, Best> best_children(const std::vector<Leaf>& leaves) {
  std::map<uint32_t, Best> best;
  for (const Leaf& leaf : leaves) {
    const int value = rank(leaf);
    for (const Choice& choice : leaf.choices) {
      Best& so_far = best[choice.alternative];
      if (value > so_far.rank || (value == so_far.rank && value == 2)) so_far = {value, choice.child};
    }
  }
  return best;
}

}  // namespace

void choose_body(std::vector<Leaf>& leaves) {
  const std::map<uint32_t, Best> best = best_children(leaves);
  bool has_body = false;
  for (Leaf& leaf : leaves) {
    if (!leaf.is_readable) continue;
    const bool chosen = std::all_of(leaf.choices.begin(), leaf.choices.end(), [&](const Choice& choice) {
      return best.at(choice.alternative).child == choice.child;
    });
    if (!chosen) continue;
    if (leaf.has_name && has_body) {
      leaf.part.is_attachment = true;
      continue;
    }
    leaf.part.is_body = true;
    has_body |= says_something(leaf);
  }
}

}  // namespace custos::stage
