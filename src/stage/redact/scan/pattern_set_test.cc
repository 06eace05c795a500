#include "stage/redact/scan/pattern_set.h"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>
#include <random>
#include <string>

#include "stage/redact/scan/pattern_syntax.h"

namespace custos::stage {
namespace {

std::vector<Recognizer> built_in() {
  std::vector<Recognizer> all = general_recognizers();
  for (Recognizer& recognizer : national_recognizers()) all.push_back(std::move(recognizer));
  return all;
}

// A text that the tree of a pattern matches.
class Writer {
 public:
  std::string write(const PatternNode& node) {
    using Kind = PatternNode::Kind;
    std::string out;
    if (node.kind == Kind::kBytes) return std::string(1, any_of(node.bytes));
    if (node.kind == Kind::kChoice) return write(node.children[below(node.children.size())]);
    if (node.kind == Kind::kRepeat) {
      const uint32_t most = std::min(node.most, node.least + 8);
      for (size_t left = node.least + below(most - node.least + 1); left > 0; --left) out += write(node.children[0]);
      return out;
    }
    for (const PatternNode& child : node.children) out += write(child);
    return out;
  }

 private:
  size_t below(size_t limit) { return std::uniform_int_distribution<size_t>(0, limit - 1)(random_); }

  char any_of(const ByteSet& bytes) {
    for (;;) {
      const size_t byte = below(0x80);  // ASCII stays UTF-8
      // RE2's \s has no vertical tab, Hyperscan's has.
      if (bytes[byte] && byte != '\v') return static_cast<char>(byte);
      if ((bytes >> 0x80).count() == bytes.count()) return '?';
    }
  }

  std::mt19937 random_{20240229};
};

class Scanned {
 public:
  explicit Scanned(const std::vector<Recognizer>& recognizers) : set_(PatternSet::compile(recognizers).value()) {
    EXPECT_TRUE(set_.reserve(scratch_).ok());
  }
  std::vector<Candidate> scan(std::string_view text) {
    std::vector<Candidate> out;
    EXPECT_TRUE(set_.scan(text, scratch_, 100'000, out).ok());
    return out;
  }

 private:
  PatternSet set_;
  ScanScratch scratch_;
};

bool has(const std::vector<Candidate>& found, size_t id, document::Span span) {
  return std::any_of(found.begin(), found.end(),
                     [&](const Candidate& candidate) { return candidate.recognizer == id && candidate.span == span; });
}

TEST(PatternSet, FindsWhateverAPatternCanMatchAmongAllOthers) {
  const std::vector<Recognizer> recognizers = built_in();
  Scanned scanned(recognizers);
  Writer writer;
  size_t tried = 0;
  for (size_t id = 0; id < recognizers.size(); ++id) {
    const Recognizer& recognizer = recognizers[id];
    const auto parsed = parse_pattern(recognizer.pattern, recognizer.ignore_case, reads_characters(recognizer.pattern));
    const CompiledPattern exact = compile_pattern(recognizer).value();
    if (!parsed || exact.has_group) continue;
    for (int i = 0; i < 40; ++i) {
      const std::string value = writer.write(parsed->root);
      if (!re2::RE2::FullMatch(value, *exact.expression)) continue;
      const std::string text = "see " + value + " there";
      const document::Span span{4, static_cast<uint32_t>(4 + value.size())};
      EXPECT_TRUE(has(scanned.scan(text), id, span)) << recognizer.type << " in: " << text;
      ++tried;
    }
  }
  EXPECT_GT(tried, 2000U);
}

TEST(PatternSet, EveryCandidateIsAMatchWithItsEdges) {
  const std::vector<Recognizer> recognizers = built_in();
  Scanned scanned(recognizers);
  std::vector<CompiledPattern> exact;
  for (const Recognizer& recognizer : recognizers) exact.push_back(compile_pattern(recognizer).value());
  std::mt19937 random(7);
  const std::string_view alphabet = "0123456789012345678901234567890123456789ABXab --..//:()+,\n\xC3\xA9";
  for (int round = 0; round < 400; ++round) {
    std::string text;
    for (int i = 0; i < 60; ++i) text += alphabet[random() % (alphabet.size() - 2)];
    for (const Candidate& candidate : scanned.scan(text)) {
      const CompiledPattern& pattern = exact[candidate.recognizer];
      EXPECT_TRUE(!pattern.word_edges || has_word_edges(text, candidate.span)) << text;
      if (!pattern.has_group) {
        EXPECT_TRUE(re2::RE2::FullMatch(std::string(candidate.span.of(text)), *pattern.expression)) << text;
      }
    }
  }
}

TEST(PatternSet, TheEndsOfTheTextAreEdges) {
  Scanned scanned({{.type = "A", .pattern = "^\\d{4}", .word_edges = false},
                   {.type = "B", .pattern = "\\d{2}$", .word_edges = false},
                   {.type = "C", .pattern = "\\d{4}"}});
  EXPECT_EQ(scanned.scan("1234").size(), 3U);
  EXPECT_EQ(scanned.scan(" 1234 ").size(), 1U);
  EXPECT_EQ(scanned.scan("x1234").size(), 1U);
  EXPECT_EQ(scanned
                .scan("\xC3\xA9"
                      "1234")
                .size(),
            1U);
  EXPECT_EQ(scanned
                .scan("\xE3\x81\x82"
                      "1234\xE3\x81\x82")
                .size(),
            1U);
}

TEST(PatternSet, OverlappingTextThatIsNoneForItsEdgesEndsInAnError) {
  const std::vector<Recognizer> recognizers = {{.type = "LONG", .pattern = "key[a-z -]*\\.", .validator = "iban"}};
  const PatternSet set = PatternSet::compile(recognizers).value();
  ScanScratch scratch;
  ASSERT_TRUE(set.reserve(scratch).ok());
  std::string text;
  for (int i = 0; i < 40'000; ++i) text += "-xkey";
  text += ".x";
  std::vector<Candidate> out;
  EXPECT_FALSE(set.scan(text, scratch, 1'000'000, out).ok());
}

}  // namespace
}  // namespace custos::stage
