// Lines of text as a page lays them out: blanks collapse, blocks break lines, quotations and lists prefix them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace custos::stage {

class HtmlLines {
 public:
  explicit HtmlLines(size_t bytes_max) : bytes_max_(bytes_max) {}

  // Text with HTML's blanks; `preformatted` keeps them.
  void text(std::string_view text, bool preformatted);
  // <br>: always ends the line.
  void line_end();
  // The next text begins a new line after at least `line_ends` - 1 empty ones.
  void block(int line_ends);
  void rule();

  void begin_quote() { ++quotes_; }
  void end_quote() { --quotes_; }
  void begin_list(bool numbered) { lists_.push_back({numbered, 0}); }
  void end_list() { lists_.pop_back(); }
  void begin_item();
  void begin_cell();
  void end_cell();
  void end_row();

  // Bytes written so far, and what was written since, for links.
  [[nodiscard]] size_t size() const { return out_.size(); }
  [[nodiscard]] std::string_view since(size_t mark) const;
  // " <url>", right behind the last word.
  void link(std::string_view url);

  [[nodiscard]] bool full() const { return out_.size() >= bytes_max_; }
  [[nodiscard]] std::string take();

 private:
  struct List {
    bool numbered = false;
    uint32_t items = 0;
  };

  void prefix(int quotes);
  void before_word();
  void end_line();
  void begin_line();
  void put_words(std::string_view text);
  void put_lines(std::string_view text);

  size_t bytes_max_;
  std::string out_;
  int breaks_ = 0;             // line ends that the next word needs
  bool at_line_begin_ = true;  // nothing on this line but prefixes
  bool blank_ = false;         // a blank waits for the next word
  int quotes_ = 0;
  int last_quotes_ = 0;  // of the line before
  std::vector<List> lists_;
  std::string bullet_;       // waits for the next word
  size_t cell_begin_ = 0;    // where the current cell's text began
  bool cell_fresh_ = false;  // the current cell has no text yet
  bool separator_ = false;   // " | " waits for the next cell's text
};

}  // namespace custos::stage
