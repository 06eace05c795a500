#include "columns/record_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>

#include "base/file.h"
#include "columns/sample_records.h"

namespace custos::columns {
namespace {

namespace fs = std::filesystem;
using document::Record;

class RecordTable : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "custos-columns-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    path_ = folder_ / "messages.parquet";
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::vector<Record>& records, const TableOptions& options = {}, const RowContext& context = {}) {
    auto writer = RecordWriter::create(path_, options);
    ASSERT_TRUE(writer.ok()) << writer.error().message;
    for (const Record& record : records) {
      const Status status = (*writer)->append(record, context);
      ASSERT_TRUE(status.ok()) << status.error().message;
    }
    EXPECT_EQ((*writer)->rows(), records.size());
    const Status finished = (*writer)->finish();
    ASSERT_TRUE(finished.ok()) << finished.error().message;
  }

  fs::path folder_;
  fs::path path_;
};

void expect_same(const document::RedactedText& a, const document::RedactedText& b) {
  EXPECT_EQ(a.text(), b.text());
  ASSERT_EQ(a.entities().size(), b.entities().size());
  for (size_t i = 0; i < a.entities().size(); ++i) {
    EXPECT_EQ(a.entities()[i].type, b.entities()[i].type);
    EXPECT_EQ(a.entities()[i].original, b.entities()[i].original);
    EXPECT_EQ(a.entities()[i].redacted, b.entities()[i].redacted);
    EXPECT_EQ(a.entities()[i].score, b.entities()[i].score);
  }
}

void expect_same(const document::RecordPart& a, const document::RecordPart& b) {
  EXPECT_EQ(a.number, b.number);
  EXPECT_EQ(a.content_type, b.content_type);
  expect_same(a.name, b.name);
  EXPECT_EQ(a.bytes, b.bytes);
  EXPECT_EQ(a.sha256, b.sha256);
  EXPECT_EQ(a.is_attachment, b.is_attachment);
  EXPECT_EQ(a.is_body, b.is_body);
  expect_same(a.text, b.text);
  EXPECT_EQ(a.removed, b.removed);
  EXPECT_EQ(a.language, b.language);
}

void expect_same(const Record& a, const Record& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.message_id, b.message_id);
  EXPECT_EQ(a.date, b.date);
  expect_same(a.subject, b.subject);
  EXPECT_EQ(a.in_reply_to, b.in_reply_to);
  EXPECT_EQ(a.references, b.references);
  EXPECT_EQ(a.list_id, b.list_id);
  EXPECT_EQ(a.channel, b.channel);
  ASSERT_EQ(a.parts.size(), b.parts.size());
  for (size_t i = 0; i < a.parts.size(); ++i) expect_same(a.parts[i], b.parts[i]);
  expect_same(a.text, b.text);
  EXPECT_EQ(a.tokens, b.tokens);
  ASSERT_EQ(a.chunks.size(), b.chunks.size());
  for (size_t i = 0; i < a.chunks.size(); ++i) {
    EXPECT_EQ(a.chunks[i].span, b.chunks[i].span);
    EXPECT_EQ(a.chunks[i].part, b.chunks[i].part);
    EXPECT_EQ(a.chunks[i].tokens, b.chunks[i].tokens);
  }
  EXPECT_EQ(a.defects, b.defects);
  EXPECT_EQ(a.content_key, b.content_key);
  EXPECT_EQ(a.edrm_mih, b.edrm_mih);
  EXPECT_EQ(a.raw_digest, b.raw_digest);
  EXPECT_EQ(a.raw_bytes, b.raw_bytes);
  EXPECT_EQ(a.raw_kind, b.raw_kind);
  EXPECT_EQ(a.flags, b.flags);
}

TEST_F(RecordTable, ReturnsEveryFieldOfARecord) {
  const std::vector<Record> records{sample_record(1), Record{}, sample_record(2)};
  write(records);
  auto reader = RecordReader::open(path_);
  ASSERT_TRUE(reader.ok()) << reader.error().message;
  ASSERT_EQ((*reader)->rows(), 3U);
  for (size_t row = 0; row < records.size(); ++row) {
    const auto record = (*reader)->read(row);
    ASSERT_TRUE(record.ok()) << record.error().message;
    expect_same(records[row], *record);
  }
}

TEST_F(RecordTable, ReadsAcrossRowGroupsInAnyOrder) {
  std::vector<Record> records;
  for (uint32_t number = 0; number < 25; ++number) records.push_back(sample_record(number));
  write(records, {.row_group_rows = 4});
  auto reader = RecordReader::open(path_);
  ASSERT_TRUE(reader.ok());
  for (const size_t row : {24U, 0U, 13U, 3U, 4U, 12U}) expect_same(records[row], (*reader)->read(row).value());
  const auto ids = (*reader)->ids();
  ASSERT_TRUE(ids.ok()) << ids.error().message;
  ASSERT_EQ(ids->size(), 25U);
  for (size_t row = 0; row < 25; ++row) EXPECT_EQ((*ids)[row], records[row].id);
}

