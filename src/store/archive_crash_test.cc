// What an archive is worth after a crash or a failing disk, at every point where one can strike. The calls that make
// things durable are replaced for this test program: the n-th one ends the process, or fails.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <functional>

#include "store/sample_archive.h"

namespace {

int calls_left = -1;       // -1: nothing happens
bool ends_process = true;  // else the call fails for want of space

// True where this call shall fail.
bool strikes() {
  if (calls_left < 0 || calls_left-- > 0) return false;
  if (ends_process) _exit(77);
  calls_left = -1;
  errno = ENOSPC;
  return true;
}

}  // namespace

extern "C" int fsync(int descriptor) { return strikes() ? -1 : static_cast<int>(syscall(SYS_fsync, descriptor)); }
extern "C" int fdatasync(int descriptor) {
  return strikes() ? -1 : static_cast<int>(syscall(SYS_fdatasync, descriptor));
}
extern "C" int rename(const char* from, const char* to) noexcept {
  return strikes() ? -1 : static_cast<int>(syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

namespace custos::store {
namespace {

constexpr int kPointsMax = 400;

using Work = std::function<Status(Archive&)>;

// Runs in a child, with a fault at `point`. 0: done, 1: an error, 77: struck down.
int run_in_child(const SampleArchive& sample, int point, bool dies, const Work& work,
                 rlim_t file_bytes_max = RLIM_INFINITY) {
  const pid_t child = fork();
  if (child == 0) {
    auto archive = Archive::open_for_writing(sample.folder(), sample.options);
    if (!archive.ok()) _exit(3);
    ends_process = dies;
    calls_left = point;
    const rlimit limit{file_bytes_max, file_bytes_max};
    ::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &limit);
    _exit(work(**archive).ok() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 4;
}

// Publishes the second batch.
int publish_in_child(const SampleArchive& sample, int point, bool dies, rlim_t file_bytes_max = RLIM_INFINITY) {
  const Work publish = [](Archive& archive) { return publish_samples(archive, 10, 30, true, "model"); };
  return run_in_child(sample, point, dies, publish, file_bytes_max);
}

// Whatever happened, the archive is whole and has the first batch or both; going on completes it.
void check_whole(const SampleArchive& sample, bool must_be_published) {
  auto archive = sample.write();
  ASSERT_NE(archive, nullptr);
  EXPECT_EQ(faults_of(*archive), "");
  const uint64_t stored = archive->status()->stored;
  EXPECT_TRUE(stored == 30 || (stored == 10 && !must_be_published)) << stored;
  if (stored == 10) {
    const Status again = publish_samples(*archive, 10, 30, true, "model");
    EXPECT_TRUE(again.ok()) << again.error().message;
  }
  EXPECT_EQ(archive->status()->stored, 30U);
  EXPECT_EQ(archive->status()->threads, 3U);
  EXPECT_EQ(faults_of(*archive), "");
}

TEST(ArchiveCrash, IsWholeAfterAProcessThatDiedAtAnyPointOfPublish) {
  int point = 0;
  for (; point < kPointsMax; ++point) {
    SCOPED_TRACE(point);
    const SampleArchive sample;
    ASSERT_TRUE(publish_samples(*sample.write(), 0, 10, false, "model").ok());
    const int end = publish_in_child(sample, point, true);
    ASSERT_TRUE(end == 0 || end == 77) << end;
    check_whole(sample, end == 0);
    if (end == 0) break;
  }
  EXPECT_GE(point, 8) << "too few calls were seen: are they replaced?";
  EXPECT_LT(point, kPointsMax);
}

TEST(ArchiveCrash, AFailedSyncOrRenameIsAnErrorAndNeverASuccess) {
  int point = 0;
  for (; point < kPointsMax; ++point) {
    SCOPED_TRACE(point);
    const SampleArchive sample;
    ASSERT_TRUE(publish_samples(*sample.write(), 0, 10, false, "model").ok());
    const int end = publish_in_child(sample, point, false);
    ASSERT_TRUE(end == 0 || end == 1) << end;
    check_whole(sample, end == 0);
    if (end == 0) break;
  }
  EXPECT_GE(point, 8);
}

TEST(ArchiveCrash, AFullDiskIsAnErrorAndTheArchiveStaysWhole) {
  int failures = 0;
  for (const rlim_t bytes : {100, 700, 1500, 4000, 9000, 20000, 60000, 100000}) {
    SCOPED_TRACE(bytes);
    const SampleArchive sample;
    ASSERT_TRUE(publish_samples(*sample.write(), 0, 10, false, "model").ok());
    const int end = publish_in_child(sample, -1, false, bytes);
    ASSERT_TRUE(end == 0 || end == 1 || end == 3) << end;
    failures += end == 1 ? 1 : 0;
    check_whole(sample, end == 0);
  }
  EXPECT_GE(failures, 3);
}

// Strikes at every point of `work` on an archive of some small segments; each time all messages must be there, with
// chunks = vectors = index rows, nothing left over, and the work can be done again.
void strike_everywhere(const Work& work, int segments, bool dies) {
  const SampleArchive first;
  for (int at = 0; at < segments; ++at) {
    ASSERT_TRUE(publish_samples(*first.write(), at * 2, at * 2 + 2, at + 1 == segments, "model").ok());
  }
  const auto messages = static_cast<uint64_t>(segments) * 2;
  int point = 0;
  for (; point < kPointsMax; ++point) {
    SCOPED_TRACE(point);
    const SampleArchive sample(first);
    const int end = run_in_child(sample, point, dies, work);
    ASSERT_TRUE(end == 0 || end == (dies ? 77 : 1)) << end;
    const auto archive = sample.write();
    ASSERT_NE(archive, nullptr);
    EXPECT_EQ(faults_of(*archive), "");
    EXPECT_EQ(archive->status()->vectors, messages);
    EXPECT_EQ(archive->read_record(MessageKey{4})->text.text(), "body of 3");
    EXPECT_TRUE(archive->snapshot().ok());
    const Status again = work(*archive);
    EXPECT_TRUE(again.ok()) << again.error().message;
    EXPECT_EQ(faults_of(*archive), "");
    if (end == 0) break;
  }
  EXPECT_GE(point, 8) << "too few calls were seen: are they replaced?";
  EXPECT_LT(point, kPointsMax);
}

Status merge(Archive& archive) {
  const auto gone = archive.merge_segments({});
  return gone.ok() ? Status() : gone.error();
}

Status embed_anew(Archive& archive) {
  ReindexOptions options;
  options.embedding_model = "other";
  options.width = kSampleWidth;
  options.embed = [](std::span<document::Record* const> records) {
    for (document::Record* record : records) embed_sample(*record, "other");
    return Status();
  };
  return archive.reindex(options, {});
}

Status index_anew(Archive& archive) {
  ReindexOptions options;
  options.postings = true;
  return archive.reindex(options, {});
}

TEST(ArchiveCrash, IsWholeAfterAMergeThatDiedOrFailedAtAnyPoint) {
  strike_everywhere(merge, kMergeFactor, true);
  strike_everywhere(merge, kMergeFactor, false);
}

TEST(ArchiveCrash, IsWholeAfterAReindexThatDiedOrFailedAtAnyPoint) {
  strike_everywhere(index_anew, 2, true);
  strike_everywhere(index_anew, 2, false);
}

TEST(ArchiveCrash, IsWholeAfterNewVectorsThatDiedOrFailedAtAnyPoint) {
  strike_everywhere(embed_anew, 2, true);
  strike_everywhere(embed_anew, 2, false);
}

}  // namespace
}  // namespace custos::store
