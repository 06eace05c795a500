// A short fuzz run for every build: a module's *_fuzz.cc with this main instead of libFuzzer's. It feeds files, and
// what becomes of them when they are cut, doubled, mixed and damaged, for some seconds; the same each time.
//
// usage: NAME_fuzz SECONDS FILE_OR_FOLDER…
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr size_t kSeedBytesMax = 16 << 10;

std::vector<std::string> read_seeds(int count, char** paths) {
  std::vector<std::string> seeds = {"", "\n", "{}", "From a@b Tue May 14 12:00:00 2024\n\n", std::string(300, '(')};
  for (int i = 0; i < count; ++i) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(paths[i])) {
      if (!entry.is_regular_file()) continue;
      std::ifstream stream(entry.path(), std::ios::binary);
      std::string bytes((std::istreambuf_iterator<char>(stream)), {});
      seeds.push_back(bytes.substr(0, kSeedBytesMax));
    }
  }
  return seeds;
}

void damage(std::string& input, std::mt19937& dice, const std::vector<std::string>& seeds) {
  const auto below = [&](size_t bound) { return bound == 0 ? 0 : dice() % bound; };
  switch (dice() % 6) {
    case 0: input.resize(below(input.size() + 1)); break;
    case 1: input.insert(below(input.size() + 1), input.substr(below(input.size()), 64)); break;
    case 2: input.insert(below(input.size() + 1), 1 + below(40), static_cast<char>(dice())); break;
    case 3: input += seeds[below(seeds.size())].substr(0, 512); break;
    case 4: input.erase(below(input.size()), below(64)); break;
    default:
      for (int i = 0; i < 8 && !input.empty(); ++i) input[below(input.size())] = static_cast<char>(dice());
  }
}

void feed(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::vector<std::string> seeds = read_seeds(argc - 2, argv + 2);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(std::atoi(argv[1]));
  std::mt19937 dice(1);
  uint64_t runs = 0;
  for (; runs < seeds.size() || std::chrono::steady_clock::now() < end; ++runs) {
    std::string input = seeds[runs < seeds.size() ? runs : dice() % seeds.size()];
    for (uint32_t i = runs < seeds.size() ? 0 : 1 + dice() % 4; i > 0; --i) damage(input, dice, seeds);
    feed(input);
  }
  std::printf("%llu inputs\n", static_cast<unsigned long long>(runs));
}
