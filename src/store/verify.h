// The proof that an archive is whole: what was checked, and what is wrong.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace custos::store {

struct VerifyOptions {
  bool originals = true;       // decrypt and hash every original: most of the time
  size_t problems_max = 1000;  // further ones are only counted
};

struct VerifyCheck {
  std::string name;    // "every original opens and has the ledger's digest"
  uint64_t items = 0;  // looked at
  uint64_t problems = 0;
};

struct VerifyReport {
  std::vector<VerifyCheck> checks;
  std::vector<std::string> problems;  // each names file, offset and what to do; no message content
  // What an interrupted run left behind it, which the next one that writes removes: no problem, since nothing names it.
  std::vector<std::string> leftovers;
  // Gaps in files that are read in parts, while tasks of their source are open: no problem yet.
  uint64_t unread = 0;

  [[nodiscard]] bool ok() const {
    for (const VerifyCheck& check : checks) {
      if (check.problems != 0) return false;
    }
    return true;
  }
};

// Called now and then: the check at work, items done and items in all (0 where unknown). False stops with kCancelled.
using VerifyProgress = std::function<bool(const std::string& check, uint64_t done, uint64_t total)>;

}  // namespace custos::store
