#include "model/encoder/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>

namespace custos::model {
namespace {

using ::testing::HasSubstr;

std::string find_error(const std::string& header, uint64_t data_bytes) {
  const auto index = TensorIndex::parse(header, data_bytes);
  if (!index.ok()) return index.error().message;
  const auto place = index->find("a", std::array<uint32_t, 2>{2, 3});
  return place.ok() ? "" : place.error().message;
}

std::string header(const std::string& type, const std::string& shape, const std::string& offsets) {
  return R"({"__metadata__":{"format":"pt"},"a":{"dtype":")" + type + R"(","shape":)" + shape + R"(,"data_offsets":)" +
         offsets + "}}";
}

TEST(TensorIndex, FindsATensor) {
  const auto index = TensorIndex::parse(header("F16", "[2,3]", "[4,16]"), 16);
  ASSERT_TRUE(index.ok());
  const auto place = index->find("a", std::array<uint32_t, 2>{2, 3});
  ASSERT_TRUE(place.ok());
  EXPECT_EQ(place->begin, 4u);
  EXPECT_EQ(place->count, 6u);
  EXPECT_EQ(place->type, TensorType::kFloat16);
}

TEST(TensorIndex, BelievesNothingThatDoesNotFit) {
  EXPECT_EQ(find_error(header("F32", "[2,3]", "[0,24]"), 24), "");
  EXPECT_THAT(find_error(header("F32", "[2,3]", "[0,24]"), 23), HasSubstr("not within the file's 23 bytes"));
  EXPECT_THAT(find_error(header("F32", "[2,3]", "[24,0]"), 24), HasSubstr("not within"));
  EXPECT_THAT(find_error(header("F32", "[2,3]", "[0,25]"), 25), HasSubstr("contradict"));
  EXPECT_THAT(find_error(header("F32", "[3,2]", "[0,24]"), 24), HasSubstr("its shape is [3, 2], not [2, 3]"));
  EXPECT_THAT(find_error(header("F32", "[6]", "[0,24]"), 24), HasSubstr("shape"));
  EXPECT_THAT(find_error(header("F32", "[-2,3]", "[0,24]"), 24), HasSubstr("shape"));
  EXPECT_THAT(find_error(header("F32", "[2,3]", "[0,-1]"), 24), HasSubstr("data_offsets"));
  EXPECT_THAT(find_error(header("F32", "[2,3]", "[18446744073709551600,8]"), 24), HasSubstr("not within"));
  EXPECT_THAT(find_error(header("F64", "[2,3]", "[0,48]"), 48), HasSubstr("data type"));
  EXPECT_THAT(find_error("{}", 0), HasSubstr("missing"));
  EXPECT_THAT(find_error("[]", 0), HasSubstr("not a JSON object"));
  EXPECT_NE(find_error("{", 0), "");
}

TEST(DecodeNumbers, Halves) {
  const std::array<uint16_t, 6> halves = {0x3c00, 0xc000, 0x0001, 0x8000, 0x7bff, 0x3555};
  std::array<float, 6> numbers;
  ASSERT_TRUE(decode_numbers(TensorType::kFloat16, {reinterpret_cast<const char*>(halves.data()), 12}, numbers));
  EXPECT_EQ(numbers[0], 1.0f);
  EXPECT_EQ(numbers[1], -2.0f);
  EXPECT_EQ(numbers[2], std::ldexp(1.0f, -24)) << "the smallest subnormal number";
  EXPECT_TRUE(numbers[3] == 0 && std::signbit(numbers[3]));
  EXPECT_EQ(numbers[4], 65504.0f);
  EXPECT_FLOAT_EQ(numbers[5], 0.33325195f);
}

TEST(DecodeNumbers, SaysWhereANumberIsNotFinite) {
  const std::array<uint16_t, 1> infinite_half = {0x7c00}, bf16_nan = {0x7fc0}, bf16_one = {0x3f80};
  const auto bytes = [](const auto& halves) { return std::string_view(reinterpret_cast<const char*>(&halves), 2); };
  std::array<float, 1> number;
  EXPECT_FALSE(decode_numbers(TensorType::kFloat16, bytes(infinite_half), number));
  EXPECT_FALSE(decode_numbers(TensorType::kBfloat16, bytes(bf16_nan), number));
  EXPECT_TRUE(decode_numbers(TensorType::kBfloat16, bytes(bf16_one), number));
  EXPECT_EQ(number[0], 1.0f);
}

}  // namespace
}  // namespace custos::model
