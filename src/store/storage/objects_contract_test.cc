// How every kind of Objects behaves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/file.h"
#include "client/client_test_server.h"
#include "store/sample_archive.h"
#include "store/storage/folder_objects.h"
#include "store/storage/objects.h"
#include "store/storage/s3_objects.h"

namespace custos::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Kind {
  const char* name;
  const char* server;
};

class ObjectsContract : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (GetParam().server == nullptr) {
      objects_ = std::make_unique<FolderObjects>(root_.path() / "objects");
      return;
    }
    CUSTOS_NEEDS_SERVER(GetParam().server);
    s3_options_.endpoint = client::test_server(GetParam().server);
    bucket_ = "objects-" + std::to_string(getpid()) + "-" + std::to_string(std::random_device()());
    s3_ = *client::S3::open(s3_options_);
    ASSERT_TRUE(s3_->create_bucket(bucket_).ok());
    auto opened = S3Objects::open("s3://" + bucket_ + "/an archive", s3_options_, {});
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    objects_ = std::move(opened).value();
  }
  void TearDown() override {
    if (s3_ == nullptr) return;
    EXPECT_TRUE(s3_->remove_prefix({bucket_, "an archive/"}).ok());
    EXPECT_TRUE(s3_->remove_bucket(bucket_).ok());
  }
  std::filesystem::path file(const std::string& bytes) {
    const auto path = root_.path() / ("file" + std::to_string(++files_));
    std::ofstream(path) << bytes;
    return path;
  }

  TemporaryFolder root_;
  client::S3Options s3_options_;
  std::string bucket_;
  std::unique_ptr<client::S3> s3_;
  std::unique_ptr<Objects> objects_;
  int files_ = 0;
};

TEST_P(ObjectsContract, GivesBackWhatWasPut) {
  ASSERT_TRUE(objects_->put("segments/s1/texts", file("some bytes")).ok());
  EXPECT_EQ(*objects_->size("segments/s1/texts"), 10U);
  ASSERT_TRUE(objects_->get("segments/s1/texts", root_.path() / "copy").ok());
  EXPECT_EQ(*read_file(root_.path() / "copy", 100), "some bytes");
  std::string part(5, '.');
  ASSERT_TRUE(objects_->read("segments/s1/texts", 5, part).ok());
  EXPECT_EQ(part, "bytes");
}

TEST_P(ObjectsContract, SaysWhereAnObjectEndsTooEarlyOrIsNotThere) {
  ASSERT_TRUE(objects_->put("a", file("short")).ok());
  std::string part(10, '.');
  EXPECT_EQ(objects_->read("a", 2, part).error().code, Code::kCorrupt);
  EXPECT_EQ(objects_->size("b").error().code, Code::kNotFound);
  EXPECT_EQ(objects_->get("b", root_.path() / "copy").error().code, Code::kNotFound);
}

TEST_P(ObjectsContract, NeverReplacesAnObject) {
  ASSERT_TRUE(objects_->put("a", file("one")).ok());
  EXPECT_TRUE(objects_->put("a", file("one")).ok());
  const Status refused = objects_->put("a", file("two"));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kConflict);
  EXPECT_THAT(refused.error().message, HasSubstr("other bytes"));
  std::string part(3, '.');
  ASSERT_TRUE(objects_->read("a", 0, part).ok());
  EXPECT_EQ(part, "one");
}

TEST_P(ObjectsContract, ListsNamesInOrderAndForgetsWhatIsRemoved) {
  for (const char* name : {"segments/s2/x", "segments/s1/y", "segments/s1/x", "originals/1.pack"}) {
    ASSERT_TRUE(objects_->put(name, file(name)).ok());
  }
  std::vector<std::string> names;
  const auto note = [&](const std::string& name, uint64_t bytes) -> Status {
    EXPECT_EQ(bytes, name.size());
    names.push_back(name);
    return {};
  };
  ASSERT_TRUE(objects_->list("segments/", note).ok());
  EXPECT_THAT(names, ElementsAre("segments/s1/x", "segments/s1/y", "segments/s2/x"));
  ASSERT_TRUE(objects_->remove("segments/s1/x").ok());
  EXPECT_TRUE(objects_->remove("segments/s1/x").ok());
  names.clear();
  ASSERT_TRUE(objects_->list("segments/s1/", note).ok());
  EXPECT_THAT(names, ElementsAre("segments/s1/y"));
}

std::string name_of(const testing::TestParamInfo<Kind>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Kinds, ObjectsContract, testing::Values(Kind{"Folder", nullptr}, Kind{"S3", "CUSTOS_TEST_S3"}),
                         name_of);

}  // namespace
}  // namespace custos::store
