// Scans a million made vectors of width 384 on one core, whole and filtered, and measures how rounding changes results:
//   vector_bench FOLDER [VECTORS]               times; FOLDER is for the file of 0.8 GB
//   vector_bench FOLDER recall VECTORS.f32 QUERIES.f32   recall@10 on real vectors, 384 little-endian floats each
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <random>
#include <string_view>

#include "base/file.h"
#include "index/vector/mapped_vectors.h"

namespace custos::index {
namespace {

constexpr uint32_t kWidth = 384;
constexpr uint32_t kLimit = 10;
constexpr int kRounds = 21;

void normalise(std::span<float> vector) {
  const float inverse = *inverse_length(vector);
  for (float& value : vector) value *= inverse;
}

// Around 1,000 centres, as texts lie around subjects.
class MadeVectors {
 public:
  MadeVectors() : centres_(1000 * kWidth) {
    for (float& value : centres_) value = normal_(dice_);
  }
  std::span<const float> next() {
    const size_t centre = dice_() % 1000 * kWidth;
    for (uint32_t i = 0; i < kWidth; ++i) vector_[i] = centres_[centre + i] + noise();
    normalise(vector_);
    return vector_;
  }

 private:
  // The sum of a few uniform numbers: near enough to normal, and quick.
  float noise() {
    const uint64_t bits = dice_();
    const auto part = [&](int shift) { return static_cast<float>(bits >> shift & 0xFFFF) / 65536 - 0.5F; };
    return 1.4F * (part(0) + part(16) + part(32) + part(48));
  }

