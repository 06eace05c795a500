// Speed of the encoder, without loading and JSON.
//
// usage: encoder_bench MODEL_FOLDER TEXTS [--threads N] [--tokens N] [--instructions
// portable|avx2|avx512|avx512bf16|amx]
//                      [--vectors FILE]
// TEXTS: texts, each ended by a NUL byte. Reads orders on stdin, one a line, and answers each with a line:
//   all   embeds every text, N threads with a session each, and prints the seconds; --vectors writes what came of it
//   each  embeds one text at a time, and prints the median and the 99th percentile of the milliseconds
//   ids   prints each text's token ids, a line a text, without special ones
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <thread>

#include "model/encoder.h"

namespace custos::model {
namespace {

constexpr size_t kTextsAtOnce = 16;

struct Options {
  std::string folder, texts, vectors;
  unsigned threads = std::thread::hardware_concurrency();
  EncoderOptions encoder;
};

[[noreturn]] void fail(const std::string& what) {
  std::cerr << "encoder_bench: " << what << '\n';
  std::exit(1);
}

Options read_options(int argc, char** argv) {
  static const std::map<std::string, InstructionSet> kSets = {{"portable", InstructionSet::kPortable},
                                                              {"avx2", InstructionSet::kAvx2},
                                                              {"avx512", InstructionSet::kAvx512},
                                                              {"avx512bf16", InstructionSet::kAvx512Bf16},
                                                              {"amx", InstructionSet::kAmx}};
  if (argc < 3)
    fail("usage: encoder_bench MODEL_FOLDER TEXTS [--threads N] [--tokens N] [--instructions SET] [--vectors FILE]");
  Options options{.folder = argv[1], .texts = argv[2]};
  for (int i = 3; i + 1 < argc; i += 2) {
    const std::string name = argv[i], value = argv[i + 1];
    if (name == "--threads") options.threads = static_cast<unsigned>(std::stoul(value));
    if (name == "--tokens") options.encoder.tokens_max = static_cast<uint32_t>(std::stoul(value));
    if (name == "--vectors") options.vectors = value;
    if (name == "--instructions") options.encoder.instructions = kSets.at(value);
  }
  return options;
}

std::vector<std::string> read_texts(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail("cannot read " + path);
  std::vector<std::string> texts;
  for (std::string text; std::getline(file, text, '\0');) texts.push_back(text);
  return texts;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

class Bench {
 public:
  Bench(const Options& options, std::shared_ptr<const Encoder> encoder)
      : texts_(read_texts(options.texts)), views_(texts_.begin(), texts_.end()), width_(encoder->width()) {
    for (unsigned i = 0; i < options.threads; ++i) {
      auto session = EncoderSession::create(encoder);
      if (!session.ok()) fail(session.error().message);
      sessions_.push_back(std::move(session).value());
    }
    vectors_.resize(texts_.size() * width_);
  }

  double all() {
    std::atomic<size_t> next{0};
    const auto start = std::chrono::steady_clock::now();
    std::vector<std::thread> threads;
    for (auto& session : sessions_) threads.emplace_back([&] { take(*session, next); });
    for (std::thread& thread : threads) thread.join();
    return seconds_since(start);
  }

  std::vector<double> each() {
    std::vector<double> milliseconds;
    std::vector<float> vector;
    for (const std::string_view& text : views_) {
      const auto start = std::chrono::steady_clock::now();
      vector.clear();
      embed(*sessions_[0], std::span(&text, 1), vector);
      milliseconds.push_back(seconds_since(start) * 1e3);
    }
    std::ranges::sort(milliseconds);
    return milliseconds;
  }

  void print_ids(const WordPiece& tokenizer) const {
    std::vector<uint32_t> ids;
    for (const std::string_view text : views_) {
      ids.clear();
      tokenizer.encode(text, ids);
      for (const uint32_t id : ids) std::cout << id << ' ';
      std::cout << '\n';
    }
    std::cout.flush();
  }

  void write(const std::string& path) const {
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(vectors_.data()), static_cast<std::streamsize>(vectors_.size() * 4));
    if (!file) fail("cannot write " + path);
  }

 private:
  void take(EncoderSession& session, std::atomic<size_t>& next) {
    std::vector<float> vectors;
    for (size_t begin; (begin = next.fetch_add(kTextsAtOnce)) < views_.size();) {
      vectors.clear();
      embed(session, std::span(views_).subspan(begin, std::min(kTextsAtOnce, views_.size() - begin)), vectors);
      std::ranges::copy(vectors, vectors_.begin() + static_cast<ptrdiff_t>(begin * width_));
    }
  }

  static void embed(EncoderSession& session, std::span<const std::string_view> texts, std::vector<float>& vectors) {
    const Status status = session.embed(texts, vectors);
    if (!status.ok()) fail(status.error().message);
  }

  std::vector<std::string> texts_;
  std::vector<std::string_view> views_;
  size_t width_;
  std::vector<std::unique_ptr<EncoderSession>> sessions_;
  std::vector<float> vectors_;
};

int run(int argc, char** argv) {
  const Options options = read_options(argc, argv);
  const auto start = std::chrono::steady_clock::now();
  const auto encoder = Encoder::load(options.folder, options.encoder);
  if (!encoder.ok()) fail(encoder.error().message);
  std::cerr << encoder.value()->version() << ", loaded in " << seconds_since(start) << " s\n";
  Bench bench(options, encoder.value());
  for (std::string order; std::getline(std::cin, order);) {
    if (order == "all") {
      std::cout << bench.all() << std::endl;
      if (!options.vectors.empty()) bench.write(options.vectors);
    } else if (order == "each") {
      const auto times = bench.each();
      std::cout << times[times.size() / 2] << ' ' << times[times.size() * 99 / 100] << std::endl;
    } else if (order == "ids") {
      bench.print_ids(encoder.value()->tokenizer());
    } else {
      fail("orders are: all, each, ids");
    }
  }
  return 0;
}

}  // namespace
}  // namespace custos::model

int main(int argc, char** argv) { return custos::model::run(argc, argv); }
