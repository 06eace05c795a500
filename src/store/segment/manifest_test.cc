#include "store/segment/manifest.h"

#include <gtest/gtest.h>

namespace custos::store {
namespace {

TEST(Manifest, IsReadBackAsItWasWritten) {
  const Manifest manifest{"a1", "s1", 7, 9, 9, {{"messages.parquet", 12, "ab"}, {"b", 0, "cd"}}, {{"clean", "1\"\n"}}};
  const auto read = Manifest::parse(manifest.json());
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(*read, manifest);
}

TEST(Manifest, RefusesWhatIsNoneAndNamesThatLeaveTheFolder) {
  for (const char* bad : {"", "{", "[]", "{}", "null", R"({"format":1})"}) {
    EXPECT_EQ(Manifest::parse(bad).error().code, Code::kCorrupt) << bad;
  }
  const Manifest outside{"a", "s", 1, 1, 0, {{"../x", 1, "ab"}}, {}};
  EXPECT_EQ(Manifest::parse(outside.json()).error().code, Code::kCorrupt);
  const auto newer = Manifest::parse(R"({"format":3,"archive":"a","segment":"s","messages":0,"chunks":0})");
  EXPECT_EQ(newer.error().code, Code::kUnsupported);
}

}  // namespace
}  // namespace custos::store
