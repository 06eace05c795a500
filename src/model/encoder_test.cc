#include "model/encoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "model/encoder/sample_model.h"

namespace custos::model {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Ids = std::vector<uint32_t>;

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "custos-encoder-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path_); }
  [[nodiscard]] fs::path model() const { return path_ / "tiny"; }

 private:
  fs::path path_;
};

std::vector<Ids> some_texts(size_t count, uint32_t tokens_max, uint32_t vocabulary) {
  std::mt19937 dice(7);
  std::vector<Ids> texts(count);
  for (Ids& text : texts) {
    text.resize(1 + dice() % tokens_max);
    for (uint32_t& id : text) id = dice() % vocabulary;
  }
  return texts;
}

std::vector<float> embed_ids(const std::shared_ptr<const Encoder>& encoder, std::span<const Ids> texts,
                             const LayerVisitor& visit = {}) {
  auto session = EncoderSession::create(encoder);
  EXPECT_TRUE(session.ok());
  std::vector<float> vectors;
  const Status status = session.value()->embed_ids(texts, vectors, visit);
  EXPECT_TRUE(status.ok()) << status.error().message;
  return vectors;
}

Error load_error(const fs::path& folder, const EncoderOptions& options = {.tokens_max = 16}) {
  const auto encoder = Encoder::load(folder, options);
  return encoder.ok() ? Error{Code::kInvalidArgument, "it loaded"} : encoder.error();
}

// The real model where there is one.
std::string models_folder() {
  const char* const models = std::getenv("CUSTOS_MODELS");
  const std::string folder = models == nullptr ? "" : std::string(models) + "/all-MiniLM-L6-v2";
  return fs::exists(folder) ? folder : "";
}

class EncoderOn : public ::testing::TestWithParam<InstructionSet> {
 protected:
  // Nothing where this machine lacks the instructions.
  std::shared_ptr<const Encoder> load(const SampleModel& model) {
    model.write(folder_.model());
    return load_folder(folder_.model(), SampleModel::kPositions);
  }
  static std::shared_ptr<const Encoder> load_folder(const fs::path& folder, uint32_t tokens_max) {
    auto encoder = Encoder::load(folder, {.tokens_max = tokens_max, .instructions = GetParam()});
    if (!encoder.ok() && encoder.error().code == Code::kUnsupported) return nullptr;
    EXPECT_TRUE(encoder.ok()) << encoder.error().message;
    return encoder.value();
  }
  // bf16 keeps 8 bits of a number.
  static double tolerance() { return GetParam() >= InstructionSet::kAvx512Bf16 ? 0.06 : 1e-5; }

  void expect_vectors(const SampleModel& model) {
    const auto encoder = load(model);
    if (encoder == nullptr) GTEST_SKIP() << "this machine lacks the instructions";
    EXPECT_EQ(encoder->instructions(), GetParam());
    const std::vector<Ids> texts = some_texts(40, SampleModel::kPositions, SampleModel::kVocabulary);
    const std::vector<float> vectors = embed_ids(encoder, texts);
    ASSERT_EQ(vectors.size(), texts.size() * SampleModel::kWidth);
    for (size_t text = 0; text < texts.size(); ++text) {
      const std::vector<double> expected = model.vector(texts[text]);
      for (size_t i = 0; i < expected.size(); ++i) {
        ASSERT_NEAR(vectors[text * SampleModel::kWidth + i], expected[i], tolerance()) << text << ", " << i;
      }
    }
  }

  Folder folder_;
};

TEST_P(EncoderOn, GivesWhatPlainArithmeticGives) { expect_vectors(SampleModel()); }

TEST_P(EncoderOn, KnowsTheActivationWithTanh) {
  SampleModel model;
  model.activation = "gelu_new";
  expect_vectors(model);
}

TEST_P(EncoderOn, KnowsRelu) {
  SampleModel model;
  model.activation = "relu";
  expect_vectors(model);
}

TEST_P(EncoderOn, PoolsTheFirstTokenWhereTheFolderSaysSo) {
  SampleModel model;
  model.first_token = true;
  expect_vectors(model);
}

TEST_P(EncoderOn, ReadsBf16WeightsUnderAPrefix) {
  SampleModel model;
  model.round_weights();
  model.type = "BF16";
  model.prefix = "bert.";
  expect_vectors(model);
}

