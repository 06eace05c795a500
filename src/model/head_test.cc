#include "model/head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <random>

#include "model/encoder/sample_model.h"
#include "model/head_training.h"

namespace custos::model {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

// A folder with a tiny encoder, and heads over it.
class HeadTest : public ::testing::Test {
 protected:
  HeadTest() {
    std::string name = (fs::temp_directory_path() / "custos-head-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    encoder_ = encoder(1);
  }
  ~HeadTest() override { fs::remove_all(folder_); }

  [[nodiscard]] std::shared_ptr<const Encoder> encoder(uint32_t seed) const {
    const fs::path model = folder_ / ("tiny" + std::to_string(seed));
    SampleModel(seed).write(model);
    auto loaded = Encoder::load(model, {.tokens_max = SampleModel::kPositions});
    EXPECT_TRUE(loaded.ok()) << loaded.error().message;
    return loaded.value();
  }

  static Result<std::unique_ptr<TrainedHead>> train(const std::shared_ptr<const Encoder>& over, const LabelledSet& set,
                                                    TrainingOptions options = {}, std::stop_token stop = {}) {
    return train_head(over, set, options, {}, stop);
  }
  static std::string error_of(const std::shared_ptr<const Encoder>& over, const LabelledSet& set) {
    const auto trained = train(over, set);
    return trained.ok() ? "" : trained.error().message;
  }

  // Trains, writes and reads.
  std::shared_ptr<const Head> head_of(const LabelledSet& set, const std::string& name = "head") {
    const auto trained = train(encoder_, set);
    EXPECT_TRUE(trained.ok()) << trained.error().message;
    const auto saved = trained.value()->save(folder_ / name, facts(), nullptr, {});
    EXPECT_TRUE(saved.ok()) << saved.error().message;
    const auto head = Head::load(folder_ / name, *encoder_);
    EXPECT_TRUE(head.ok()) << head.error().message;
    return head.value();
  }
  static TrainingFacts facts() { return {"kind", "invented here", "custos model train kind", "0", {}, {}}; }
  static std::string bytes_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fs::path folder_;
  std::shared_ptr<const Encoder> encoder_;
};

std::string word(uint32_t number) {
  return std::string("w") + static_cast<char>('a' + number % 26) + std::to_string(number);
}

// Texts of 4 to 11 words, one of them, somewhere, tells the label.
LabelledSet made_set(uint32_t labels, size_t count, uint32_t seed) {
  std::mt19937 dice(seed);
  LabelledSet set;
  for (uint32_t label = 0; label < labels; ++label) set.labels.push_back("label" + std::to_string(label));
  for (size_t i = 0; i < count; ++i) {
    const uint32_t label = dice() % labels;
    std::vector<std::string> words(3 + dice() % 8);
    for (std::string& one : words) one = word(15 + dice() % 25);
    words.insert(words.begin() + dice() % words.size(), word(5 + label));
    std::string text;
    for (const std::string& one : words) text += one + " ";
    set.texts.push_back({text, {label}, i % 2 == 0 ? "even" : "odd"});
  }
  return set;
}

TEST_F(HeadTest, LearnsWhatTellsTextsApartAndKnowsHowGoodItIs) {
  const LabelledSet set = made_set(3, 400, 1), fresh = made_set(3, 200, 2);
  const auto trained = train(encoder_, set);
  ASSERT_TRUE(trained.ok()) << trained.error().message;
  const auto valid = trained.value()->save(folder_ / "head", facts(), &fresh, {});
  ASSERT_TRUE(valid.ok()) << valid.error().message;
  const Metrics& metrics = valid.value()->metrics;
  EXPECT_GT(metrics.accuracy, 0.9);
  EXPECT_GT(metrics.macro_f1, 0.9);
  EXPECT_NEAR(trained.value()->report().held_back.metrics.accuracy, metrics.accuracy, 0.06);
  ASSERT_EQ(valid.value()->slices.size(), 2u);
  EXPECT_EQ(valid.value()->slices[0].first, "even");
  const std::string card = bytes_of(folder_ / "head" / "card.json");
  for (const char* part : {"\"task\":\"kind\"", "invented here", "metrics_held_back", "metrics_valid", "thresholds"}) {
    EXPECT_THAT(card, HasSubstr(part));
  }
}

TEST_F(HeadTest, TheSameDataGiveTheSameBitsWithAnyNumberOfThreads) {
  const LabelledSet set = made_set(3, 150, 1);
  for (const uint32_t threads : {1u, 3u}) {
    const auto trained = train(encoder_, set, {.threads = threads});
    ASSERT_TRUE(trained.ok());
    ASSERT_TRUE(trained.value()->save(folder_ / std::to_string(threads), facts(), nullptr, {}).ok());
  }
  EXPECT_EQ(bytes_of(folder_ / "1/head.safetensors"), bytes_of(folder_ / "3/head.safetensors"));
  EXPECT_EQ(bytes_of(folder_ / "1/card.json"), bytes_of(folder_ / "3/card.json"));
}

TEST_F(HeadTest, ATextGetsTheSameScoresAloneAndAmongOthersAndTheSameVectorAsWithoutHeads) {
  const auto head = head_of(made_set(3, 150, 1)), other = head_of(made_set(2, 150, 5), "other");
  auto both = HeadSession::create(encoder_, {head, other});
  auto alone = HeadSession::create(encoder_, {other});
  auto plain = EncoderSession::create(encoder_);
  ASSERT_TRUE(both.ok() && alone.ok() && plain.ok());
  std::vector<std::string> texts = {"", word(6) + " caf\xC3\xA9 \xFF", std::string(20000, 'x')};
  for (const LabelledText& text : made_set(3, 150, 9).texts) texts.push_back(text.text);
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  std::vector<std::vector<float>> scores, one;
  std::vector<float> vectors, expected;
  ASSERT_TRUE(both.value()->classify(views, scores, &vectors).ok());
  ASSERT_TRUE(plain.value()->embed(views, expected).ok());
  EXPECT_EQ(vectors, expected);
  ASSERT_EQ(scores[1].size(), texts.size() * 2);
  for (size_t text = 0; text < texts.size(); ++text) {
    ASSERT_TRUE(alone.value()->classify({&views[text], 1}, one, nullptr).ok());
    EXPECT_EQ(one[0][0], scores[1][text * 2]);
    EXPECT_NEAR(scores[0][text * 3] + scores[0][text * 3 + 1] + scores[0][text * 3 + 2], 1, 1e-5);
  }
}

TEST_F(HeadTest, JudgesEachLabelByItselfWhereATextMayHaveMany) {
  LabelledSet set = made_set(3, 400, 1);
  set.multi_label = true;
  for (size_t i = 0; i < set.texts.size(); ++i) {
    if (i % 4 == 0) set.texts[i] = {word(20) + " " + word(21 + i % 15) + " " + word(22), {}, ""};
    if (i % 4 == 1) set.texts[i] = {word(5) + " " + word(21 + i % 17) + " " + word(7), {0, 2}, ""};
  }
  const auto head = head_of(set);
  EXPECT_TRUE(head->multi_label());
  const auto evaluation = evaluate_head(encoder_, head, set, 1, {}, {});
  ASSERT_TRUE(evaluation.ok());
  EXPECT_GT(evaluation.value().metrics.accuracy, 0.9);
}

// The label is the sum of what two words stand for, modulo four: nothing that a plane tells apart.
TEST_F(HeadTest, KeepsPrototypesWhereTheyHelp) {
  std::mt19937 dice(3);
  LabelledSet set{.labels = {"a", "b", "c", "d"}};
  for (int i = 0; i < 400; ++i) {
    const uint32_t first = dice() % 4, second = dice() % 4;
    set.texts.push_back(
        {word(5 + first) + " " + word(10 + second) + " " + word(20 + dice() % 3), {(first + second) % 4}, ""});
  }
  const auto trained = train(encoder_, set);
  ASSERT_TRUE(trained.ok());
  EXPECT_GT(trained.value()->report().prototype_share, 0);
  const auto valid = trained.value()->save(folder_ / "head", facts(), &set, {});
  ASSERT_TRUE(valid.ok()) << valid.error().message;
  EXPECT_GE(valid.value()->metrics.accuracy + 0.02, trained.value()->report().held_back.metrics.accuracy);
  EXPECT_TRUE(Head::load(folder_ / "head", *encoder_).ok());
}

TEST_F(HeadTest, ContradictionsAreCountedAndMakeScoresModest) {
  LabelledSet set = made_set(2, 200, 1);
  for (size_t i = 0; i < 200; ++i) set.texts.push_back({set.texts[i].text, {1 - set.texts[i].labels[0]}, ""});
  const auto trained = train(encoder_, set);
  ASSERT_TRUE(trained.ok()) << trained.error().message;
  EXPECT_EQ(trained.value()->report().contradictions, 200u);
  EXPECT_NEAR(trained.value()->report().held_back.metrics.log_loss, 0.693, 0.02) << "no better than tossing a coin";
}

TEST_F(HeadTest, SaysWhyDataCannotBeLearntFrom) {
  EXPECT_THAT(error_of(encoder_, {}), HasSubstr("no texts"));
  EXPECT_THAT(error_of(encoder_, made_set(1, 20, 1)), HasSubstr("one label, label0"));
  LabelledSet rare = made_set(2, 20, 1);
  rare.labels.push_back("rare");
  rare.texts.push_back({"once", {2}, ""});
  EXPECT_THAT(error_of(encoder_, rare), HasSubstr("the label rare has 1 distinct text"));
  LabelledSet many = made_set(2, 20, 1);
  for (size_t i = 0; i <= kHeadLabelsMax; ++i) many.labels.push_back("l" + std::to_string(i));
  EXPECT_THAT(error_of(encoder_, many), HasSubstr("at most"));
}

TEST_F(HeadTest, IsNotUsedOverAnotherEncoder) {
  (void)head_of(made_set(2, 60, 1));
  const auto other = encoder(2);
  const auto head = Head::load(folder_ / "head", *other);
  ASSERT_FALSE(head.ok());
  EXPECT_EQ(head.error().code, Code::kUnsupported);
  EXPECT_THAT(head.error().message, AllOf(HasSubstr(encoder_->version()), HasSubstr(other->version())));
}

TEST_F(HeadTest, IsNeverOverwrittenAndNothingIsLeftOfOneThatWasStopped) {
  const LabelledSet set = made_set(2, 60, 1);
  (void)head_of(set);
  const auto again = train(encoder_, set).value()->save(folder_ / "head", facts(), nullptr, {});
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, Code::kConflict);
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = train(encoder_, set, {}, stop.get_token());
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code, Code::kCancelled);
  const auto unsaved = train(encoder_, set).value()->save(folder_ / "new", facts(), &set, stop.get_token());
  EXPECT_FALSE(unsaved.ok());
  EXPECT_FALSE(fs::exists(folder_ / "new") || fs::exists(folder_ / "new.part"));
}

