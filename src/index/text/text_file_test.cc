#include "index/text_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "index/file/temporary_folder.h"
#include "index/text/stored_text_codec.h"
#include "index/text/text_format.h"

namespace custos::index {
namespace {

using document::SpanReason;
using testing::HasSubstr;

class SampleText : public TextReader {
 public:
  using TextReader::restore;
};

// Words that compress as words do, of about `bytes` bytes.
std::string made_text(size_t bytes, std::mt19937& dice) {
  std::string text;
  while (text.size() < bytes) text += "word" + std::to_string(dice() % 5000) + (dice() % 12 == 0 ? ".\n" : " ");
  return text;
}

document::RecordPart made_part(std::string text, std::string language = "en") {
  document::RecordPart part;
  part.text = SampleText::restore(std::move(text));
  part.language = std::move(language);
  return part;
}

// A message with a body, an empty part and an attachment's text, quoted history and `chunks` chunks.
document::Record made_record(uint32_t chunks, size_t bytes, std::mt19937& dice) {
  document::Record record;
  record.subject = SampleText::restore("Größere Änderung – [REDACTED-PHONE] " + std::to_string(dice()));
  record.parts = {made_part(made_text(bytes, dice)), made_part(""), made_part("ein Anhang, größe", "de")};
  record.parts[0].removed = {
      {{2, 5}, SpanReason::kAttribution}, {{5, 5}, SpanReason::kQuoted}, {{9, 11}, SpanReason::kListFooter}};
  for (uint32_t i = 0; i < chunks; ++i) record.chunks.push_back({{i, i + 7}, i == 1 ? 2U : 0U, 100 + i});
  return record;
}

void expect_stored(const StoredText& stored, const document::Record& record, uint32_t first_chunk) {
  EXPECT_EQ(stored.subject.text(), record.subject.text());
  EXPECT_EQ(stored.first_chunk, first_chunk);
  size_t next = 0;
  for (uint32_t at = 0; at < record.parts.size(); ++at) {
    if (record.parts[at].text.text().empty()) continue;
    ASSERT_LT(next, stored.parts.size());
    const StoredPart& part = stored.parts[next++];
    EXPECT_EQ(part.part, at);
    EXPECT_EQ(part.text.text(), record.parts[at].text.text());
    EXPECT_EQ(part.removed, record.parts[at].removed);
    EXPECT_EQ(part.language, record.parts[at].language);
  }
  EXPECT_EQ(next, stored.parts.size());
  ASSERT_EQ(stored.chunks.size(), record.chunks.size());
  for (size_t at = 0; at < record.chunks.size(); ++at) {
    EXPECT_EQ(stored.chunks[at].span, record.chunks[at].span);
    EXPECT_EQ(stored.chunks[at].part, record.chunks[at].part);
    EXPECT_EQ(stored.chunks[at].tokens, record.chunks[at].tokens);
  }
}

class TextFileTest : public testing::Test {
 protected:
  void write(const std::vector<document::Record>& records) {
    auto writer = TextWriter::create(path_);
    ASSERT_TRUE(writer.ok());
    for (const document::Record& record : records) ASSERT_TRUE((*writer)->append(record).ok());
    ASSERT_TRUE((*writer)->finish().ok());
  }
  std::shared_ptr<const TextReader> open() {
    auto opened = TextReader::open(path_);
    EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : opened.error().message);
    return opened.ok() ? *opened : nullptr;
  }
  Status open_and_check() {
    const auto opened = TextReader::open(path_);
    return opened.ok() ? (*opened)->check() : opened.error();
  }

  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_.path() / "texts";
  std::mt19937 dice_{11};
};

TEST_F(TextFileTest, GivesBackEveryRowFromAnyBlock) {
  std::vector<document::Record> records;
  for (int i = 0; i < 120; ++i) records.push_back(made_record(dice_() % 4, 20 + dice_() % 3000, dice_));
  records[7] = {};                                   // nothing in it
  records[50] = made_record(300, 200 << 10, dice_);  // longer than a block
  write(records);
  const auto reader = open();
  ASSERT_NE(reader, nullptr);
  ASSERT_EQ(reader->rows(), records.size());
  std::vector<uint32_t> first_chunk = {0};
  for (const auto& record : records)
    first_chunk.push_back(first_chunk.back() + static_cast<uint32_t>(record.chunks.size()));
  for (uint32_t turn = 0; turn < records.size(); ++turn) {
    const uint32_t row = turn * 37 % static_cast<uint32_t>(records.size());
    const Result<StoredText> stored = reader->read(row);
    ASSERT_TRUE(stored.ok()) << stored.error().message;
    expect_stored(*stored, records[row], first_chunk[row]);
  }
  EXPECT_TRUE(reader->check().ok());
}

TEST_F(TextFileTest, ARecordWhoseSpansLeaveTheTextIsRefusedAndNotWritten) {
  auto writer = TextWriter::create(path_);
  ASSERT_TRUE(writer.ok());
  const document::Record good = made_record(2, 100, dice_);
  document::Record record = good;
  record.chunks[1].span.end = 20;  // of 19 bytes
  EXPECT_EQ((*writer)->append(record).error().code, Code::kInvalidArgument);
  record = good;
  record.chunks[1].part = 1;  // has no text
  EXPECT_EQ((*writer)->append(record).error().code, Code::kInvalidArgument);
  record = good;
  record.parts[0].removed[2].span.end = 5000;
  EXPECT_EQ((*writer)->append(record).error().code, Code::kInvalidArgument);
  ASSERT_TRUE((*writer)->append(good).ok());
  ASSERT_TRUE((*writer)->finish().ok());
  const auto reader = open();
  ASSERT_EQ(reader->rows(), 1U);
  expect_stored(*reader->read(0), good, 0);
}

TEST_F(TextFileTest, AnEmptyFileHasNoRows) {
  write({});
  const auto reader = open();
  ASSERT_NE(reader, nullptr);
  EXPECT_EQ(reader->rows(), 0U);
  EXPECT_TRUE(reader->check().ok());
}

TEST_F(TextFileTest, TakesLessThanTheTextItself) {
  std::vector<document::Record> records;
  for (int i = 0; i < 200; ++i) records.push_back(made_record(2, 3000, dice_));
  write(records);
  EXPECT_LT(std::filesystem::file_size(path_), 200U * 3000 * 7 / 10);
}

TEST_F(TextFileTest, EveryFlippedBitIsFoundAndNamed) {
  write({made_record(2, 900, dice_), made_record(1, 17000, dice_), made_record(0, 100, dice_)});
  const std::string whole = bytes_of(path_);
  ASSERT_TRUE(open_and_check().ok());
  for (size_t at = 0; at < whole.size(); at += at < 64 || at + 300 > whole.size() ? 1 : 7) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << at % 8));
    put_bytes(path_, damaged);
    const Status status = open_and_check();
    ASSERT_FALSE(status.ok()) << "byte " << at << " of " << whole.size();
    EXPECT_THAT(status.error().message, HasSubstr(path_.string()));
  }
}