TEST_F(RecordTable, ReadsBackACopyWithParticipants) {
  write({sample_record(3)}, {.participants = true},
        {.thread = "t1", .from = {{"Ada", "ada@example.com"}}, .to = {}, .cc = {{"", "team@example.com"}}});
  auto reader = RecordReader::open(path_);
  ASSERT_TRUE(reader.ok()) << reader.error().message;
  expect_same(sample_record(3), (*reader)->read(0).value());
}

TEST_F(RecordTable, AnEmptyTableHasNoRows) {
  write({});
  auto reader = RecordReader::open(path_);
  ASSERT_TRUE(reader.ok()) << reader.error().message;
  EXPECT_EQ((*reader)->rows(), 0U);
  EXPECT_TRUE((*reader)->ids()->empty());
}

TEST_F(RecordTable, DoesNotStoreTheBodyTwice) {
  std::string noise;
  for (uint32_t i = 0, state = 1; i < 400'000; ++i) {
    state = state * 1664525 + 1013904223;
    noise += static_cast<char>('!' + (state >> 24) % 90);
  }
  Record record = record_of_text("r", noise);
  record.tokens.clear();
  write({record});
  EXPECT_LT(fs::file_size(path_), noise.size() * 5 / 4);
}

TEST_F(RecordTable, RepairsHeadersThatAreNotUtf8) {
  Record record = sample_record(1);
  record.message_id = "a\xff@b";
  record.references = {"ok", "\xc3\x28"};
  write({record});
  auto reader = RecordReader::open(path_);
  ASSERT_TRUE(reader.ok());
  const auto read = (*reader)->read(0);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->message_id, "a\xef\xbf\xbd@b");
  EXPECT_EQ(read->references[1], "\xef\xbf\xbd(");
}

// Short tokens, long ones, those that end the list, equal beginnings, NUL bytes; more than a page of distinct ones.
TEST_F(RecordTable, TokensComeBackWhateverTheirLengthAndNumber) {
  std::vector<Record> records(3);
  const std::string letters = "abcdefghijklmnopqrstuvwxyz";
  for (size_t size = 0; size <= letters.size(); ++size) {
    records[0].tokens.push_back(letters.substr(0, size));
    records[0].tokens.push_back(letters.substr(letters.size() - size));
    records[0].tokens.push_back(std::string(size, '\0'));
  }
  for (int number = 0; number < 300'000; ++number) {
    records[1].tokens.push_back((number % 2 == 0 ? "w" : "a longer word ") + std::to_string(number));
  }
  records[2].tokens = records[0].tokens;
  write(records);
  auto reader = RecordReader::open(path_);
  ASSERT_TRUE(reader.ok()) << reader.error().message;
  for (size_t row = 0; row < records.size(); ++row) {
    EXPECT_TRUE((*reader)->read(row).value().tokens == records[row].tokens) << row;
  }
}

TEST_F(RecordTable, RepairsTokensThatAreNotUtf8) {
  Record record = sample_record(1);
  record.tokens = {"a\xff", "a\xef\xbf\xbd", "a\xff", "many long words\xff", "a"};
  write({record});
  auto reader = RecordReader::open(path_);
  ASSERT_TRUE(reader.ok());
  const document::TokenList expected = {"a\xef\xbf\xbd", "a\xef\xbf\xbd", "a\xef\xbf\xbd",
                                        "many long words\xef\xbf\xbd", "a"};
  EXPECT_EQ((*reader)->read(0).value().tokens, expected);
}

TEST_F(RecordTable, RefusesATextThatIsNotUtf8) {
  auto writer = RecordWriter::create(path_, {});
  ASSERT_TRUE(writer.ok());
  const Status status = (*writer)->append(record_of_text("bad", "x\xff"), {});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, Code::kInvalidArgument);
  EXPECT_TRUE((*writer)->append(sample_record(1), {}).ok());
  EXPECT_TRUE((*writer)->finish().ok());
}

TEST_F(RecordTable, NamesAMissingFile) {
  const auto reader = RecordReader::open(folder_ / "none.parquet");
  ASSERT_FALSE(reader.ok());
  EXPECT_EQ(reader.error().code, Code::kNotFound);
  EXPECT_THAT(reader.error().message, testing::HasSubstr("none.parquet"));
}

TEST_F(RecordTable, ATruncatedFileIsAnErrorAtEveryLength) {
  write({sample_record(1), sample_record(2)});
  const std::string whole = read_file(path_, 1 << 20).value();
  for (size_t size = 0; size < whole.size(); size += 97) {
    std::ofstream(path_, std::ios::binary) << whole.substr(0, size);
    EXPECT_FALSE(RecordReader::open(path_).ok()) << size;
  }
}

