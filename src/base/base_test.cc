#include <gtest/gtest.h>

#include <thread>

#include "base/bounded_queue.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/utf8.h"

namespace custos {
namespace {

TEST(Digest, GivesThePublishedVectors) {
  EXPECT_EQ(sha256("abc").hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(md5_hex("abc"), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(blake2b("abc").hex(), "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

TEST(Digest, PiecesDoNotRunTogether) {
  EXPECT_NE(DigestBuilder().add("ab").add("c").finish(), DigestBuilder().add("a").add("bc").finish());
}

TEST(JsonWriter, WritesCommasEscapesAndRepairsBytes) {
  JsonWriter w;
  w.begin_object().key("a").value("q\"\n\x01\xff").key("b").begin_array().value(1).value(true).null().end_array();
  w.end_object();
  EXPECT_EQ(w.text(), "{\"a\":\"q\\\"\\n\\u0001\xef\xbf\xbd\",\"b\":[1,true,null]}");
}

TEST(JsonReader, ReadsMembersKindsAndNumbersAsTheyWereWritten) {
  const auto json = JsonDocument::parse(R"({"id":7,"text":"a\u00e9","to":["x",null],"at":1.5})");
  ASSERT_TRUE(json.ok()) << json.error().message;
  const JsonValue root = json->root();
  EXPECT_EQ(root.member("id")->whole_number(), "7");
  EXPECT_EQ(root.member("text")->string(), "a\xc3\xa9");
  EXPECT_EQ(root.member("at")->number(), 1.5);
  EXPECT_FALSE(root.member("at")->whole_number());
  EXPECT_FALSE(root.member("missing"));
  int elements = 0;
  root.member("to")->for_each([&](JsonValue) { ++elements; });
  EXPECT_EQ(elements, 2);
}

TEST(JsonReader, RefusesWhatIsBrokenOrTooDeepWithoutRecursion) {
  for (const char* bad : {"", "{", "{\"a\":1}x", "{\"a\":\"\xff\"}", "[1,]"})
    EXPECT_FALSE(JsonDocument::parse(bad).ok()) << bad;
  EXPECT_EQ(JsonDocument::parse(std::string(1 << 20, '[')).error().code, Code::kLimit);
  EXPECT_TRUE(JsonDocument::parse("\"[[[[[\\\"[[\"", 1).ok()) << "brackets in strings open nothing";
}

TEST(Utf8, RefusesOverlongSurrogateAndTruncatedSequences) {
  for (const char* bad : {"\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82"}) EXPECT_FALSE(utf8_is_valid(bad));
  EXPECT_TRUE(utf8_is_valid("\xe2\x82\xac \xf0\x9f\x98\x80"));
  EXPECT_EQ(utf8_truncated("a\xe2\x82\xac", 3), "a");
  EXPECT_EQ(utf8_repaired(std::string_view("a\0b", 3)),
            "a\xef\xbf\xbd"
            "b");
}

TEST(BoundedQueue, HandsOverInOrderAndEndsWhenClosed) {
  BoundedQueue<int> queue(2);
  std::thread producer([&] {
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(queue.push(i));
    queue.close();
  });
  for (int i = 0; i < 100; ++i) EXPECT_EQ(queue.pop(), i);
  EXPECT_EQ(queue.pop(), std::nullopt);
  producer.join();
}

TEST(File, NamesTheFileThatIsMissing) {
  const auto file = File::open_read("/nonexistent/box");
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().code, Code::kNotFound);
  EXPECT_NE(file.error().message.find("/nonexistent/box"), std::string::npos);
}

}  // namespace
}  // namespace custos
