#include "store/local/writer_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "store/local/layout.h"

namespace custos::store {
namespace {

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

}  // namespace custos::store
