#include "sink/sink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "columns/sample_records.h"
#include "sink/parquet/part_name.h"

namespace custos::sink {
namespace {

namespace fs = std::filesystem;
using columns::sample_record;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// What a reader of the sink's target sees: the ids of its rows.
class SinkContract : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "custos-sink-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string spec() const {
    return GetParam() == "parquet" ? "parquet=" + (folder_ / "out").string()
                                   : "jsonl=" + (folder_ / "out.jsonl").string();
  }
  std::unique_ptr<Sink> open(uint64_t committed, const std::string& owner = "a1") const {
    auto sink = open_sink(spec(), {.owner = owner, .committed = committed});
    EXPECT_TRUE(sink.ok()) << sink.error().message;
    return std::move(sink).value();
  }
  static void append(Sink& sink, std::initializer_list<uint32_t> numbers) {
    for (const uint32_t number : numbers) {
      const Status status = sink.append(sample_record(number), {.thread = "t"});
      ASSERT_TRUE(status.ok()) << status.error().message;
    }
  }
  std::vector<std::string> visible() const { return GetParam() == "parquet" ? parquet_ids() : jsonl_ids(); }

  fs::path folder_;

 private:
  std::vector<std::string> parquet_ids() const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder_ / "out")) {
      if (!entry.path().filename().string().starts_with('.')) files.push_back(entry.path());
    }
    std::ranges::sort(files);
    std::vector<std::string> ids;
    for (const fs::path& file : files) {
      auto reader = columns::RecordReader::open(file);
      if (!reader.ok()) return {reader.error().message};
      const auto read = (*reader)->ids();
      if (!read.ok()) return {read.error().message};
      ids.insert(ids.end(), read->begin(), read->end());
    }
    return ids;
  }
  std::vector<std::string> jsonl_ids() const {
    std::ifstream file(folder_ / "out.jsonl");
    std::vector<std::string> ids;
    for (std::string line; std::getline(file, line);) ids.push_back(line.substr(7, line.find('"', 7) - 7));
    return ids;
  }
};

TEST_P(SinkContract, RowsOfACommitAreThereAfterTheCheckpoint) {
  auto sink = open(0);
  append(*sink, {1, 2});
  ASSERT_TRUE(sink->checkpoint(1).ok());
  EXPECT_THAT(visible(), ElementsAre("m-1", "m-2"));
  append(*sink, {3});
  ASSERT_TRUE(sink->checkpoint(2).ok());
  ASSERT_TRUE(sink->finish().ok());
  EXPECT_THAT(visible(), ElementsAre("m-1", "m-2", "m-3"));
  EXPECT_EQ(sink->rows(), 3U);
  EXPECT_EQ(sink->spec(), spec());
}

TEST_P(SinkContract, RowsOfNoCommitAreDropped) {
  auto sink = open(0);
  append(*sink, {1});
  ASSERT_TRUE(sink->checkpoint(1).ok());
  append(*sink, {2});
  ASSERT_TRUE(sink->finish().ok());
  EXPECT_THAT(visible(), ElementsAre("m-1"));
}

TEST_P(SinkContract, ASecondRunAddsAndOverwritesNothing) {
  {
    auto sink = open(0);
    append(*sink, {1});
    ASSERT_TRUE(sink->checkpoint(1).ok());
    ASSERT_TRUE(sink->finish().ok());
  }
  auto sink = open(1);
  append(*sink, {2});
  ASSERT_TRUE(sink->checkpoint(2).ok());
  ASSERT_TRUE(sink->finish().ok());
  EXPECT_THAT(visible(), ElementsAre("m-1", "m-2"));
}

TEST_P(SinkContract, KilledAfterTheCheckpointAndBeforeTheCommitReplaysOnce) {
  {
    auto sink = open(0);
    append(*sink, {1});
    ASSERT_TRUE(sink->checkpoint(1).ok());
    append(*sink, {2, 3});
    ASSERT_TRUE(sink->checkpoint(2).ok());
  }
  auto sink = open(1);  // the catalog has commit 1 only
  EXPECT_THAT(visible(), ElementsAre("m-1"));
  append(*sink, {2});  // the batch's edge may lie elsewhere now
  ASSERT_TRUE(sink->checkpoint(2).ok());
  append(*sink, {3});
  ASSERT_TRUE(sink->checkpoint(3).ok());
  ASSERT_TRUE(sink->finish().ok());
  EXPECT_THAT(visible(), ElementsAre("m-1", "m-2", "m-3"));
}

TEST_P(SinkContract, KilledBeforeAnyCommitLeavesNothing) {
  {
    auto sink = open(0);
    append(*sink, {1});
    ASSERT_TRUE(sink->checkpoint(1).ok());
  }
  auto sink = open(0);
  EXPECT_THAT(visible(), ElementsAre());
}

TEST_P(SinkContract, AnEmptyCommitIsFine) {
  auto sink = open(0);
  ASSERT_TRUE(sink->checkpoint(1).ok());
  append(*sink, {1});
  ASSERT_TRUE(sink->checkpoint(2).ok());
  EXPECT_THAT(visible(), ElementsAre("m-1"));
}

