#include "stage/parse/html_lines.h"

#include <algorithm>

namespace custos::stage {
namespace {

constexpr int kQuotesShownMax = 20;  // "> > > …": a line's prefix must not outgrow the text
constexpr size_t kListsShownMax = 10;
constexpr int kLineEndsMax = 3;
constexpr std::string_view kNoBreakSpace = "\xc2\xa0";
constexpr std::string_view kRule = "________________________________";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

// Characters that show nothing and only pad previews: zero-width space and joiners at the beginning of a line, BOM,
// soft hyphen, combining grapheme joiner. Their length, or 0.
size_t invisible_length(std::string_view text) {
  for (const std::string_view mark : {"\xe2\x80\x8b", "\xef\xbb\xbf", "\xc2\xad", "\xcd\x8f"}) {
    if (text.starts_with(mark)) return mark.size();
  }
  return 0;
}

}  // namespace

void HtmlLines::end_line() {
  while (!out_.empty() && out_.back() == ' ') out_.pop_back();
  out_ += '\n';
}

void HtmlLines::begin_line() {
  at_line_begin_ = true;
  blank_ = false;
}

void HtmlLines::block(int line_ends) {
  const bool begins_cell = cell_fresh_ && separator_;
  if (begins_cell) return;
  blank_ = false;
  if (out_.empty()) return;
  breaks_ = std::max(breaks_, at_line_begin_ && breaks_ == 0 ? line_ends - 1 : line_ends);
}

void HtmlLines::line_end() {
  separator_ = false;
  if (breaks_ == 0 && at_line_begin_) {
    breaks_ = 1;
  } else {
    breaks_ = std::min(breaks_ + 1, kLineEndsMax);
  }
  blank_ = false;
}

void HtmlLines::prefix(int quotes) {
  for (int i = 0; i < std::min(quotes, kQuotesShownMax); ++i) out_ += "> ";
}

void HtmlLines::before_word() {
  if (breaks_ > 0 && !out_.empty()) {
    for (int i = 0; i < breaks_; ++i) {
      end_line();
      if (i + 1 < breaks_) prefix(std::min(quotes_, last_quotes_));
    }
    begin_line();
    separator_ = false;
  }
  breaks_ = 0;
  if (at_line_begin_) {
    prefix(quotes_);
    if (!lists_.empty()) out_.append(2 * (std::min(lists_.size(), kListsShownMax) - 1), ' ');
    if (!lists_.empty() && bullet_.empty()) out_ += "  ";
    out_ += bullet_;
    bullet_.clear();
  } else if (separator_) {
    while (!out_.empty() && out_.back() == ' ') out_.pop_back();
    out_ += " | ";
  } else if (blank_ && !out_.empty() && out_.back() != ' ') {
    out_ += ' ';
  }
  last_quotes_ = quotes_;
  if (cell_fresh_) cell_begin_ = out_.size();
  separator_ = blank_ = at_line_begin_ = cell_fresh_ = false;
}

void HtmlLines::put_words(std::string_view text) {
  for (size_t at = 0; at < text.size() && !full();) {
    if (is_blank(text[at])) {
      blank_ = true;
      ++at;
      continue;
    }
    if (const size_t length = invisible_length(text.substr(at)); length > 0) {
      at += length;
      continue;
    }
    if (text.substr(at).starts_with(kNoBreakSpace)) {
      blank_ = true;
      at += kNoBreakSpace.size();
      continue;
    }
    before_word();
    const size_t begin = at;
    while (at < text.size() && !is_blank(text[at]) && !text.substr(at).starts_with(kNoBreakSpace)) ++at;
    out_.append(text.substr(begin, at - begin));
  }
}

void HtmlLines::put_lines(std::string_view text) {
  for (size_t at = 0; at < text.size() && !full();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    if (end > at) {
      before_word();
      out_.append(text.substr(at, end - at));
    }
    if (end < text.size()) line_end();
    at = end + 1;
  }
}

void HtmlLines::text(std::string_view text, bool preformatted) { preformatted ? put_lines(text) : put_words(text); }

void HtmlLines::rule() {
  block(1);
  before_word();
  out_ += kRule;
  block(1);
}

void HtmlLines::begin_item() {
  block(1);
  if (lists_.empty()) {
    bullet_ = "- ";
    return;
  }
  List& list = lists_.back();
  ++list.items;
  bullet_ = list.numbered ? std::to_string(list.items) + ". " : "- ";
}

void HtmlLines::begin_cell() {
  cell_fresh_ = true;
  cell_begin_ = out_.size();
  blank_ = false;
}

// A cell of one line parts from the next by " | "; one of several lines by a line end.
void HtmlLines::end_cell() {
  if (cell_fresh_) {
    cell_fresh_ = false;
    return;
  }
  const bool one_line = out_.find('\n', std::min(cell_begin_, out_.size())) == std::string::npos;
  blank_ = false;
  if (one_line && !at_line_begin_) {
    breaks_ = 0;
    separator_ = true;
  } else {
    block(1);
  }
}

void HtmlLines::end_row() {
  separator_ = false;
  cell_fresh_ = false;
  block(1);
}

std::string_view HtmlLines::since(size_t mark) const {
  return mark < out_.size() ? std::string_view(out_).substr(mark) : std::string_view();
}

void HtmlLines::link(std::string_view url) {
  if (full()) return;
  out_.append(" <").append(url).append(">");
}

std::string HtmlLines::take() {
  while (!out_.empty() && is_blank(out_.back())) out_.pop_back();
  if (!out_.empty()) out_ += '\n';
  return std::move(out_);
}

}  // namespace custos::stage
