#include "sink/jsonl/commit_state.h"

#include <fmt/format.h>

#include <sstream>

#include "base/file.h"

namespace custos::sink {

// Text: "custos-jsonl 1 OWNER", then "SEQUENCE BYTES" a line. An empty owner is "-".
Result<std::optional<CommitState>> CommitState::load(const std::filesystem::path& path, const std::string& owner) {
  const auto text = read_file(path, 4096);
  if (!text.ok() && text.error().code == Code::kNotFound) return std::optional<CommitState>();
  if (!text.ok()) return text.error();
  std::istringstream lines(*text);
  std::string word, written_by;
  int version = 0;
  if (!(lines >> word >> version >> written_by) || word != "custos-jsonl" || version != 1) {
    return Error{Code::kCorrupt, path.string() + " does not say where commits end; move it and its file away"};
  }
  if (written_by != (owner.empty() ? "-" : owner)) return std::optional<CommitState>();
  CommitState state(owner);
  for (Commit commit; lines >> commit.sequence >> commit.bytes;) state.add(commit);
  return std::optional<CommitState>(std::move(state));
}

Status CommitState::save(const std::filesystem::path& path) const {
  std::string text = fmt::format("custos-jsonl 1 {}\n", owner_.empty() ? "-" : owner_);
  for (const Commit& commit : commits_) text += fmt::format("{} {}\n", commit.sequence, commit.bytes);
  return write_file_durably(path, text);
}

void CommitState::add(Commit commit) {
  std::erase_if(commits_, [&](const Commit& other) { return other.sequence >= commit.sequence; });
  commits_.push_back(commit);
  if (commits_.size() > 2) commits_.erase(commits_.begin());
}

std::optional<CommitState::Commit> CommitState::last_up_to(uint64_t sequence) const {
  std::optional<Commit> last;
  for (const Commit& commit : commits_) {
    if (commit.sequence <= sequence) last = commit;
  }
  return last;
}

}  // namespace custos::sink
