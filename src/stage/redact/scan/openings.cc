#include "stage/redact/scan/openings.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace custos::stage {
namespace {

using Kind = PatternNode::Kind;

// A class of more bytes tells too little to try each.
constexpr size_t kBranchesMax = 8;

// Reads a pattern from its begin. A string is finished once what follows is not known.
class OpeningReader {
 public:
  std::vector<std::string> run(const PatternNode& root) {
    Strings rest = read(root, {std::string()});
    for (const std::string& string : rest) finish(string);
    return failed_ ? std::vector<std::string>() : std::vector<std::string>(finished_.begin(), finished_.end());
  }

 private:
  using Strings = std::set<std::string>;

  void finish(const std::string& string) {
    if (string.size() < kOpeningBytesLeast) failed_ = true;
    finished_.insert(string);
    if (finished_.size() > kOpeningsMax) failed_ = true;
  }

  // What `node` makes of each of `strings`, as far as more may follow.
  Strings read(const PatternNode& node, Strings strings) {
    if (failed_ || strings.size() > kOpeningsMax) return failed_ = true, Strings();
    switch (node.kind) {
      case Kind::kBytes:
        return read_bytes(node.bytes, strings);
      case Kind::kSequence:
        for (const PatternNode& child : node.children) strings = read(child, std::move(strings));
        return strings;
      case Kind::kChoice:
        return read_choice(node, strings);
      case Kind::kRepeat:
        return read_repeat(node, std::move(strings));
      default:
        for (const std::string& string : strings) finish(string);
        return {};
    }
  }

  Strings read_bytes(const ByteSet& bytes, const Strings& strings) {
    std::set<char> lower;
    for (size_t byte = 0; byte < bytes.size() && lower.size() <= kBranchesMax; ++byte) {
      const bool upper = byte >= 'A' && byte <= 'Z';
      if (bytes[byte]) lower.insert(static_cast<char>(upper ? byte | 0x20 : byte));
    }
    Strings out;
    for (const std::string& string : strings) {
      const size_t branches_max = string.size() < kOpeningBytesLeast ? kBranchesMax : 1;
      if (lower.size() > branches_max || string.size() >= kOpeningBytesMost) {
        finish(string);
        continue;
      }
      for (const char byte : lower) out.insert(string + byte);
    }
    return out;
  }

  Strings read_choice(const PatternNode& node, const Strings& strings) {
    Strings out;
    for (const PatternNode& child : node.children) out.merge(read(child, strings));
    return out;
  }

  Strings read_repeat(const PatternNode& node, Strings strings) {
    for (uint32_t i = 0; i < node.least && !strings.empty(); ++i) {
      strings = read(node.children.front(), std::move(strings));
    }
    if (node.most == node.least) return strings;
    Strings shorter;
    for (const std::string& string : strings) {
      if (string.size() < kOpeningBytesLeast) {
        shorter.insert(string);
      } else {
        finish(string);
      }
    }
    // Once more, or not; a repeat that may go on from there is not known any further.
    Strings longer = read(node.children.front(), shorter);
    if (node.most - node.least > 1) {
      for (const std::string& string : longer) finish(string);
      longer.clear();
    }
    shorter.merge(longer);
    return shorter;
  }

  Strings finished_;
  bool failed_ = false;
};

}  // namespace

std::vector<std::string> openings_of(const PatternNode& root) { return OpeningReader().run(root); }

}  // namespace custos::stage
