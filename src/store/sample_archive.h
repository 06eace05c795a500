// Records and archives for the tests of store. Text is invented.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "columns/record_table.h"
#include "store/archive.h"

namespace custos::store {

class SampleText : public columns::RecordReader {
 public:
  using RecordReader::restore;
};

// A folder that goes with the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "custos_store_XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::string sample_bytes(int number) {
  return "Subject: sample " + std::to_string(number) + "\r\n\r\nbody of " + std::to_string(number) + "\r\n";
}

// Message `number`, which answers `number - 1` unless it is the first of ten. `copy` tells places apart.
inline document::Record sample_record(int number, uint64_t begin = 0, const std::string& path = "box.mbox") {
  document::Record record;
  const std::string bytes = sample_bytes(number);
  record.id = "m" + std::to_string(100000 + number);
  record.message_id = record.id + "@example.com";
  record.date = {1'700'000'000 + number, 60};
  record.from = {{"Ann Sample", "ann@example.com"}};
  record.to = {{"Bo", "bo" + std::to_string(number % 7) + "@example.com"}, {"", "list@example.com"}};
  record.subject = SampleText::restore("sample " + std::to_string(number), {});
  record.text = SampleText::restore("body of " + std::to_string(number), {});
  record.parts = {{.number = "1", .content_type = "text/plain", .is_body = true, .text = record.text}};
  record.tokens = {"body", "of", std::to_string(number)};
  record.chunks = {{{0, 4}, 0, 1}};
  record.channel = "mail";
  record.content_key = blake2b("content " + bytes);
  record.raw_digest = blake2b(bytes);
  record.raw_bytes = bytes.size();
  record.place = {path, begin, begin + bytes.size()};
  record.thread_keys.own = {hash64(record.message_id)};
  if (number % 10 != 0) {
    const std::string parent = "m" + std::to_string(100000 + number - 1) + "@example.com";
    record.in_reply_to = {parent};
    record.references = {parent};
    record.thread_keys.links = {hash64(parent)};
  }
  return record;
}

inline constexpr uint32_t kSampleWidth = 4;

// Of length 1; "other" models give others.
inline void embed_sample(document::Record& record, const std::string& model) {
  record.vectors.clear();
  const float angle = static_cast<float>(hash64(record.id + model) % 6283) / 1000;
  for (size_t chunk = 0; chunk < record.chunks.size(); ++chunk) {
    for (const float value : {std::cos(angle), std::sin(angle), 0.0F, 0.0F}) record.vectors.push_back(value);
  }
}

struct SampleArchive {
  SampleArchive() {
    options.key_file = root.path() / "keys" / "test.key";
    const Status made = Archive::create(folder(), options, "# defaults\n");
    EXPECT_TRUE(made.ok()) << made.error().message;
  }
  // A copy of its folder, with the same key.
  SampleArchive(const SampleArchive& other) : options(other.options) {
    std::filesystem::copy(other.folder(), folder(), std::filesystem::copy_options::recursive);
  }
  [[nodiscard]] std::filesystem::path folder() const { return root.path() / "archive"; }
  [[nodiscard]] std::unique_ptr<Archive> write() const {
    auto archive = Archive::open_for_writing(folder(), options);
    EXPECT_TRUE(archive.ok()) << archive.error().message;
    return archive.ok() ? std::move(archive).value() : nullptr;
  }
  [[nodiscard]] std::unique_ptr<Archive> read() const {
    auto archive = Archive::open_for_reading(folder(), options);
    EXPECT_TRUE(archive.ok()) << archive.error().message;
    return archive.ok() ? std::move(archive).value() : nullptr;
  }

  TemporaryFolder root;
  ArchiveOptions options;
};

// Adds sample messages [begin, end) of one mailbox, from where the last publication ended.
inline Result<std::unique_ptr<Publication>> add_samples(Archive& archive, int begin, int end, bool last = false,
                                                        const std::string& model = "",
                                                        const std::string& box = "box.mbox",
                                                        VectorStore* vectors = nullptr) {
  ASSIGN_OR_RETURN(const SourceId source, archive.register_source("/mail"));
  ASSIGN_OR_RETURN(const auto before, archive.file_progress(source, box));
  uint64_t at = before ? before->resume : 0;
  ASSIGN_OR_RETURN(auto publication, archive.begin_publication(
                                         {{{"cleaner", "1"}}, true, model, model.empty() ? 0 : kSampleWidth, vectors}));
  std::string bytes;
  for (int number = begin; number < end; ++number) bytes += sample_bytes(number);
  ASSIGN_OR_RETURN(const BlockSealer sealer, archive.sealer());
  ASSIGN_OR_RETURN(const SealedBlock sealed, sealer.seal(bytes));
  ASSIGN_OR_RETURN(const BlockRef block, publication->add_block(sealed));
  uint32_t inside = 0;
  for (int number = begin; number < end; ++number) {
    const auto size = static_cast<uint32_t>(sample_bytes(number).size());
    document::Record record = sample_record(number, at, box);
    if (!model.empty()) embed_sample(record, model);
    ASSIGN_OR_RETURN(const Added added, publication->add_message(record, {source, 0, last && number + 1 == end},
                                                                 {block, inside, inside + size}));
    static_cast<void>(added);
    inside += size;
    at += size;
  }
  RETURN_IF_ERROR(publication->set_file_progress(source, box, {at, 1, 2, 3, at, 0, last}));
  return publication;
}

inline Status publish_samples(Archive& archive, int begin, int end, bool last = false, const std::string& model = "",
                              const std::string& box = "box.mbox", VectorStore* vectors = nullptr) {
  ASSIGN_OR_RETURN(const auto publication, add_samples(archive, begin, end, last, model, box, vectors));
  return publication->publish();
}

// "" where verify finds nothing wrong; otherwise what it found.
inline std::string faults_of(const Archive& archive) {
  const auto report = archive.verify({}, {});
  if (!report.ok()) return report.error().message;
  std::string all;
  for (const std::string& problem : report->problems) all += problem + "\n";
  return all;
}

}  // namespace custos::store
