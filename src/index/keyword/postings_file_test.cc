#include "index/keyword/file/postings_file.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "base/file.h"
#include "index/keyword/file/block_codec.h"
#include "index/keyword/file/postings_cursor.h"
#include "index/keyword/testing/sample_index.h"
#include "index/postings_reader.h"

namespace custos::index {
namespace {

class PostingsFileTest : public testing::Test {
 protected:
  void SetUp() override {
    path_ =
        std::filesystem::temp_directory_path() /
        fmt::format("custos-postings-{}-{}", ::getpid(), testing::UnitTest::GetInstance()->current_test_info()->name());
  }
  void TearDown() override { std::filesystem::remove(path_); }

  void write(const SampleSegment& rows) { ASSERT_TRUE(write_sample(rows, path_).ok()); }
  void overwrite(const std::string& bytes) { std::ofstream(path_, std::ios::binary) << bytes; }

  std::filesystem::path path_;
};

SampleSegment many_rows(uint32_t count) {
  SampleSegment rows;
  for (uint32_t i = 0; i < count; ++i) {
    SampleRow row;
    std::string text = "common";
    if (i % 3 == 0) text += " third third";
    if (i % 200 == 7) text += " rare";
    row.texts = {{Field::kAuthored, text, "en"}, {Field::kSubject, i % 5 == 0 ? "common" : "", "en"}};
    row.numbers = {{Field::kTo, i % 2}, {Field::kTo, i % 2}};
    row.date = i;
    rows.push_back(std::move(row));
  }
  return rows;
}

TEST_F(PostingsFileTest, CursorsSeekOverBlocks) {
  write(many_rows(1000));
  const auto reader = PostingsReader::open(path_);
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ((*reader)->rows(), 1000u);
  EXPECT_EQ((*reader)->dates()[999], 999);
  const auto& file = static_cast<const PostingsFile&>(**reader);
  const auto entry = file.dictionary().find(word_key("third"));
  ASSERT_EQ(entry->rows, 334u);
  Failure failure;
  PostingsCursor cursor(file, *entry, failure);
  for (const uint32_t target : {1u, 3u, 4u, 500u, 998u, 999u}) {
    cursor.seek(target);
    EXPECT_EQ(cursor.row(), (target + 2) / 3 * 3);
    EXPECT_EQ(cursor.frequency()[0], 2u);
    std::vector<uint32_t> positions;
    cursor.positions(Field::kAuthored, positions);
    EXPECT_EQ(positions, (std::vector<uint32_t>{1, 2}));
  }
  cursor.seek(1000);
  EXPECT_EQ(cursor.row(), kNoRow);
  EXPECT_TRUE(failure.status().ok());
  EXPECT_EQ(file.dictionary().find(number_key(Field::kTo, 1))->rows, 500u);
  EXPECT_EQ(file.dictionary().find(word_key("thirds"))->rows, 0u);
}

// As in a message of several parts: each has what its author wrote, and what he quoted.
TEST_F(PostingsFileTest, AWordThatComesBackToAFieldHasItsPositionsTogether) {
  SampleRow row;
  row.texts = {{Field::kSubject, "gas", ""},
               {Field::kAuthored, "gas price gas", ""},
               {Field::kQuoted, "old gas", ""},
               {Field::kAuthored, "more gas", ""},
               {Field::kQuoted, "gas", ""}};
  write({{}, row, row});
  const auto reader = PostingsReader::open(path_);
  ASSERT_TRUE(reader.ok());
  const auto& file = static_cast<const PostingsFile&>(**reader);
  Failure failure;
  PostingsCursor cursor(file, *file.dictionary().find(word_key("gas")), failure);
  for (const uint32_t target : {1u, 2u}) {
    cursor.seek(target);
    ASSERT_EQ(cursor.row(), target);
    EXPECT_EQ(cursor.frequency()[static_cast<size_t>(Field::kAuthored)], 3u);
    EXPECT_EQ(cursor.frequency()[static_cast<size_t>(Field::kQuoted)], 2u);
    EXPECT_EQ(cursor.frequency()[static_cast<size_t>(Field::kSubject)], 1u);
    std::vector<uint32_t> authored, quoted;
    cursor.positions(Field::kAuthored, authored);
    cursor.positions(Field::kQuoted, quoted);
    EXPECT_EQ(authored, (std::vector<uint32_t>{0, 2, 3 + kValueGap + 1}));
    EXPECT_EQ(quoted, (std::vector<uint32_t>{1, 2 + kValueGap}));
  }
  EXPECT_TRUE(failure.status().ok());
}

TEST_F(PostingsFileTest, TheDictionaryFindsEveryTermAndNoOther) {
  SampleSegment rows(1);
  std::string text;
  for (int i = 0; i < 5000; ++i) text += fmt::format("w{} ", i * 7);
  rows[0].texts = {{Field::kAuthored, text, ""}};
  write(rows);
  const auto reader = PostingsReader::open(path_);
  const auto& dictionary = static_cast<const PostingsFile&>(**reader).dictionary();
  for (int i = 0; i < 35000; ++i) {
    ASSERT_EQ(dictionary.find(word_key(fmt::format("w{}", i)))->rows, i % 7 == 0 ? 1u : 0u) << i;
  }
  int visited = 0;
  ASSERT_TRUE(dictionary
                  .for_each(word_key("w34"),
                            [&](std::string_view key, const TermEntry&) {
                              EXPECT_TRUE(key.starts_with(word_key("w34")));
                              ++visited;
                              return true;
                            })
                  .ok());
  int expected = 0;
  for (int i = 0; i < 5000; ++i) expected += fmt::format("w{}", i * 7).starts_with("w34") ? 1 : 0;
  EXPECT_EQ(visited, expected);
}

TEST_F(PostingsFileTest, EveryFlippedBitIsDetected) {
  write(many_rows(300));
  const auto whole = read_file(path_, 1 << 24);
  ASSERT_TRUE(whole.ok());
  std::mt19937 dice(1);
  for (int i = 0; i < 400; ++i) {
    std::string bytes = *whole;
    const size_t at = i < 200 ? dice() % bytes.size() : bytes.size() - 1 - static_cast<size_t>(i - 200);
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << dice() % 8));
    overwrite(bytes);
    const auto reader = PostingsReader::open(path_);
    const Status status = reader.ok() ? (*reader)->check() : Status(reader.error());
    ASSERT_FALSE(status.ok()) << "byte " << at;
    EXPECT_NE(status.error().message.find(path_.string()), std::string::npos);
  }
}