TEST_P(EncoderOn, ShowsTheStatesAfterEachLayer) {
  const SampleModel model;
  const auto encoder = load(model);
  if (encoder == nullptr) GTEST_SKIP() << "this machine lacks the instructions";
  const std::vector<Ids> texts = {{2, 5, 6, 7, 3}, {2, 3}, {2, 9, 3}};
  std::vector<uint32_t> seen;
  embed_ids(encoder, texts, [&](uint32_t layer, std::span<const float> states, std::span<const uint32_t> begins) {
    seen.push_back(layer);
    ASSERT_THAT(begins, ::testing::ElementsAre(0, 5, 7, 10));
    ASSERT_EQ(states.size(), 10 * SampleModel::kWidth);
    for (size_t text = 0; text < texts.size(); ++text) {
      const std::vector<double> expected = model.forward(texts[text])[layer];
      for (size_t i = 0; i < expected.size(); ++i) {
        ASSERT_NEAR(states[begins[text] * SampleModel::kWidth + i], expected[i], 5 * tolerance());
      }
    }
  });
  EXPECT_THAT(seen, ::testing::ElementsAre(0, 1));
}

void expect_same_bits(const std::shared_ptr<const Encoder>& encoder, const std::vector<Ids>& texts) {
  const size_t width = encoder->width();
  const std::vector<float> together = embed_ids(encoder, texts);
  std::vector<Ids> backwards(texts.rbegin(), texts.rend());
  const std::vector<float> turned = embed_ids(encoder, backwards);
  for (size_t i = 0; i < texts.size(); ++i) {
    const std::vector<float> alone = embed_ids(encoder, std::span(texts).subspan(i, 1));
    ASSERT_EQ(std::memcmp(alone.data(), together.data() + i * width, width * sizeof(float)), 0) << i;
    const size_t mirror = texts.size() - 1 - i;
    ASSERT_EQ(std::memcmp(alone.data(), turned.data() + mirror * width, width * sizeof(float)), 0) << i;
  }
}

TEST_P(EncoderOn, GivesTheSameBitsAloneAndInAnyBatch) {
  const auto encoder = load(SampleModel());
  if (encoder == nullptr) GTEST_SKIP() << "this machine lacks the instructions";
  expect_same_bits(encoder, some_texts(100, SampleModel::kPositions, SampleModel::kVocabulary));
}

TEST_P(EncoderOn, GivesTheSameBitsAloneAndInAnyBatchOfTheRealModel) {
  if (models_folder().empty()) GTEST_SKIP() << "$CUSTOS_MODELS has no all-MiniLM-L6-v2";
  const auto encoder = load_folder(models_folder(), 256);
  if (encoder == nullptr) GTEST_SKIP() << "this machine lacks the instructions";
  expect_same_bits(encoder, some_texts(7, 120, 30522));
}

INSTANTIATE_TEST_SUITE_P(Each, EncoderOn,
                         ::testing::Values(InstructionSet::kPortable, InstructionSet::kAvx2, InstructionSet::kAvx512,
                                           InstructionSet::kAvx512Bf16, InstructionSet::kAmx));

class EncoderTest : public ::testing::Test {
 protected:
  void SetUp() override { model_.write(folder_.model()); }
  std::shared_ptr<const Encoder> load(uint32_t tokens_max = 16) {
    auto encoder = Encoder::load(folder_.model(), {.tokens_max = tokens_max});
    EXPECT_TRUE(encoder.ok()) << encoder.error().message;
    return encoder.value();
  }
  void replace_config(const std::string& from, const std::string& to) {
    std::string config = model_.config();
    const size_t at = config.find(from);
    ASSERT_NE(at, std::string::npos);
    std::ofstream(folder_.model() / "config.json") << config.replace(at, from.size(), to);
  }
  void write_weights(const std::string& bytes) {
    std::ofstream(folder_.model() / "model.safetensors", std::ios::binary) << bytes;
  }

  Folder folder_;
  SampleModel model_;
};