TEST_F(RecordTable, FlippedBytesNeverCrash) {
  write({sample_record(1), sample_record(2), sample_record(3)});
  const std::string whole = read_file(path_, 1 << 20).value();
  for (size_t at = 0; at < whole.size(); at += 41) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    std::ofstream(path_, std::ios::binary) << damaged;
    auto reader = RecordReader::open(path_);
    if (!reader.ok()) continue;
    for (uint64_t row = 0; row < (*reader)->rows() && row < 3; ++row) (void)(*reader)->read(row);
  }
}

TEST_F(RecordTable, RefusesALayoutFromTheFuture) {
  write({sample_record(1)}, {.metadata = {{"cleaner", "1"}}});
  std::string bytes = read_file(path_, 1 << 20).value();
  const size_t key = bytes.rfind("custos.layout");
  ASSERT_NE(key, std::string::npos);
  const size_t value = bytes.find('1', key);
  bytes[value] = '9';
  std::ofstream(path_, std::ios::binary) << bytes;
  const auto reader = RecordReader::open(path_);
  ASSERT_FALSE(reader.ok());
  EXPECT_EQ(reader.error().code, Code::kUnsupported);
}

TEST_F(RecordTable, AFullDiskIsSaidByName) {
  const fs::path full = "/dev/full";
  if (!fs::exists(full)) GTEST_SKIP() << "no /dev/full here";
  auto writer = RecordWriter::create(full, {.row_group_rows = 1});
  Status status = writer.ok() ? (*writer)->append(sample_record(1), {}) : Status(writer.error());
  if (status.ok()) status = (*writer)->finish();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, Code::kIo);
  EXPECT_THAT(status.error().message, testing::HasSubstr("No space left on device"));
}

TEST_F(RecordTable, ChunksLieWithinTheirPart) {
  auto writer = ChunkWriter::create(path_, {});
  ASSERT_TRUE(writer.ok());
  ASSERT_TRUE((*writer)->append(sample_record(1), 7).ok());
  EXPECT_EQ((*writer)->rows(), sample_record(1).chunks.size());
  Record wrong = sample_record(1);
  wrong.chunks[0].span.end = 1'000'000;
  EXPECT_EQ((*writer)->append(wrong, 8).error().code, Code::kInvalidArgument);
  wrong.chunks[0] = {.span = {0, 3}, .part = 1, .tokens = 1};
  EXPECT_EQ((*writer)->append(wrong, 8).error().code, Code::kInvalidArgument) << "it ends within a character";
  ASSERT_TRUE((*writer)->finish().ok());
  EXPECT_FALSE(RecordReader::open(path_).ok()) << "chunks.parquet is not messages.parquet";
}

TEST_F(RecordTable, GivesBackEveryChunkWithItsRow) {
  const auto path = folder_ / "chunks.parquet";
  const auto writer = std::move(ChunkWriter::create(path, {.row_group_rows = 3})).value();
  for (uint32_t row = 0; row < 10; ++row) ASSERT_TRUE(writer->append(sample_record(row), row).ok());
  ASSERT_TRUE(writer->finish().ok());
  const auto reader = ChunkReader::open(path);
  ASSERT_TRUE(reader.ok()) << reader.error().message;
  EXPECT_EQ((*reader)->rows(), 20U);
  uint64_t at = 0;
  const Status all = (*reader)->for_each([&](uint64_t row, const document::Chunk& chunk) -> Status {
    const document::Record record = sample_record(static_cast<uint32_t>(at / 2));
    EXPECT_EQ(row, at / 2);
    EXPECT_EQ(chunk.span, record.chunks[at % 2].span);
    EXPECT_EQ(chunk.part, record.chunks[at % 2].part);
    EXPECT_EQ(chunk.tokens, record.chunks[at % 2].tokens);
    ++at;
    return {};
  });
  EXPECT_TRUE(all.ok()) << all.error().message;
  EXPECT_EQ(at, 20U);
}

TEST_F(RecordTable, RefusesWhatIsNoTableOfChunksAsSuch) {
  EXPECT_EQ(ChunkReader::open(folder_ / "none").error().code, Code::kNotFound);
  const auto path = folder_ / "messages.parquet";
  const auto writer = std::move(RecordWriter::create(path, {})).value();
  ASSERT_TRUE(writer->append(sample_record(1), {}).ok());
  ASSERT_TRUE(writer->finish().ok());
  EXPECT_EQ(ChunkReader::open(path).error().code, Code::kCorrupt);
  std::ofstream(path) << "PAR1 nothing PAR1";
  EXPECT_FALSE(ChunkReader::open(path).ok());
}

}  // namespace
}  // namespace custos::columns
