// Writes and reads texts as a segment would, and prints the CPU time:
//   text_bench FOLDER [TEXT_FILE]    TEXT_FILE is cut into messages of 3,000 bytes; without it words are made
#include <fmt/format.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <random>

#include "base/file.h"
#include "base/utf8.h"
#include "index/text_file.h"

namespace custos::index {
namespace {

constexpr size_t kTextBytes = 60'000'000;
constexpr size_t kMessageBytes = 3000;
constexpr int kReads = 2000;

class BenchText : public TextReader {
 public:
  using TextReader::restore;
};

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

std::string made_words() {
  std::mt19937 dice(1);
  std::string text;
  while (text.size() < kTextBytes) text += "word" + std::to_string(dice() % 5000) + ' ';
  return text;
}

std::vector<document::Record> records_of(const std::string& text) {
  std::vector<document::Record> records;
  for (size_t at = 0; at < kTextBytes; at += kMessageBytes) {
    document::Record record;
    record.subject = BenchText::restore("a subject");
    document::RecordPart part;
    part.text = BenchText::restore(utf8_repaired(text.substr(at % text.size(), kMessageBytes)));
    part.removed = {{{10, 20}, document::SpanReason::kQuoted}};
    record.chunks = {{{0, 800}, 0, 200}, {{700, 1500}, 0, 200}};
    record.parts.push_back(std::move(part));
    records.push_back(std::move(record));
  }
  return records;
}

Status run(const std::filesystem::path& path, const std::string& text) {
  const std::vector<document::Record> records = records_of(text);
  double begin = cpu_seconds();
  ASSIGN_OR_RETURN(const auto writer, TextWriter::create(path));
  for (const document::Record& record : records) RETURN_IF_ERROR(writer->append(record));
  RETURN_IF_ERROR(writer->finish());
  fmt::print("{} messages of {} bytes written in {:.3f} s CPU, {:.1f} MB\n", records.size(), kMessageBytes,
             cpu_seconds() - begin, static_cast<double>(std::filesystem::file_size(path)) / 1e6);
  ASSIGN_OR_RETURN(const auto reader, TextReader::open(path));
  std::mt19937 dice(2);
  begin = cpu_seconds();
  for (int i = 0; i < kReads; ++i) RETURN_IF_ERROR(reader->read(dice() % reader->rows()));
  fmt::print("one row read in {:.1f} us CPU\n", (cpu_seconds() - begin) * 1e6 / kReads);
  return {};
}

}  // namespace
}  // namespace custos::index

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::filesystem::path path = std::filesystem::path(argv[1]) / "bench.texts";
  const auto given = argc > 2 ? custos::read_file(argv[2], uint64_t{1} << 30)
                              : custos::Result<std::string>(custos::index::made_words());
  const custos::Status status = given.ok() ? custos::index::run(path, *given) : custos::Status(given.error());
  std::filesystem::remove(path);
  if (!status.ok()) fmt::print(stderr, "{}\n", status.error().message);
  return status.ok() ? 0 : 1;
}
