#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <vector>

#include "model/tokenizer/vocabulary.h"
#include "model/tokenizer/word_splitter.h"

// The first half is a vocabulary's tail, the second a text.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace custos::model;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string tokens = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n" + std::string(input.substr(0, size / 2));
  const auto vocabulary = Vocabulary::parse(tokens, "vocab.txt");
  if (!vocabulary.ok()) return 0;
  WordSplitter splitter(*vocabulary, [&](uint32_t id) {
    if (id >= vocabulary->size()) abort();
  });
  splitter.split(input.substr(size / 2));
  return 0;
}
