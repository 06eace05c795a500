#include "model/tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace custos::model {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class WordPieceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "custos-model-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  void TearDown() override { fs::remove_all(folder_); }

  Result<WordPiece> load(const std::string& tokens) {
    std::ofstream(folder_ / "vocab.txt") << tokens;
    return WordPiece::load(folder_);
  }
  std::vector<std::string> pieces(const std::string& text) {
    const auto tokenizer = load(kTokens);
    EXPECT_TRUE(tokenizer.ok()) << tokenizer.error().message;
    std::vector<uint32_t> ids;
    tokenizer->encode(text, ids);
    EXPECT_EQ(tokenizer->count(text), ids.size());
    std::vector<std::string> found;
    for (const uint32_t id : ids) found.emplace_back(tokenizer->token(id));
    return found;
  }

  static constexpr const char* kTokens =
      "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n[\n]\n-\n.\nthe\ncafe\nriver\nriv\n##er\n##bank\n##s\nred\n##act\n##"
      "ed\nemail\n"
      "漢\nstrasse\nσ\nあ\nsep\nx\n##x\n";
  fs::path folder_;
};

TEST_F(WordPieceTest, TakesTheLongestPieceFirst) {
  EXPECT_THAT(pieces("The RIVERBANKS."), ElementsAre("the", "river", "##bank", "##s", "."));
  EXPECT_THAT(pieces("river riverz"), ElementsAre("river", "[UNK]"));
}

TEST_F(WordPieceTest, DropsAccentsAndSpacesOutIdeographs) {
  EXPECT_THAT(pieces("Café CAFE\xcc\x81"), ElementsAre("cafe", "cafe"));
  EXPECT_THAT(pieces("river漢漢the"), ElementsAre("river", "漢", "漢", "the"));
  EXPECT_THAT(pieces("Σ"), ElementsAre("σ"));
}

TEST_F(WordPieceTest, PassesOverControlsAndMalformedBytes) {
  EXPECT_THAT(pieces(std::string("ri\0ver", 6)), ElementsAre("river"));
  EXPECT_THAT(pieces("ri\xe2\x80\x8bver"), ElementsAre("river"));
  EXPECT_THAT(pieces("ri\xffver\xc3"), ElementsAre("river"));
  EXPECT_THAT(pieces("the\xc2\xa0the\xe3\x80\x80the"), ElementsAre("the", "the", "the"));
}

TEST_F(WordPieceTest, ATagIsPlainTextAndSoIsAControlToken) {
  EXPECT_THAT(pieces("[REDACTED-EMAIL]"), ElementsAre("[", "red", "##act", "##ed", "-", "email", "]"));
  EXPECT_THAT(pieces("[SEP]"), ElementsAre("[", "sep", "]"));
}

TEST_F(WordPieceTest, AWordOfMoreThanAHundredCharactersIsUnknown) {
  EXPECT_EQ(pieces(std::string(100, 'x')).size(), 100U);
  EXPECT_THAT(pieces(std::string(101, 'x') + " the"), ElementsAre("[UNK]", "the"));
  EXPECT_THAT(pieces(std::string(1 << 20, 'x')), ElementsAre("[UNK]"));
  EXPECT_THAT(pieces(std::string(99, 'x') + "\xc3\xa9\xc3\xa9 the"), ElementsAre("[UNK]", "the"));
}

TEST_F(WordPieceTest, AVocabularyOfSingleBytesCutsAWordIntoAllOfItsBytes) {
  std::string tokens = kTokens;
  for (const char* byte : {"\xd1", "\x8f"}) tokens += std::string(byte) + "\n##" + byte + "\n";
  const auto tokenizer = load(tokens);
  std::string word;
  for (int i = 0; i < 100; ++i) word += "я";
  EXPECT_EQ(tokenizer->count(word), 200U);
}

TEST_F(WordPieceTest, FindsWordsOfAnyLengthAtTheEndOfTheText) {
  std::string tokens = kTokens;
  std::string word;
  for (size_t size = 1; size <= 40; ++size) tokens += (word += 'q') + "\n";
  const auto tokenizer = load(tokens);
  for (size_t size = 1; size <= 40; ++size) {
    std::vector<uint32_t> ids;
    tokenizer->encode(std::string(size, 'Q') + " THE" + std::string(size, ' ') + std::string(size, 'q'), ids);
    ASSERT_EQ(ids.size(), 3U);
    EXPECT_EQ(tokenizer->token(ids[0]), std::string(size, 'q'));
    EXPECT_EQ(tokenizer->token(ids[1]), "the");
    EXPECT_EQ(ids[2], ids[0]);
  }
}

TEST_F(WordPieceTest, KnowsItsSpecialTokensAndVersion) {
  const auto tokenizer = load(kTokens);
  ASSERT_TRUE(tokenizer.ok());
  EXPECT_EQ(tokenizer->special_ids().begin, 2U);
  EXPECT_EQ(tokenizer->special_ids().mask, 4U);
  EXPECT_EQ(tokenizer->version().size(), std::string("wordpiece-1:").size() + 16);
  EXPECT_NE(tokenizer->version(), load(std::string(kTokens) + "more\n")->version());
}

TEST_F(WordPieceTest, RefusesWhatIsNotAVocabulary) {
  EXPECT_EQ(load("").error().code, Code::kCorrupt);
  EXPECT_THAT(load("[PAD]\n[UNK]\n").error().message, HasSubstr("[CLS]"));
  EXPECT_THAT(load(std::string(kTokens) + "the\n").error().message, HasSubstr("line 28"));
  EXPECT_EQ(load(std::string(kTokens) + std::string(300, 'y')).error().code, Code::kCorrupt);
  EXPECT_EQ(WordPiece::load(folder_ / "none").error().code, Code::kNotFound);
}

// Ids from HuggingFace's tokenizers 0.23.
TEST(WordPieceModel, AgreesWithHuggingFaceOnMiniLm) {
  const char* models = std::getenv("CUSTOS_MODELS");
  const fs::path folder = models ? fs::path(models) / "all-MiniLM-L6-v2" : fs::path();
  if (!models || !fs::exists(folder / "vocab.txt")) {
    GTEST_SKIP() << "set CUSTOS_MODELS to a folder that has all-MiniLM-L6-v2/vocab.txt";
  }
  const auto tokenizer = WordPiece::load(folder);
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.error().message;
  std::vector<uint32_t> ids;
  tokenizer->encode("Hello, world! Größe [REDACTED-EMAIL]", ids);
  EXPECT_THAT(ids, ElementsAre(7592, 1010, 2088, 999, 24665, 2080, 17499, 1031, 2417, 18908, 2098, 1011, 10373, 1033));
}

TEST_F(WordPieceTest, TakesAMarkForWhatItWasInUnicode8) {
  EXPECT_THAT(pieces("the\xea\xa6\xbd the"), ElementsAre("[UNK]", "the")) << "U+A9BD had a width";
  EXPECT_THAT(pieces("the\xf0\x91\x87\x89the"), ElementsAre("the", "[UNK]", "the")) << "U+111C9 was punctuation";
}

TEST(EstimatedTokens, CountsByScript) {
  const EstimatedTokens estimate;
  EXPECT_EQ(estimate.count(""), 0U);
  EXPECT_EQ(estimate.count("the river, 1234"), 4U + 1U);
  EXPECT_EQ(estimate.count("漢字"), 2U);
  EXPECT_EQ(estimate.count("Привет"), 5U);
}

}  // namespace
}  // namespace custos::model
