// Where do documents come from? A Source walks one SOURCE (a file, a folder, an archive, stdin) in a fixed order and
// yields every document in it, with every byte that is not a document accounted for as a skipped span.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "base/digest.h"
#include "base/result.h"
#include "client/kafka_options.h"
#include "client/s3.h"
#include "document/raw_document.h"

namespace custos::source {

enum class Format { kAuto, kMbox, kMaildir, kEml, kEmlx, kJsonLines, kTar, kZip };
// kInvalidArgument names the formats there are.
[[nodiscard]] Result<Format> format_from_name(std::string_view name);
[[nodiscard]] std::string_view format_name(Format format);

// How far a file on disk was read. The catalog keeps one per (SOURCE, file) and hands it back on the next run.
struct FileState {
  uint64_t size = 0;        // of the file on disk when it was opened, bytes
  int64_t modified_ns = 0;  // its mtime
  uint64_t head_bytes = 0;  // how many bytes from its beginning head_hash is over: min(4096, size)
  uint64_t head_hash = 0;   // hash64 of these: tells a file that grew from one that was replaced
  uint64_t resume = 0;      // opaque to others: of mbox and JSON lines a byte offset, else a count of items
  uint64_t generation = 0;  // grows by one each time the file turns out to have been replaced and is read anew
  bool complete = false;    // read to its end

  bool operator==(const FileState&) const = default;
};

// Looks up what an earlier run committed for a file, by its path relative to SOURCE.
using FileLookup = std::function<std::optional<FileState>(const std::string& file)>;

// One step of the walk. Committing a prefix of the items with the FileState of each file's last item, and opening the
// source anew with those states, continues exactly after that prefix.
struct Item {
  std::variant<std::monostate, document::RawDocument, document::SkippedSpan> what;  // monostate: only `state` changed
  std::string file;                // the file on disk, relative to SOURCE
  FileState state;                 // after this item
  bool ends_logical_file = false;  // `what` reaches the end of its Place::path: its end is that file's size
  // Nothing more for now: what there is should be handed on, and become visible, without waiting for more.
  bool is_pause = false;
};

// A document, or a span that should have been one, that became a failed row of the ledger.
struct Rejection {
  document::Place place;
  std::string reason;            // never message content
  std::optional<Digest> sha256;  // of the document's bytes; nothing for a span
  uint64_t bytes = 0;
};

// "kafka://broker1:port,broker2:port/topic?group=NAME"; docs/sources.md says how it is read.
struct KafkaSourceOptions {
  client::KafkaOptions connection;  // the brokers are SOURCE's
  bool until_end = false;           // ends where the partitions ended when they were taken; else it waits for more
  std::string dead_letter_topic = "{topic}.dead-letter";  // hears of messages that failed; "": none does
  std::filesystem::path file_root;                        // file events may name "file:///…" below it; "": none
  uint64_t buffer_bytes_max = 16ULL << 20;  // of messages that wait for the pipeline; twice that is fetched ahead
  uint32_t max_poll_interval_ms = 300'000;  // of the group: after so long without a sign a reader counts as dead
  uint32_t revoke_wait_ms = 10'000;         // for commits, before a partition goes to another reader
};

struct SourceOptions {
  Format format = Format::kAuto;
  uint64_t document_bytes_max = 64ULL << 20;  // a larger one becomes a failed span; it is streamed past, not held
  uint64_t expanded_bytes_max = 1ULL << 40;   // of one container
  uint64_t expansion_ratio_max = 1000;        // decompressed : compressed, checked past 64 MiB
  uint32_t container_depth_max = 4;           // a zip in a tar in …
  uint32_t folder_depth_max = 64;
  // Files or objects: 0 walks once; else, after the walk, looks for new and changed ones every so many seconds, until
  // stopped.
  uint32_t poll_seconds = 0;
  // Of a folder or prefix: only the files from the first to the last of these names, in the order of the walk. Empty:
  // all. A part of a file, as list_files names it, is the first and the last.
  std::string range_first;
  std::string range_last;
  client::S3Options s3;  // of SOURCEs that begin with s3://
  KafkaSourceOptions kafka;
};

struct SourceProgress {
  uint64_t bytes_total = 0;      // on disk; 0 when unknown (stdin)
  uint64_t bytes_read = 0;       // of them; skipped unchanged files count as read
  uint64_t files_unchanged = 0;  // complete in an earlier run and the same since
};

// Not for use by two threads at once, except progress().
class Source {
 public:
  virtual ~Source() = default;
  // The next item; nothing at the end. An error ends the walk: what is wrong with one file is a failed SkippedSpan.
  [[nodiscard]] virtual Result<std::optional<Item>> next() = 0;
  [[nodiscard]] virtual SourceProgress progress() const = 0;

  // What became of the items. These are called by another thread than next() is, in the order of the items.
  virtual void rejected(const Rejection& /*rejection*/) {}
  // The archive is about to commit: whoever is told of rejections has been, for good, when this returns. An error ends
  // the run without the commit.
  [[nodiscard]] virtual Status before_commit() { return {}; }
  // The archive has everything up to `state` of this file for good.
  virtual void committed(const std::string& /*file*/, const FileState& /*state*/) {}
};

// `path` is a file, a folder, "-" for stdin, "s3://bucket/prefix", or a topic: "kafka://…". kNotFound where it does not
// exist.
[[nodiscard]] Result<std::unique_ptr<Source>> open_source(const std::filesystem::path& path,
                                                          const SourceOptions& options, FileLookup lookup);

// A file of a SOURCE, or a part of one.
struct ListedFile {
  std::string name;    // as range_first may give it
  uint64_t bytes = 0;  // 0 where that is not known
  bool is_part = false;
};

// Told of each file in the order of the walk. One larger than `part_bytes` that can be read from its middle (mbox, JSON
// lines) comes in parts of about so many bytes: the same ones each time, as long as the file only grows. 0: no parts.
using FileVisitor = std::function<Status(const ListedFile& file)>;
[[nodiscard]] Status list_files(const std::filesystem::path& path, const SourceOptions& options, uint64_t part_bytes,
                                const FileVisitor& visit);

}  // namespace custos::source
