#include "store/local/writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <set>
#include <system_error>
#include <utility>

#include "store/segment/segment_folder.h"

namespace custos::store {
namespace {

constexpr char kLockFile[] = "lock";

std::string holder_of(const std::filesystem::path& lock) {
  const Result<std::string> text = read_file(lock, 64);
  if (!text.ok() || text->empty()) return "another process";
  return "process " + text->substr(0, text->find('\n'));
}

}  // namespace

Result<WriterLock> WriterLock::acquire(const std::filesystem::path& archive) {
  const std::filesystem::path path = archive / kLockFile;
  ASSIGN_OR_RETURN(File file, File::open_append(path));
  if (::flock(file.descriptor(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return io_error("cannot lock", path);
    return Error{Code::kConflict, fmt::format("{} is being written by {}: wait until it ends, or stop it",
                                              archive.string(), holder_of(path))};
  }
  RETURN_IF_ERROR(file.truncate(0));
  RETURN_IF_ERROR(file.write(fmt::format("{}\n", ::getpid())));
  return WriterLock(std::move(file));
}

bool WriterLock::is_held(const std::filesystem::path& archive) {
  const Result<File> file = File::open_read(archive / kLockFile);
  if (!file.ok()) return false;
  if (::flock(file->descriptor(), LOCK_SH | LOCK_NB) != 0) return true;
  ::flock(file->descriptor(), LOCK_UN);
  return false;
}

Status remove_unknown_segments(const std::filesystem::path& segments, Catalog& catalog) {
  ASSIGN_OR_RETURN(const std::vector<SegmentRow> rows, catalog.segments());
  std::set<std::string> known;
  for (const SegmentRow& row : rows) known.insert(row.name);
  std::error_code failure;
  for (std::filesystem::directory_iterator at(segments, failure), end; !failure && at != end; at.increment(failure)) {
    const std::string name = at->path().filename().string();
    if (!is_segment_name(name) || known.contains(name)) continue;
    std::filesystem::remove_all(at->path(), failure);
  }
  if (failure) return io_error("cannot clean up", segments, failure.value());
  return {};
}

Status check_free(const Writer& writer) {
  if (writer.busy) return Error{Code::kConflict, "a publication is open already"};
  if (writer.broken) return Error{Code::kIo, "writing failed before: open the archive anew"};
  return {};
}

}  // namespace custos::store
