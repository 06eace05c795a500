#include "stage/chunk/chunk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "base/utf8.h"

namespace custos::stage {

// Stands in for the redactor, which alone may mint redacted text and is not linked here.
class Redactor {
 public:
  static document::RedactedText text_of(std::string text, std::vector<document::Entity> entities = {}) {
    return {std::move(text), std::move(entities)};
  }
};

namespace {

using document::Chunk;
using document::RedactedText;
using document::Span;

const model::EstimatedTokens kCounter;

// Text with every "[REDACTED-…]" in it known as an entity.
RedactedText tagged(const std::string& text) {
  std::vector<document::Entity> entities;
  for (size_t at = text.find("[REDACTED-"); at != std::string::npos; at = text.find("[REDACTED-", at + 1)) {
    const Span span{static_cast<uint32_t>(at), static_cast<uint32_t>(text.find(']', at) + 1)};
    entities.push_back({.type = "EMAIL", .original = span, .redacted = span, .score = 1});
  }
  return Redactor::text_of(text, std::move(entities));
}

Span whole(const RedactedText& text) { return {0, static_cast<uint32_t>(text.text().size())}; }

std::vector<std::string> passages(const RedactedText& text, const std::vector<Chunk>& chunks) {
  std::vector<std::string> passages;
  for (const Chunk& chunk : chunks) passages.emplace_back(chunk.span.of(text.text()));
  return passages;
}

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// What chunk.h promises of any text.
void expect_promises(const RedactedText& text, const std::vector<Span>& authored, const ChunkOptions& options) {
  const std::string& bytes = text.text();
  const auto chunks = Chunker(kCounter, options).chunk(text, authored, 3);
  std::vector<bool> covered(bytes.size());
  uint32_t last = 0;
  for (const Chunk& chunk : chunks) {
    ASSERT_LT(chunk.span.begin, chunk.span.end);
    ASSERT_LE(chunk.span.end, bytes.size());
    EXPECT_EQ(chunk.part, 3U);
    EXPECT_GE(chunk.span.begin, last);
    last = chunk.span.begin;
    EXPECT_FALSE(is_space(bytes[chunk.span.begin]) || is_space(bytes[chunk.span.end - 1]));
    EXPECT_TRUE(utf8_is_valid(chunk.span.of(bytes)));
    const bool is_within = std::ranges::any_of(authored, [&](Span span) { return span.contains(chunk.span); });
    EXPECT_TRUE(is_within);
    for (const document::Entity& tag : text.entities()) {
      EXPECT_TRUE(!tag.redacted.overlaps(chunk.span) || chunk.span.contains(tag.redacted));
    }
    EXPECT_LE(chunk.tokens, options.tokens_max);
    EXPECT_LE(kCounter.count(chunk.span.of(bytes)), options.tokens_max);
    EXPECT_LE(chunk.span.size(), options.bytes_max);
    for (uint32_t at = chunk.span.begin; at < chunk.span.end; ++at) covered[at] = true;
  }
  for (const Span span : authored) {
    for (uint32_t at = span.begin; at < span.end; ++at) EXPECT_TRUE(covered[at] || is_space(bytes[at])) << at;
  }
}

TEST(Chunker, AShortTextIsOneChunk) {
  const RedactedText text = tagged("\n  Dear all,\n\nthe lot is sold. Thanks.\n\n");
  const auto chunks = Chunker(kCounter, {}).chunk(text, {whole(text)}, 0);
  EXPECT_EQ(passages(text, chunks), (std::vector<std::string>{"Dear all,\n\nthe lot is sold. Thanks."}));
}

TEST(Chunker, BlankTextHasNoChunks) {
  for (const char* blank : {"", " ", "\n\n \t\n"}) {
    const RedactedText text = tagged(blank);
    EXPECT_TRUE(Chunker(kCounter, {}).chunk(text, {whole(text)}, 0).empty());
  }
}

TEST(Chunker, CutsBetweenParagraphsWhereTheyFit) {
  std::string paragraph;
  for (int i = 0; i < 8; ++i) paragraph += "The river was high today. ";
  const RedactedText text = tagged(paragraph + "\n\n" + paragraph + "\n\n" + paragraph);
  const auto chunks = Chunker(kCounter, {.tokens_max = 64, .overlap_tokens = 0}).chunk(text, {whole(text)}, 0);
  ASSERT_EQ(chunks.size(), 3U);
  for (const std::string& passage : passages(text, chunks))
    EXPECT_EQ(passage, paragraph.substr(0, paragraph.size() - 1));
}

TEST(Chunker, OverlapsByWholeSentences) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "Number " + std::to_string(i) + " was sold to us. ";
  const RedactedText redacted = tagged(text);
  const auto chunks = Chunker(kCounter, {.tokens_max = 64, .overlap_tokens = 16}).chunk(redacted, {whole(redacted)}, 0);
  ASSERT_GT(chunks.size(), 3U);
  for (size_t i = 1; i < chunks.size(); ++i) {
    EXPECT_LT(chunks[i].span.begin, chunks[i - 1].span.end);
    EXPECT_EQ(text.substr(chunks[i].span.begin, 6), "Number");
  }
}

TEST(Chunker, LeavesOutWhatTheAuthorDidNotWrite) {
  const RedactedText text = tagged("I agree.\n> old words\nSee you.");
  const auto chunks = Chunker(kCounter, {}).chunk(text, {{0, 9}, {21, 29}}, 0);
  EXPECT_EQ(passages(text, chunks), (std::vector<std::string>{"I agree.", "See you."}));
}

TEST(Chunker, DoesNotEndASentenceInsideATagOrBeforeASmallLetter) {
  std::string text;
  for (int i = 0; i < 60; ++i)
    text += "Ask [REDACTED-EMAIL] e.g. about the lot no. seven, or [REDACTED-PHONE][REDACTED-SSN]. ";
  const RedactedText redacted = tagged(text);
  expect_promises(redacted, {whole(redacted)}, {.tokens_max = 64, .overlap_tokens = 16});
}

TEST(Chunker, KeepsItsPromisesOnRandomText) {
  std::mt19937 random(7);
  const std::vector<std::string> pieces{"word",
                                        "a",
                                        ". ",
                                        " ",
                                        "\n",
                                        "\n\n",
                                        "Ünïcödé",
                                        "漢字。",
                                        "[REDACTED-EMAIL]",
                                        "12345678901234567890",
                                        "!",
                                        "😀",
                                        std::string(90, 'x'),
                                        "؟ ",
                                        "- "};
  for (int round = 0; round < 300; ++round) {
    std::string text;
    for (unsigned i = 0, size = random() % 400; i < size; ++i) text += pieces[random() % pieces.size()];
    const RedactedText redacted = tagged(text);
    const ChunkOptions options{.tokens_max = 64 + static_cast<uint32_t>(random() % 200),
                               .overlap_tokens = static_cast<uint32_t>(random() % 32),
                               .bytes_max = 128 + static_cast<uint32_t>(random() % 2000)};
    expect_promises(redacted, {whole(redacted)}, options);
  }
}

TEST(Chunker, IsLinearOnHostileText) {
  for (const std::string& piece : {std::string("x"), std::string("."), std::string(" ."), std::string("漢"),
                                   std::string("a "), std::string("\n"), std::string("[REDACTED-EMAIL]")}) {
    std::string text;
    while (text.size() < (1 << 20)) text += piece;
    const RedactedText redacted = tagged(text);
    const auto chunks = Chunker(kCounter, {}).chunk(redacted, {whole(redacted)}, 0);
    EXPECT_LT(chunks.size(), text.size() / 64) << piece;
  }
}

TEST(ChunkRecord, TakesTheAuthoredTextOfBodyParts) {
  document::Record record;
  record.parts = {
      {.is_attachment = true, .text = tagged("attached")},
      {.is_body = true, .text = tagged("Yes.\n> No?"), .removed = {{{5, 10}, document::SpanReason::kQuoted}}}};
  const Chunker chunker(kCounter, {});
  const auto authored = chunk_record(chunker, record, {});
  ASSERT_EQ(authored.size(), 1U);
  EXPECT_EQ(authored[0].part, 1U);
  EXPECT_EQ(authored[0].span, (Span{0, 4}));
  EXPECT_EQ(chunk_record(chunker, record, {.attachments = true, .with_quoted = true}).size(), 2U);
}

}  // namespace
}  // namespace custos::stage