TEST_F(EncoderTest, EmbedsTextsAsTheirTokens) {
  const auto encoder = load();
  auto session = EncoderSession::create(encoder);
  ASSERT_TRUE(session.ok());
  const std::vector<std::string_view> texts = {"wf5 wg6", "", "wh7"};
  std::vector<float> vectors = {0.5f};
  ASSERT_TRUE(session.value()->embed(texts, vectors).ok());
  std::vector<Ids> ids;
  for (const std::string_view text : texts) {
    ids.push_back({2});
    encoder->tokenizer().encode(text, ids.back());
    ids.back().push_back(3);
  }
  const std::vector<float> expected = embed_ids(encoder, ids);
  EXPECT_EQ(vectors[0], 0.5f) << "what was there stays";
  EXPECT_EQ(std::vector<float>(vectors.begin() + 1, vectors.end()), expected);
}

TEST_F(EncoderTest, CutsALongTextAndKeepsItsEnd) {
  const auto encoder = load(8);
  auto session = EncoderSession::create(encoder);
  std::vector<float> long_one, cut;
  const std::string_view text = "wf5 wf5 wf5 wf5 wf5 wf5 wg6 wg6 wg6 wh7", start = "wf5 wf5 wf5 wf5 wf5 wf5";
  ASSERT_TRUE(session.value()->embed(std::span(&text, 1), long_one).ok());
  ASSERT_TRUE(session.value()->embed(std::span(&start, 1), cut).ok());
  EXPECT_EQ(long_one, cut);
}

TEST_F(EncoderTest, ThreadsShareOneEncoder) {
  const auto encoder = load();
  const std::vector<Ids> texts = some_texts(50, 16, SampleModel::kVocabulary);
  const std::vector<float> expected = embed_ids(encoder, texts);
  std::vector<std::vector<float>> found(3);
  std::vector<std::thread> threads;
  for (auto& vectors : found) threads.emplace_back([&] { vectors = embed_ids(encoder, texts); });
  for (std::thread& thread : threads) thread.join();
  for (const auto& vectors : found) EXPECT_EQ(vectors, expected);
}

TEST_F(EncoderTest, RefusesTokensThatItCannotHave) {
  const auto encoder = load();
  auto session = EncoderSession::create(encoder);
  std::vector<float> vectors;
  for (const Ids& bad : {Ids{}, Ids{2, SampleModel::kVocabulary, 3}, Ids(17, 2)}) {
    const std::vector<Ids> texts = {{2, 3}, bad};
    const Status status = session.value()->embed_ids(texts, vectors, {});
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code, Code::kInvalidArgument);
    EXPECT_THAT(status.error().message, HasSubstr("text 1"));
    EXPECT_TRUE(vectors.empty());
  }
}

TEST_F(EncoderTest, VersionNamesAllThatDecidesAVector) {
  const std::string version = load()->version();
  EXPECT_THAT(version, ::testing::MatchesRegex("tiny:[0-9a-f]{16}"));
  EXPECT_EQ(load()->version(), version);
  EXPECT_NE(load(17)->version(), version);
  model_.tensors.at("encoder.layer.1.output.dense.bias").numbers[3] += 1;
  model_.write(folder_.model());
  EXPECT_NE(load()->version(), version);
  SampleModel first;
  first.first_token = true;
  first.write(folder_.model());
  EXPECT_NE(load()->version(), version);
}

TEST_F(EncoderTest, NamesAMissingFile) {
  for (const char* name : {"config.json", "vocab.txt", "model.safetensors"}) {
    model_.write(folder_.model());
    fs::remove(folder_.model() / name);
    const Error error = load_error(folder_.model());
    EXPECT_EQ(error.code, Code::kNotFound) << name;
    EXPECT_THAT(error.message, HasSubstr(name));
  }
}

TEST_F(EncoderTest, NamesTheTensorThatIsCutOff) {
  const std::string bytes = model_.safetensors();
  for (const size_t size : {size_t{0}, size_t{5}, size_t{8}, size_t{100}, bytes.size() - 1, bytes.size() - 20000}) {
    write_weights(bytes.substr(0, size));
    const Error error = load_error(folder_.model());
    EXPECT_EQ(error.code, Code::kCorrupt) << size;
    EXPECT_THAT(error.message, HasSubstr("model.safetensors")) << size;
  }
  write_weights(bytes.substr(0, bytes.size() - 1));
  EXPECT_THAT(load_error(folder_.model()).message, HasSubstr("tensor encoder.layer.1."));
}