TEST_P(SinkContract, AnotherArchivesRowsAreLeftAlone) {
  {
    auto first = open(0, "a1");
    append(*first, {1});
    ASSERT_TRUE(first->checkpoint(1).ok());
    ASSERT_TRUE(first->finish().ok());
  }
  auto second = open(0, "b2");
  append(*second, {2});
  ASSERT_TRUE(second->checkpoint(1).ok());
  ASSERT_TRUE(second->finish().ok());
  EXPECT_THAT(visible(), ElementsAre("m-1", "m-2"));
}

// A file may grow to `bytes` and no further, as on a disk that is full.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  void (*handler_)(int);
  rlimit before_{};
};

TEST_P(SinkContract, AFullDiskIsAnErrorThatNamesTheFileAndKeepsEarlierCommits) {
  auto sink = open(0);
  append(*sink, {1});
  ASSERT_TRUE(sink->checkpoint(1).ok());
  Status status;
  {
    const FullDisk full(16 << 10);
    for (uint32_t number = 2; number < 900 && status.ok(); ++number) status = sink->append(sample_record(number), {});
    if (status.ok()) status = sink->checkpoint(2);
  }
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, Code::kIo);
  EXPECT_THAT(status.error().message, HasSubstr(folder_.string()));
  sink.reset();
  sink = open(1);
  EXPECT_THAT(visible(), ElementsAre("m-1"));
}

INSTANTIATE_TEST_SUITE_P(Sinks, SinkContract, ::testing::Values("parquet", "jsonl"),
                         [](const auto& each) { return each.param; });

TEST(OpenSink, NamesTheKindsThereAre) {
  for (const char* spec : {"csv=x", "parquet", "parquet=", "", "jsonl="}) {
    const auto sink = open_sink(spec, {});
    ASSERT_FALSE(sink.ok()) << spec;
    EXPECT_EQ(sink.error().code, Code::kInvalidArgument);
    EXPECT_THAT(sink.error().message, HasSubstr("jsonl=FILE"));
  }
  EXPECT_FALSE(open_sink("jsonl=/dev/null", {.owner = "../x"}).ok());
}

TEST(OpenSink, TheDiskThatIsFullIsNamed) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  auto sink = open_sink("jsonl=/dev/full", {});
  ASSERT_TRUE(sink.ok()) << sink.error().message;
  ASSERT_TRUE((*sink)->append(sample_record(1), {}).ok());
  const Status status = (*sink)->checkpoint(1);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr("No space left on device"));
}

TEST(PartName, IsReadAsItIsWritten) {
  const PartName name{.owner = "a1", .sequence = 12, .piece = 3};
  EXPECT_EQ(name.file_name(), "part-a1-0000000012-3.parquet");
  EXPECT_EQ(PartName::parse(name.file_name(), "a1"), name);
  EXPECT_EQ(PartName::parse("part-0000000001.parquet", ""), (PartName{.owner = "", .sequence = 1}));
  for (const char* other : {"part-a1-12.parquet", "part-b2-0000000012.parquet", "part-00000.parquet", "x"}) {
    EXPECT_FALSE(PartName::parse(other, "a1")) << other;
  }
  EXPECT_FALSE(PartName::parse("part-0000000012.parquet", "a1"));
}

TEST(ParquetParts, RollAndAnEarlierAttemptsExtraPiecesGo) {
  std::string name = (fs::temp_directory_path() / "custos-sink-XXXXXX").string();
  const fs::path folder = mkdtemp(name.data());
  const auto files = [&] { return std::distance(fs::directory_iterator(folder), fs::directory_iterator()); };
  for (const uint32_t rows : {5U, 3U}) {
    auto sink = open_sink("parquet=" + folder.string(), {.part_rows_max = 2});
    ASSERT_TRUE(sink.ok());
    for (uint32_t number = 0; number < rows; ++number) ASSERT_TRUE((*sink)->append(sample_record(number), {}).ok());
    ASSERT_TRUE((*sink)->checkpoint(1).ok());
    ASSERT_TRUE((*sink)->finish().ok());
    EXPECT_EQ(files(), (rows + 1) / 2);
  }
  fs::remove_all(folder);
}

TEST(JsonLines, HasTheTableOfRecordFirst) {
  std::string name = (fs::temp_directory_path() / "custos-sink-XXXXXX").string();
  const fs::path folder = mkdtemp(name.data());
  {
    auto sink = open_sink("jsonl=" + (folder / "a.jsonl").string(), {});
    ASSERT_TRUE(sink.ok());
    ASSERT_TRUE((*sink)->append(columns::record_of_text("001", "Hi \"there\""), {}).ok());
    ASSERT_TRUE((*sink)->checkpoint(1).ok());
  }
  std::ifstream file(folder / "a.jsonl");
  std::string line;
  std::getline(file, line);
  EXPECT_TRUE(
      line.starts_with(R"({"id":"001","redacted":"Hi \"there\"","tokens":["Hi","\"there\""],"message_id":null,)"))
      << line;
  fs::remove_all(folder);
}

}  // namespace
}  // namespace custos::sink