// Loading after `change` of one file's bytes: the error.
class HostileFileTest : public HeadTest {
 protected:
  HostileFileTest() { (void)head_of(made_set(2, 60, 1)); }
  template <typename Change>
  std::string load_changed(const char* name, Change change) {
    const fs::path path = folder_ / "head" / name;
    const std::string before = bytes_of(path);
    std::string after = before;
    change(after);
    std::ofstream(path, std::ios::binary) << after;
    const auto head = Head::load(folder_ / "head", *encoder_);
    std::ofstream(path, std::ios::binary) << before;
    return head.ok() ? "" : head.error().message;
  }
  std::string card_with(const std::string& from, const std::string& to) {
    return load_changed("card.json", [&](std::string& card) {
      ASSERT_NE(card.find(from), std::string::npos) << from;
      card.replace(card.find(from), from.size(), to);
    });
  }
};

TEST_F(HostileFileTest, WeightsAreNotBelieved) {
  constexpr const char* kFile = "head.safetensors";
  EXPECT_EQ(load_changed(kFile, [](std::string&) {}), "");
  EXPECT_THAT(load_changed(kFile, [](std::string& file) { file.resize(file.size() - 1); }), HasSubstr(kFile));
  EXPECT_THAT(load_changed(kFile, [](std::string& file) { file.resize(3); }), HasSubstr(kFile));
  EXPECT_THAT(load_changed(kFile, [](std::string& file) { file.back() = static_cast<char>(file.back() ^ 1); }),
              HasSubstr("not the file that its card.json"));
  EXPECT_THAT(load_changed(kFile, [](std::string& file) { file.replace(file.size() - 2, 2, "\xC0\x7F"); }),
              HasSubstr("not finite"));
  EXPECT_THAT(load_changed(kFile, [](std::string& file) { file.replace(file.size() - 2, 2, "\x00\x7F"); }),
              HasSubstr("ngram.weight"));
  fs::remove(folder_ / "head" / kFile);
  EXPECT_EQ(Head::load(folder_ / "head", *encoder_).error().code, Code::kNotFound);
}