TEST_F(PostingsFileTest, DamageIsNotServed) {
  write(many_rows(20000));
  std::string bytes = *read_file(path_, 1 << 26);
  bytes[bytes.size() / 20] ^= 1;  // among the postings
  overwrite(bytes);
  const auto reader = PostingsReader::open(path_);
  ASSERT_TRUE(reader.ok());
  Query query;
  query.kind = Query::Kind::kOr;
  for (const char* text : {"common", "third", "rare"}) {
    query.children.emplace_back().kind = Query::Kind::kWord;
    query.children.back().text = text;
  }
  const auto found = KeywordSearch({*reader}).best(query, {}, 10);
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, Code::kCorrupt);
}

TEST_F(PostingsFileTest, CutAndForeignFilesAreRefused) {
  write(many_rows(50));
  const std::string whole = *read_file(path_, 1 << 24);
  for (size_t size = 0; size < whole.size(); size += 97) {
    overwrite(whole.substr(0, size));
    ASSERT_EQ(PostingsReader::open(path_).error().code, Code::kCorrupt) << size;
  }
  std::string newer = whole;
  newer[8] = 9;
  overwrite(newer);
  EXPECT_EQ(PostingsReader::open(path_).error().code, Code::kUnsupported);
  EXPECT_EQ(PostingsReader::open(path_.string() + ".none").error().code, Code::kNotFound);
}

TEST_F(PostingsFileTest, OnlySpansAreIndexed) {
  const auto writer = PostingsWriter::create(path_);
  const auto text = stage::Redactor::make("keep this drop that keep more");
  const std::vector<document::Span> spans = {{0, 9}, {20, 29}};
  (*writer)->add_text(Field::kAuthored, text, spans, "");
  ASSERT_TRUE((*writer)->end_row().ok());
  EXPECT_EQ((*writer)->rows(), 1u);
  ASSERT_TRUE((*writer)->finish().ok());
  const auto reader = PostingsReader::open(path_);
  const auto& file = static_cast<const PostingsFile&>(**reader);
  EXPECT_EQ(file.terms(), 3u);
  EXPECT_EQ(file.footer().words[0], 4u);
  EXPECT_EQ(file.dates()[0], INT64_MIN);
}

TEST(BlockCodecTest, AnyBlockComesBack) {
  std::mt19937 dice(3);
  for (int round = 0; round < 300; ++round) {
    PostingsBlock block, read;
    block.count = 1 + dice() % kBlockRows;
    uint32_t row = 0;
    size_t frequencies = 0;
    const uint32_t step = 1u << dice() % 20;
    const bool same = dice() % 2 == 0;
    for (uint32_t i = 0; i < block.count; ++i) {
      block.rows[i] = row + dice() % step;
      row = block.rows[i] + 1;
      block.fields[i] = static_cast<uint8_t>(same ? 5 : 1 + dice() % 15);
      for (int bit = 0; bit < std::popcount(block.fields[i]); ++bit) {
        block.frequency[frequencies++] = 1 + dice() % (1u << dice() % 32);
      }
    }
    std::string bytes;
    encode_block(block, kNoRow, true, bytes);
    const size_t size = bytes.size();
    bytes.append(8, '\x55');
    size_t used = 0;
    const std::string_view packed = std::string_view(bytes).substr(0, size);
    ASSERT_TRUE(decode_rows(packed, kNoRow, block.count, row, read, used));
    ASSERT_TRUE(decode_frequencies(packed.substr(used), read));
    ASSERT_TRUE(std::equal(block.rows.begin(), block.rows.begin() + block.count, read.rows.begin()));
    ASSERT_TRUE(std::equal(block.fields.begin(), block.fields.begin() + block.count, read.fields.begin()));
    ASSERT_TRUE(std::equal(block.frequency.begin(), block.frequency.begin() + static_cast<long>(frequencies),
                           read.frequency.begin()));
    ASSERT_FALSE(decode_rows(packed, kNoRow, block.count, row - 1, read, used)) << "a row too many";
  }
}

TEST(LengthCodeTest, IsExactForShortFieldsAndNearForLongOnes) {
  for (uint32_t length = 0; length < 40; ++length) EXPECT_EQ(decode_length(encode_length(length)), length);
  for (uint32_t length = 40; length < 4000000; length += 1 + length / 9) {
    const uint32_t read = decode_length(encode_length(length));
    EXPECT_LE(read, length);
    EXPECT_GE(read, length - length / 8);
  }
}

}  // namespace
}  // namespace custos::index
