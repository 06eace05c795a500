#include "source/container/member_name.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "base/utf8.h"

namespace custos::source {
namespace {

constexpr size_t kNameMax = 4096;
constexpr uint64_t kNamesMax = 4ULL << 20;

bool is_drive(std::string_view step) { return step.size() == 2 && step[1] == ':'; }

void append_step(std::string& out, std::string_view step) {
  if (step.empty() || step == "." || step == ".." || (out.empty() && is_drive(step))) return;
  if (!out.empty()) out += '/';
  for (const char c : step) out += static_cast<unsigned char>(c) < 32 || c == 127 ? '_' : c;
}

}  // namespace

std::string safe_member_name(std::string_view name) {
  std::string out;
  name = name.substr(0, 4 * kNameMax);
  while (!name.empty()) {
    const size_t end = std::min(name.find_first_of("/\\"), name.size());
    append_step(out, name.substr(0, end));
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  if (!utf8_is_valid(out)) out = utf8_repaired(out);
  out = utf8_truncated(out, kNameMax);
  return out.empty() ? "member" : out;
}

std::string UniqueNames::claim(std::string name) {
  ++claimed_;
  const bool is_new = used_ < kNamesMax && insert(std::max<uint64_t>(hash64(name), 1));
  return is_new ? name : fmt::format("{}#{}", name, claimed_);
}

bool UniqueNames::insert(uint64_t hash) {
  if (2 * (used_ + 1) > slots_.size()) grow();
  size_t at = hash & (slots_.size() - 1);
  while (slots_[at] != 0 && slots_[at] != hash) at = (at + 1) & (slots_.size() - 1);
  if (slots_[at] == hash) return false;
  slots_[at] = hash;
  ++used_;
  return true;
}

void UniqueNames::grow() {
  std::vector<uint64_t> old(std::max<size_t>(64, slots_.size() * 2), 0);
  old.swap(slots_);
  used_ = 0;
  for (const uint64_t hash : old) {
    if (hash != 0) insert(hash);
  }
}

}  // namespace custos::source
