#include "client/s3/signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/digest.h"

namespace custos::client {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

// The examples of "Authenticating Requests: Using the Authorization Header", Amazon S3 API Reference.
const S3Credentials kExample{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""};
const SigningScope kScope{"us-east-1", "s3", "20130524T000000Z"};

SignedRequest example(std::string method, std::string path, std::string payload = "") {
  SignedRequest request{std::move(method), std::move(path), {}, {}, sha256(payload).hex()};
  request.headers = {{"Host", "examplebucket.s3.amazonaws.com"},
                     {"x-amz-content-sha256", request.payload_sha256},
                     {"x-amz-date", "20130524T000000Z"}};
  return request;
}

TEST(Signature, IsAmazonsOfGettingAnObject) {
  SignedRequest request = example("GET", "/test.txt");
  request.headers.push_back({"Range", "bytes=0-9"});
  EXPECT_EQ(authorization(request, kScope, kExample),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(Signature, IsAmazonsOfPuttingAnObject) {
  SignedRequest request = example("PUT", "/" + uri_escaped("test$file.text", true), "Welcome to Amazon S3.");
  request.headers.push_back({"Date", "Fri, 24 May 2013 00:00:00 GMT"});
  request.headers.push_back({"x-amz-storage-class", "REDUCED_REDUNDANCY"});
  EXPECT_THAT(authorization(request, kScope, kExample),
              EndsWith("Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"));
}

TEST(Signature, IsAmazonsOfAQueryWithoutAValue) {
  SignedRequest request = example("GET", "/");
  request.query = {{"lifecycle", ""}};
  EXPECT_THAT(authorization(request, kScope, kExample),
              EndsWith("Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"));
}

TEST(Signature, IsAmazonsOfListing) {
  SignedRequest request = example("GET", "/");
  request.query = {{"prefix", "J"}, {"max-keys", "2"}};
  EXPECT_THAT(authorization(request, kScope, kExample),
              EndsWith("Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"));
}

// get-vanilla of the aws-sig-v4-test-suite.
TEST(Signature, IsAmazonsOfTheTestSuite) {
  const SignedRequest request{
      "GET", "/", {}, {{"Host", "example.amazonaws.com"}, {"X-Amz-Date", "20150830T123600Z"}}, sha256("").hex()};
  const S3Credentials credentials{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""};
  EXPECT_THAT(authorization(request, {"us-east-1", "service", "20150830T123600Z"}, credentials),
              EndsWith("Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"));
}

TEST(Signature, EscapesEveryByteButTheUnreserved) {
  EXPECT_EQ(uri_escaped("a b+c%d/ü~*'", true), "a%20b%2Bc%25d/%C3%BC~%2A%27");
  EXPECT_EQ(uri_escaped("a/b", false), "a%2Fb");
  EXPECT_EQ(canonical_query({{"prefix", "b/ä"}, {"list-type", "2"}}), "list-type=2&prefix=b%2F%C3%A4");
  EXPECT_EQ(amz_timestamp(1369353600), "20130524T000000Z");
}

}  // namespace
}  // namespace custos::client
