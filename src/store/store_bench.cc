// Publishes 30,000 invented messages in batches of 8,192, with six participants and six thread keys each, and prints
// the CPU time: store_bench FOLDER
#include <fmt/format.h>

#include <ctime>
#include <filesystem>
#include <random>

#include "store/sample_archive.h"

namespace custos::store {
namespace {

constexpr int kMessages = 30'000;
constexpr int kBatch = 8'192;

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

document::Record bench_record(int number, std::mt19937_64& random) {
  document::Record record = sample_record(number, static_cast<uint64_t>(number) * 3000);
  record.place.end = record.place.begin + 3000;
  for (int at = 0; at < 3; ++at) {
    record.cc.push_back({"Person", "p" + std::to_string(random() % 20'000) + "@example.com"});
  }
  record.thread_keys.own = {random(), random(), static_cast<uint64_t>(number) * 7919};
  record.thread_keys.links = {random(), random(), static_cast<uint64_t>(number - number % 5) * 7919};
  return record;
}

Status run(const std::filesystem::path& folder) {
  ArchiveOptions options;
  options.key_file = folder / "bench.key";
  RETURN_IF_ERROR(Archive::create(folder / "archive", options, ""));
  ASSIGN_OR_RETURN(const auto archive, Archive::open_for_writing(folder / "archive", options));
  ASSIGN_OR_RETURN(const SourceId source, archive->register_source("/bench"));
  ASSIGN_OR_RETURN(const BlockSealer sealer, archive->sealer());
  ASSIGN_OR_RETURN(const SealedBlock block, sealer.seal(std::string(1 << 20, 'x')));
  std::mt19937_64 random(1);
  double adding = 0;
  double publishing = 0;
  for (int begin = 0; begin < kMessages; begin += kBatch) {
    std::vector<document::Record> records;
    for (int at = begin; at < std::min(begin + kBatch, kMessages); ++at) records.push_back(bench_record(at, random));
    const double start = cpu_seconds();
    ASSIGN_OR_RETURN(const auto publication, archive->begin_publication({}));
    ASSIGN_OR_RETURN(const BlockRef ref, publication->add_block(block));
    for (document::Record& record : records) {
      ASSIGN_OR_RETURN(const Added added, publication->add_message(record, {source}, {ref, 0, 3000}));
      static_cast<void>(added);
    }
    const double added_at = cpu_seconds();
    RETURN_IF_ERROR(publication->publish());
    adding += added_at - start;
    publishing += cpu_seconds() - added_at;
  }
  const auto bytes = std::filesystem::file_size(folder / "archive" / "catalog.sqlite");
  fmt::print("{} messages: add {:.3f} s, publish {:.3f} s CPU; {:.1f} us a message; catalog {} bytes a message\n",
             kMessages, adding, publishing, (adding + publishing) * 1e6 / kMessages, bytes / kMessages);
  return {};
}

}  // namespace
}  // namespace custos::store

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const custos::Status done = custos::store::run(arguments[1]);
  if (!done.ok()) fmt::print(stderr, "{}\n", done.error().message);
  return done.ok() ? 0 : 1;
}
