#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "model/head_evaluation.h"

namespace custos::model {
namespace {

// Four texts with two labels; the third is judged wrong.
Judged four_texts() { return {2, false, {0.9f, 0.1f, 0.8f, 0.2f, 0.7f, 0.3f, 0.4f, 0.6f}, {{0}, {0}, {1}, {1}}}; }

TEST(Metrics, AreWhatIsCountedByHand) {
  const Metrics metrics = measure(four_texts());
  EXPECT_EQ(metrics.texts, 4u);
  EXPECT_DOUBLE_EQ(metrics.accuracy, 0.75);
  EXPECT_DOUBLE_EQ(metrics.labels[0].precision, 2.0 / 3);
  EXPECT_DOUBLE_EQ(metrics.labels[0].recall, 1);
  EXPECT_DOUBLE_EQ(metrics.labels[1].precision, 1);
  EXPECT_DOUBLE_EQ(metrics.labels[1].recall, 0.5);
  EXPECT_NEAR(metrics.macro_f1, (0.8 + 2.0 / 3) / 2, 1e-12);
  EXPECT_NEAR(metrics.log_loss, -(std::log(0.9) + std::log(0.8) + std::log(0.3) + std::log(0.6)) / 4, 1e-6);
  EXPECT_NEAR(metrics.calibration_error, (0.1 + 0.2 + 0.7 + 0.4) / 4, 1e-6) << "each in a bin of its own";
}

TEST(Metrics, AThresholdTakesWhatScoresAsMuch) {
  const std::vector<ThresholdRow> rows = measure(four_texts()).thresholds;
  ASSERT_EQ(rows.size(), 19u);
  EXPECT_DOUBLE_EQ(rows[14].threshold, 0.75);
  EXPECT_DOUBLE_EQ(rows[14].answered, 0.5);
  EXPECT_DOUBLE_EQ(rows[14].precision, 1);
  EXPECT_DOUBLE_EQ(rows[14].recall, 0.5);
  EXPECT_DOUBLE_EQ(rows[18].precision, 1) << "nothing is taken, nothing is wrong";
  const std::vector<ThresholdRow> second = thresholds_of(four_texts(), 1);
  EXPECT_DOUBLE_EQ(second[5].threshold, 0.3);
  EXPECT_DOUBLE_EQ(second[5].recall, 1);
  EXPECT_DOUBLE_EQ(second[5].precision, 1);
}

TEST(Metrics, OfManyLabelsATextIsRightWhenAllAre) {
  const Metrics metrics = measure({2, true, {0.9f, 0.9f, 0.9f, 0.1f, 0.2f, 0.1f}, {{0, 1}, {0, 1}, {}}});
  EXPECT_DOUBLE_EQ(metrics.accuracy, 2.0 / 3);
  EXPECT_DOUBLE_EQ(metrics.labels[1].recall, 0.5);
}

TEST(Metrics, ForeignTextsAreThoseBelowWhatFewKnownOnesAre) {
  std::vector<float> known;
  for (int i = 0; i < 100; ++i) known.push_back(0.5f + 0.005f * static_cast<float>(i));
  const std::array<float, 4> foreign = {0.1f, 0.5f, 0.509f, 0.9f};
  const ForeignRecall result = foreign_recall(known, foreign, 0.02);
  EXPECT_FLOAT_EQ(static_cast<float>(result.threshold), 0.51f) << "two of a hundred are below";
  EXPECT_DOUBLE_EQ(result.recall, 0.75);
}

}  // namespace
}  // namespace custos::model