TEST_F(EncoderTest, NamesTheTensorThatIsWrong) {
  const std::string name = "encoder.layer.0.intermediate.dense.bias";
  const auto expect = [&](const std::string& what) {
    write_weights(model_.safetensors());
    const Error error = load_error(folder_.model());
    EXPECT_EQ(error.code, Code::kCorrupt);
    EXPECT_THAT(error.message, AllOf(HasSubstr("model.safetensors"), HasSubstr(name), HasSubstr(what)));
  };
  const SampleModel::Tensor good = model_.tensors.at(name);
  model_.tensors.at(name).numbers[5] = std::nanf("");
  expect("not finite");
  model_.tensors.at(name) = {{63}, std::vector<float>(63)};
  expect("[63], not [64]");
  model_.tensors.at(name) = {{64}, std::vector<float>(65)};
  expect("260 bytes");
  model_.tensors.erase(name);
  expect("missing");
  model_.tensors[name] = good;
  model_.type = "I32";
  const Error error = (write_weights(model_.safetensors()), load_error(folder_.model()));
  EXPECT_THAT(error.message, HasSubstr("data type"));
}

TEST_F(EncoderTest, NamesTheFieldThatItDoesNotRead) {
  const std::pair<const char*, const char*> changes[] = {
      {R"("model_type":"bert")", R"("model_type":"roberta")"},
      {R"("hidden_act":"gelu")", R"("hidden_act":"swish")"},
      {R"("hidden_size":32)", R"("hidden_size":24)"},
      {R"("intermediate_size":64)", R"("intermediate_size":65)"},
      {R"("num_attention_heads":4)", R"("num_attention_heads":5)"},
      {R"("num_hidden_layers":2)", R"("num_hidden_layers":0)"},
      {R"("max_position_embeddings":48)", R"("max_position_embeddings":"48")"},
      {R"("vocab_size":40)", R"("vocab_size":4000000000)"},
      {R"("layer_norm_eps":)", R"("layer_norm_eps":-)"},
      {R"("type_vocab_size":2)", R"("type_vocab_size":2,"position_embedding_type":"relative_key")"},
  };
  for (const auto& [from, to] : changes) {
    replace_config(from, to);
    const Error error = load_error(folder_.model());
    EXPECT_EQ(error.code, Code::kUnsupported) << to << ": " << error.message;
    const std::string changed = to, field = changed.substr(changed.rfind(",\"") + 1);
    EXPECT_THAT(error.message, HasSubstr("config.json")) << to;
  }
  replace_config("{", "");
  EXPECT_EQ(load_error(folder_.model()).code, Code::kCorrupt);
}

TEST_F(EncoderTest, RefusesACasedVocabularyAndAStrangePooling) {
  std::ofstream(folder_.model() / "tokenizer_config.json") << R"({"do_lower_case": false})";
  EXPECT_THAT(load_error(folder_.model()).message, HasSubstr("do_lower_case"));
  std::ofstream(folder_.model() / "tokenizer_config.json") << R"({"do_lower_case": true})";
  fs::create_directories(folder_.model() / "1_Pooling");
  std::ofstream(folder_.model() / "1_Pooling" / "config.json") << R"({"pooling_mode_max_tokens": true})";
  EXPECT_THAT(load_error(folder_.model()).message, HasSubstr("pooling_mode_max_tokens"));
}

TEST_F(EncoderTest, RefusesMoreTokensThanPositions) {
  const Error error = load_error(folder_.model(), {.tokens_max = SampleModel::kPositions + 1});
  EXPECT_EQ(error.code, Code::kInvalidArgument);
  EXPECT_THAT(error.message, HasSubstr("48"));
}

TEST_F(EncoderTest, RefusesAVocabularyThatIsLargerThanTheTable) {
  std::ofstream(folder_.model() / "vocab.txt", std::ios::app) << "extra\n";
  const Error error = load_error(folder_.model());
  EXPECT_EQ(error.code, Code::kCorrupt);
  EXPECT_THAT(error.message, HasSubstr("vocab.txt has 41 tokens"));
}

}  // namespace
}  // namespace custos::model
