// Which commit ends at which byte of a JSON lines file: what FILE.state holds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace custos::sink {

// The last two commits are enough: a catalog is at most one commit behind its sinks.
class CommitState {
 public:
  struct Commit {
    uint64_t sequence = 0;
    uint64_t bytes = 0;
  };

  explicit CommitState(std::string owner) : owner_(std::move(owner)) {}
  // Nothing where there is no such file, or it is another owner's; kCorrupt where it is not a state.
  [[nodiscard]] static Result<std::optional<CommitState>> load(const std::filesystem::path& path,
                                                               const std::string& owner);
  [[nodiscard]] Status save(const std::filesystem::path& path) const;

  void add(Commit commit);
  // Where the last commit up to `sequence` ends.
  [[nodiscard]] std::optional<Commit> last_up_to(uint64_t sequence) const;

 private:
  std::string owner_;
  std::vector<Commit> commits_;  // at most two, ascending
};

}  // namespace custos::sink
