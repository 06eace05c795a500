#include "index/vector/dot_kernel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

namespace custos::index {
namespace {

PreparedQuery query_of(uint32_t stride, std::mt19937& dice, bool extreme) {
  PreparedQuery query(std::vector<float>{1}, 1, stride);
  query.sum = 0;
  for (int8_t& code : query.codes) {
    code = static_cast<int8_t>(extreme ? (dice() % 2 == 0 ? -127 : 127) : static_cast<int>(dice() % 255) - 127);
    query.sum += code;
  }
  return query;
}

int32_t dot_by_hand(const PreparedQuery& query, const int8_t* row) {
  int32_t sum = 0;
  for (size_t i = 0; i < query.codes.size(); ++i) sum += query.codes[i] * row[i];
  return sum;
}

class DotKernelTest : public testing::TestWithParam<NamedKernel> {};

TEST_P(DotKernelTest, GivesTheSameIntegersAsAPlainLoop) {
  if (!GetParam().supported) GTEST_SKIP() << "this machine has no " << GetParam().name;
  std::mt19937 dice(7);
  for (const uint32_t stride : {64U, 128U, 384U, 1024U, 4096U}) {
    for (const bool extreme : {false, true}) {
      const PreparedQuery query = query_of(stride, dice, extreme);
      std::vector<int8_t> codes(size_t{stride} * 70);
      // -128 is written by nobody, but a damaged or hostile file may have it.
      for (int8_t& code : codes) code = static_cast<int8_t>(extreme ? (dice() % 2 == 0 ? -128 : 127) : dice());
      std::vector<uint32_t> which(70);
      std::iota(which.begin(), which.end(), 0);
      std::shuffle(which.begin(), which.end(), dice);
      for (const size_t count : {1, 2, 3, 4, 5, 42, 69, 70}) {
        std::vector<int32_t> dots(count + 1, 12345);
        GetParam().dots(query, codes.data(), std::span(which).first(count), dots.data());
        for (size_t i = 0; i < count; ++i) {
          ASSERT_EQ(dots[i], dot_by_hand(query, codes.data() + size_t{which[i]} * stride)) << stride << " " << count;
        }
        EXPECT_EQ(dots[count], 12345) << "wrote beyond the end";
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kernels, DotKernelTest, testing::ValuesIn(dot_kernels().begin(), dot_kernels().end()),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(DotKernels, TheFastestIsOneThatTheMachineHas) {
  EXPECT_TRUE(fastest_dot_kernel().supported);
  EXPECT_TRUE(dot_kernels().back().supported);
  EXPECT_EQ(dot_kernels().back().name, "plain");
}

}  // namespace
}  // namespace custos::index