TEST_F(TextFileTest, DamageInOneBlockLeavesTheOthersReadable) {
  write({made_record(2, 17000, dice_), made_record(1, 17000, dice_)});
  std::string bytes = bytes_of(path_);
  bytes[100] ^= 1;
  put_bytes(path_, bytes);
  const auto reader = open();
  ASSERT_NE(reader, nullptr);
  const Result<StoredText> damaged = reader->read(0);
  ASSERT_FALSE(damaged.ok());
  EXPECT_EQ(damaged.error().code, Code::kCorrupt);
  EXPECT_THAT(damaged.error().message, HasSubstr("at byte 16"));
  EXPECT_TRUE(reader->read(1).ok());
}

TEST_F(TextFileTest, ACutFileIsRefused) {
  write({made_record(2, 900, dice_), made_record(1, 300, dice_)});
  const std::string whole = bytes_of(path_);
  for (size_t size = 0; size < whole.size(); size += 11) {
    put_bytes(path_, whole.substr(0, size));
    EXPECT_EQ(TextReader::open(path_).error().code, Code::kCorrupt) << size;
  }
}

TEST_F(TextFileTest, ANewerVersionIsToldFromDamage) {
  write({made_record(2, 900, dice_)});
  std::string bytes = bytes_of(path_);
  bytes[8] = 2;
  put_bytes(path_, bytes);
  EXPECT_EQ(TextReader::open(path_).error().code, Code::kUnsupported);
  EXPECT_EQ(TextReader::open(folder_.path() / "none").error().code, Code::kNotFound);
}