TEST_F(HostileFileTest, TheCardIsNotBelieved) {
  EXPECT_THAT(load_changed("card.json", [](std::string& card) { card.resize(card.size() / 2); }),
              HasSubstr("card.json"));
  EXPECT_THAT(load_changed("card.json", [](std::string& card) { card = "[]"; }), HasSubstr("form"));
  EXPECT_THAT(card_with("custos-head-1", "custos-head-2"), HasSubstr("form"));
  EXPECT_THAT(card_with("\"label1\"", "\"label0\""), HasSubstr("different strings"));
  EXPECT_THAT(card_with("\"label1\"", "\"label9\""), HasSubstr("not the file that its card.json"));
  EXPECT_THAT(card_with("\"label1\"", "7"), HasSubstr("labels"));
  EXPECT_THAT(card_with("\"layers\":[0,1]", "\"layers\":[0,2]"), HasSubstr("beyond the encoder's 2"));
  EXPECT_THAT(card_with("\"layers\":[0,1]", "\"layers\":[1,0]"), HasSubstr("rising"));
  EXPECT_THAT(card_with("\"bucket_bits\":16", "\"bucket_bits\":40"), HasSubstr("bucket_bits"));
  EXPECT_THAT(card_with("\"bucket_bits\":16", "\"bucket_bits\":15"), HasSubstr("its shape is"));
  EXPECT_THAT(card_with("\"prototypes\":[]", "\"prototypes\":[1]"), HasSubstr("a number for each label"));
  EXPECT_THAT(card_with("\"prototypes\":[]", "\"prototypes\":[1,1]"), HasSubstr("prototype.middle: is missing"));
  EXPECT_THAT(card_with("\"words_max\":2", "\"words_max\":-1"), HasSubstr("words_max"));
  EXPECT_THAT(card_with("\"multi_label\":false", "\"multi_label\":0"), HasSubstr("multi_label"));
}

}  // namespace
}  // namespace custos::model
