#include "stage/tokenize/one_pass.h"

#include <algorithm>
#include <array>

#include "stage/tokenize/text_scan.h"

namespace custos::stage {
namespace {

enum class Rule : uint8_t { kNone, kAlone, kComma, kDot, kDash, kQuote, kApostrophe };

constexpr std::array<Rule, 256> kRules = [] {
  std::array<Rule, 256> rules{};
  const auto set = [&](std::string_view bytes, Rule rule) {
    for (const char c : bytes) rules[static_cast<unsigned char>(c)] = rule;
  };
  set(";@#$%&?!*[](){}<>", Rule::kAlone);
  set(",:", Rule::kComma);
  set(".", Rule::kDot);
  set("-\xe2", Rule::kDash);
  set("\"", Rule::kQuote);
  set("'", Rule::kApostrophe);
  return rules;
}();
constexpr ByteSet kQuoteOpeners("([{<");
constexpr ByteSet kShortClitics("sSmMdD");

class OnePass {
 public:
  OnePass(const Word& word, document::TokenList& out) : word_(word), text_(word.text), out_(out) {}

  void run() {
    while (at_ < text_.size()) {
      switch (kRules[static_cast<unsigned char>(text_[at_])]) {
        case Rule::kNone:
          ++at_;
          break;
        case Rule::kAlone:
          separate(1);
          break;
        case Rule::kComma:
          comma();
          break;
        case Rule::kDot:
          dots();
          break;
        case Rule::kDash:
          dash();
          break;
        case Rule::kQuote:
          quote();
          break;
        case Rule::kApostrophe:
          apostrophe_ = at_++;
          break;
      }
    }
    end_piece();
  }

 private:
  static constexpr size_t kNone = std::string_view::npos;

  // The piece before at_ ends, and so many bytes are the next token.
  void separate(size_t bytes) {
    end_piece();
    out_.push_back_from(text_, at_, bytes);
    begin_ = at_ += bytes;
  }

  void end_piece() {
    const std::string_view piece = text_.substr(begin_, at_ - begin_);
    const size_t cut = apostrophe_ == kNone ? 0 : clitic(piece, apostrophe_ - begin_);
    apostrophe_ = kNone;
    if (cut > 0) out_.push_back(piece.substr(0, cut));
    if (cut < piece.size()) out_.push_back(piece.substr(cut));
  }

  // Where the piece is cut for its clitic: 's, 'm, 'd, 'll, 're, 've, n't. 0 where it is not.
  static size_t clitic(std::string_view piece, size_t apostrophe) {
    const std::string_view tail = piece.substr(apostrophe);
    if (tail.size() == 2 && kShortClitics.has(tail[1])) return apostrophe;
    constexpr std::array<std::string_view, 6> kLong = {"'ll", "'LL", "'re", "'RE", "'ve", "'VE"};
    if (std::find(kLong.begin(), kLong.end(), tail) != kLong.end()) return apostrophe;
    return piece.ends_with("n't") || piece.ends_with("N'T") ? piece.size() - 3 : 0;
  }

  // One before a digit stays. One that is set apart takes the character after it along, so that of two only the first
  // is.
  void comma() {
    if (is_digit_at(text_, at_ + 1)) {
      ++at_;
      return;
    }
    separate(1);
    if (at_ < text_.size() && kRules[static_cast<unsigned char>(text_[at_])] == Rule::kComma) ++at_;
  }

  void dots() {
    const size_t run = run_length(text_, at_, '.');
    run >= 2 || at_ == word_.final_stop ? separate(run) : void(++at_);
  }

  void dash() {
    const bool is_pair = text_[at_] == '-' && at_ + 1 < text_.size() && text_[at_ + 1] == '-';
    const size_t length = is_pair ? 2 : dash_length(text_, at_);
    length > 0 ? separate(length) : void(++at_);
  }

  void quote() {
    const bool is_first = word_.before == Edge::kSpace || word_.before == Edge::kNone;
    const bool is_opening = at_ == 0 ? is_first : kQuoteOpeners.has(text_[at_ - 1]);
    end_piece();
    out_.push_back(is_opening ? "``" : "''");
    begin_ = ++at_;
  }

  const Word& word_;
  std::string_view text_;
  document::TokenList& out_;
  size_t begin_ = 0;  // of the piece at hand
  size_t at_ = 0;
  size_t apostrophe_ = kNone;  // in the piece at hand
};

}  // namespace

void split_in_one_pass(const Word& word, document::TokenList& out) { OnePass(word, out).run(); }

}  // namespace custos::stage
