#include "source/folder/file_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "source/folder/logical_file.h"

namespace custos::source {
namespace {

constexpr std::chrono::milliseconds kPauseStep(50);
constexpr size_t kSeenMax = 4'000'000;  // files that are remembered between two looks

}  // namespace

FileSource::FileSource(std::unique_ptr<FileTree> tree, const SourceOptions& options, FileLookup lookup,
                       std::optional<FilePart> part)
    : tree_(std::move(tree)),
      options_(options),
      lookup_(std::move(lookup)),
      part_(std::move(part)),
      window_(window_capacity(options)),
      is_in_range_(options.range_first.empty()) {}

Result<std::optional<Item>> FileSource::next() {
  if (const auto total = tree_->count_bytes()) bytes_total_ = *total;
  while (true) {
    if (reading_) {
      auto item = reading_->next();
      if (const auto& failure = reading_->failure(); part_ && failure) return *failure;
      if (item) return std::optional<Item>(std::move(item));
      reading_.reset();
    }
    if (is_walked_) {
      auto pause = wait();
      if (pause || is_walked_) return std::optional<Item>(std::move(pause));
    }
    ASSIGN_OR_RETURN(const auto entry, next_entry());
    if (!entry) {
      is_walked_ = true;
      continue;
    }
    ASSIGN_OR_RETURN(auto item, begin(*entry));
    if (item) return std::optional<Item>(std::move(item));
  }
}

std::optional<Item> FileSource::wait() {
  if (options_.poll_seconds == 0) return std::nullopt;
  if (!look_again_) look_again_ = Clock::now() + std::chrono::seconds(options_.poll_seconds);
  if (Clock::now() >= *look_again_) {
    look_again_.reset();
    is_walked_ = !tree_->restart();
    return std::nullopt;
  }
  std::this_thread::sleep_for(kPauseStep);
  Item pause;
  pause.is_pause = true;
  return pause;
}

Result<std::optional<WalkEntry>> FileSource::next_entry() {
  while (true) {
    ASSIGN_OR_RETURN(auto entry, tree_->next());
    if (!entry && !is_in_range_) {
      return Error{Code::kNotFound, fmt::format("there is no {} any more: the source has changed since its files were "
                                                "listed; list it again",
                                                options_.range_first)};
    }
    if (!entry) return entry;
    is_in_range_ = is_in_range_ || entry->path == options_.range_first;
    if (!is_in_range_) continue;
    // What comes behind the last one belongs to others.
    if (!range_done_) {
      range_done_ = !options_.range_last.empty() && entry->path == options_.range_last;
      return entry;
    }
    return std::optional<WalkEntry>();
  }
}

std::optional<Item> FileSource::problem(const WalkEntry& entry, const std::optional<FileState>& before) {
  const FileState state = state_of_problem(tree_->problem_time(entry), before);
  if (before == state) return std::nullopt;
  Item item;
  item.what = document::SkippedSpan{{entry.path, 0, 0}, entry.problem, entry.failed};
  item.file = entry.path;
  item.state = state;
  item.ends_logical_file = true;
  return item;
}

bool FileSource::is_seen(const WalkEntry& entry, const std::optional<FileTree::State>& state) {
  if (options_.poll_seconds == 0 || !state) return false;
  if (seen_.size() >= kSeenMax) seen_.clear();
  const auto [at, is_new] = seen_.try_emplace(entry.path, *state);
  if (!is_new && at->second.size == state->size && at->second.modified_ns == state->modified_ns) return true;
  at->second = *state;
  return false;
}

bool FileSource::is_unchanged(const std::optional<FileState>& before, const std::optional<FileTree::State>& state) {
  if (!before || !before->complete || !state) return false;
  if (before->size != state->size || before->modified_ns != state->modified_ns) return false;
  bytes_passed_over_ += before->size;
  ++files_unchanged_;
  return true;
}

Result<std::optional<Item>> FileSource::begin(const WalkEntry& entry) {
  const std::optional<FileTree::State> state = entry.problem.empty() ? tree_->state(entry) : std::nullopt;
  if (is_seen(entry, state)) return std::optional<Item>();
  const auto whole = lookup_ ? lookup_(entry.path) : std::nullopt;
  if (!entry.problem.empty() && part_) {
    return Error{Code::kNotFound, fmt::format("{}: {}; a part of it was to be read", entry.path, entry.problem)};
  }
  if (!entry.problem.empty()) return problem(entry, whole);
  if (is_unchanged(whole, state)) return std::optional<Item>();
  auto before = whole;
  if (part_ && part_->begin > 0) {
    before = lookup_ ? lookup_(part_state_name(*part_)) : std::nullopt;
    if (is_unchanged(before, state)) return std::optional<Item>();
  }
  auto stream = tree_->open(entry);
  if (!stream.ok() && part_) return stream.error();
  if (!stream.ok()) {
    WalkEntry unreadable = entry;
    unreadable.problem = stream.error().message;
    unreadable.failed = true;
    return problem(unreadable, whole);
  }
  LogicalFile file = logical_file(*tree_, entry, options_);
  if (!part_) {
    reading_ = std::make_unique<FileReading>(window_, options_, std::move(file), std::move(*stream), before);
  } else {
    reading_ = std::make_unique<FileReading>(window_, options_, std::move(file), std::move(*stream), *part_,
                                             FileReading::PartStates{whole, before});
  }
  if (const auto& failure = reading_->failure(); part_ && failure) return *failure;
  if (reading_->has_moved()) {
    return Error{Code::kNotFound, fmt::format("nothing begins at byte {} of {} any more: the file has changed since it "
                                              "was cut into parts; enqueue it again",
                                              part_->begin, entry.path)};
  }
  return std::optional<Item>();
}

SourceProgress FileSource::progress() const {
  SourceProgress progress;
  progress.bytes_total = bytes_total_;
  progress.bytes_read = bytes_passed_over_ + tree_->bytes_read();
  if (progress.bytes_total > 0) progress.bytes_read = std::min(progress.bytes_read, progress.bytes_total);
  progress.files_unchanged = files_unchanged_;
  return progress;
}

}  // namespace custos::source