TEST(StoredTextCodec, VarintsOfAllLengthsComeBack) {
  std::string bytes;
  std::vector<uint64_t> values = {0, 1, 127, 128, UINT32_MAX, UINT64_MAX};
  for (int shift = 0; shift < 64; ++shift) values.push_back(uint64_t{1} << shift);
  for (const uint64_t value : values) append_varint(bytes, value);
  std::string_view rest = bytes;
  for (const uint64_t value : values) {
    uint64_t taken = 0;
    ASSERT_TRUE(take_varint(rest, taken));
    EXPECT_EQ(taken, value);
  }
  EXPECT_TRUE(rest.empty());
  for (const std::string& bad :
       {std::string(), std::string("\x80"), std::string(10, '\xFF'), std::string(11, '\x80')}) {
    std::string_view cut = bad;
    uint64_t taken = 0;
    EXPECT_FALSE(take_varint(cut, taken));
  }
}

std::string varints(std::initializer_list<uint64_t> values) {
  std::string bytes;
  for (const uint64_t value : values) append_varint(bytes, value);
  return bytes;
}

TEST(StoredTextCodec, HostileLengthsAndSpansAreRefused) {
  const auto refused = [](const std::string& bytes) {
    const auto text = decode_text(bytes, &SampleText::restore);
    return !text.ok() && text.error().code == Code::kCorrupt;
  };
  const std::string part = varints({0, 0, 3}) + "abc";  // part 0, no language, text of 3 bytes
  EXPECT_FALSE(refused(varints({0, 0, 0})));
  EXPECT_FALSE(refused(varints({0, 1}) + part + varints({1, 1, 2, 0, 1, 0, 0, 3, 9})));
  EXPECT_TRUE(refused("")) << "nothing";
  EXPECT_TRUE(refused(varints({0, 0, 0, 0}))) << "more than a message";
  EXPECT_TRUE(refused(varints({UINT64_MAX}))) << "a subject longer than the file";
  EXPECT_TRUE(refused(varints({1}) + "\xFF" + varints({0, 0}))) << "not UTF-8";
  EXPECT_TRUE(refused(varints({0, UINT32_MAX}))) << "more parts than bytes";
  EXPECT_TRUE(refused(varints({0, 0, UINT32_MAX}))) << "more chunks than bytes";
  EXPECT_TRUE(refused(varints({0, 1}) + part + varints({UINT32_MAX}))) << "more spans than bytes";
  EXPECT_TRUE(refused(varints({0, 1}) + part + varints({1, 1, 3, 0, 0}))) << "a span beyond the text";
  EXPECT_TRUE(refused(varints({0, 1}) + part + varints({1, UINT32_MAX, UINT32_MAX, 0, 0}))) << "a span that wraps";
  EXPECT_TRUE(refused(varints({0, 1}) + part + varints({1, 1, 1, 6, 0}))) << "a reason that is none";
  EXPECT_TRUE(refused(varints({0, 1}) + part + varints({0, 1, 0, 1, 3, 9}))) << "a chunk beyond its part";
  EXPECT_TRUE(refused(varints({0, 1}) + part + varints({0, 1, 4, 0, 3, 9}))) << "a chunk of no part";
  EXPECT_TRUE(refused(varints({0, 2}) + part + varints({0}) + part + varints({0, 0}))) << "a part twice";
}

}  // namespace
}  // namespace custos::index