  std::mt19937_64 dice_{1};
  std::normal_distribution<float> normal_;
  std::vector<float> centres_;
  std::vector<float> vector_ = std::vector<float>(kWidth);
};

double milliseconds(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
}

// By the clock on the wall, and by that of the CPU, which others on the machine disturb less.
void print_times(std::string_view name, const std::function<void()>& run) {
  std::vector<double> wall;
  std::vector<double> cpu;
  for (int round = 0; round < kRounds; ++round) {
    const double wall_begin = milliseconds(CLOCK_MONOTONIC);
    const double cpu_begin = milliseconds(CLOCK_THREAD_CPUTIME_ID);
    run();
    cpu.push_back(milliseconds(CLOCK_THREAD_CPUTIME_ID) - cpu_begin);
    wall.push_back(milliseconds(CLOCK_MONOTONIC) - wall_begin);
  }
  const double first = wall.front();
  std::sort(wall.begin(), wall.end());
  std::sort(cpu.begin(), cpu.end());
  fmt::print(
      "{:<24} wall ms: median {:7.2f} min {:7.2f} max {:7.2f} first {:7.2f}   cpu ms: median {:7.2f} min {:7.2f}\n",
      name, wall[wall.size() / 2], wall.front(), wall.back(), first, cpu[cpu.size() / 2], cpu.front());
}

Status write_vectors(const std::filesystem::path& path, uint32_t count,
                     const std::function<std::span<const float>()>& next) {
  ASSIGN_OR_RETURN(const auto writer, VectorWriter::create(path, kWidth, "bench"));
  for (uint32_t row = 0; row < count; ++row) RETURN_IF_ERROR(writer->append(next(), row));
  return writer->finish();
}

Status time_scans(const std::filesystem::path& path, uint32_t count) {
  MadeVectors made;
  RETURN_IF_ERROR(write_vectors(path, count, [&] { return made.next(); }));
  const std::vector<float> query(made.next().begin(), made.next().end());
  std::vector<VectorHit> hits;
  const double open_begin = milliseconds(CLOCK_MONOTONIC);
  ASSIGN_OR_RETURN(const auto reader, VectorReader::open(path));
  fmt::print("{} vectors, opened in {:.2f} ms\n", count, milliseconds(CLOCK_MONOTONIC) - open_begin);
  for (const NamedKernel& kernel : dot_kernels()) {
    if (!kernel.supported) continue;
    ASSIGN_OR_RETURN(VectorMap map, VectorMap::open(path));
    const MappedVectors vectors(std::move(map), kernel.dots);
    print_times(kernel.name, [&] { vectors.search(query, nullptr, kLimit, hits); });
  }
  std::mt19937 dice(2);
  for (const double share : {0.001, 0.01, 0.1, 0.5, 1.0}) {
    RowSet allowed(count);
    for (uint32_t row = 0; row < count; ++row) {
      if (static_cast<double>(dice()) < share * 4294967296.0) allowed.add(row);
    }
    print_times(fmt::format("random rows, {:.1f} %", share * 100),
                [&] { reader->search(query, &allowed, kLimit, hits); });
  }
  RowSet month(count);
  for (uint32_t row = count / 2; row < count / 2 + count / 100; ++row) month.add(row);
  print_times("rows in one piece, 1 %", [&] { reader->search(query, &month, kLimit, hits); });
  return reader->damage();
}

Result<std::vector<float>> read_floats(const char* path) {
  ASSIGN_OR_RETURN(const std::string bytes, read_file(path, uint64_t{4} << 30));
  std::vector<float> floats(bytes.size() / sizeof(float) / kWidth * kWidth);
  std::copy_n(bytes.data(), floats.size() * sizeof(float), reinterpret_cast<char*>(floats.data()));
  return floats;
}

// The `kLimit` best vectors by fp32, summed in double.
std::vector<uint32_t> exact_best(std::span<const float> vectors, std::span<const float> query) {
  std::vector<std::pair<double, uint32_t>> scores;
  for (uint32_t at = 0; at < vectors.size() / kWidth; ++at) {
    double dot = 0;
    for (uint32_t i = 0; i < kWidth; ++i)
      dot += static_cast<double>(vectors[at * kWidth + i]) * static_cast<double>(query[i]);
    scores.emplace_back(-dot, at);
  }
  std::partial_sort(scores.begin(), scores.begin() + kLimit, scores.end());
  std::vector<uint32_t> best;
  for (uint32_t i = 0; i < kLimit; ++i) best.push_back(scores[i].second);
  return best;
}

Status measure_recall(const std::filesystem::path& path, const char* vectors_path, const char* queries_path) {
  ASSIGN_OR_RETURN(const std::vector<float> vectors, read_floats(vectors_path));
  ASSIGN_OR_RETURN(const std::vector<float> queries, read_floats(queries_path));
  const std::span<const float> all(vectors);
  const auto count = static_cast<uint32_t>(vectors.size() / kWidth);
  size_t next = 0;
  RETURN_IF_ERROR(write_vectors(path, count, [&] { return all.subspan(kWidth * next++, kWidth); }));
  ASSIGN_OR_RETURN(const auto reader, VectorReader::open(path));
  uint64_t found = 0;
  uint64_t same_order = 0;
  double worst = 0;
  for (size_t at = 0; at < queries.size(); at += kWidth) {
    const auto query = std::span<const float>(queries).subspan(at, kWidth);
    const std::vector<uint32_t> best = exact_best(all, query);
    std::vector<VectorHit> hits;
    reader->search(query, nullptr, kLimit, hits);
    std::vector<uint32_t> numbers;
    for (const VectorHit& hit : hits) {
      numbers.push_back(hit.vector);
      found += std::count(best.begin(), best.end(), hit.vector);
      double dot = 0;
      for (uint32_t i = 0; i < kWidth; ++i) {
        dot += static_cast<double>(vectors[hit.vector * kWidth + i]) * static_cast<double>(query[i]);
      }
      worst = std::max(worst, std::fabs(dot - static_cast<double>(hit.cosine)));
    }
    same_order += static_cast<uint64_t>(numbers == best);
  }
  const auto asked = static_cast<double>(queries.size() / kWidth);
  fmt::print("{} vectors, {} queries: recall@{} {:.5f}, the same order {:.4f}, largest error of a cosine {:.2g}\n",
             count, asked, kLimit, static_cast<double>(found) / (asked * kLimit),
             static_cast<double>(same_order) / asked, worst);
  return reader->damage();
}

}  // namespace
}  // namespace custos::index

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::filesystem::path path = std::filesystem::path(argv[1]) / "bench.vectors";
  const bool recall = argc == 5 && std::string_view(argv[2]) == "recall";
  const custos::Status status =
      recall ? custos::index::measure_recall(path, argv[3], argv[4])
             : custos::index::time_scans(path, argc > 2 ? static_cast<uint32_t>(std::atoi(argv[2])) : 1'000'000);
  std::filesystem::remove(path);
  if (!status.ok()) fmt::print(stderr, "{}\n", status.error().message);
  return status.ok() ? 0 : 1;
}
