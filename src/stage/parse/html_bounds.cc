#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <unordered_map>

#include "stage/parse/html.h"

namespace custos::stage {
namespace {

constexpr uint32_t kFormattingOpenMax = 32;
constexpr uint32_t kAttributesMax = 256;
constexpr uint32_t kRootTagsMax = 8;  // gumbo merges the attributes of every further <html> and <body>
constexpr size_t kNamesMax = 1024;    // different tags in one text
constexpr size_t kNameBytesMax = 24;

template <size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Never open, or closed by the next of their kind.
bool nests(std::string_view name) {
  static constexpr std::array<std::string_view, 30> kFlat = {
      "br", "img",   "hr",  "meta",  "link",   "input", "area",  "base",  "col",      "embed",
      "p",  "li",    "td",  "tr",    "th",     "tbody", "thead", "tfoot", "option",   "dt",
      "dd", "param", "wbr", "track", "source", "html",  "body",  "head",  "colgroup", "basefont"};
  return !is_one_of(name, kFlat);
}

bool is_formatting(std::string_view name) {
  static constexpr std::array<std::string_view, 14> kNames = {"a",    "b", "big",   "code",   "em", "font", "i",
                                                              "nobr", "s", "small", "strike", "tt", "u",    "strong"};
  return is_one_of(name, kNames);
}

struct Tag {
  std::string name;  // lower-case, cut to kNameBytesMax
  bool closes = false;
  size_t end = 0;  // past ">"
  size_t cut = 0;  // where the attribute after the last allowed one begins, or end
  bool cut_short = false;
};

// REQUIRES: html[at] == '<' and a letter or "/" follows.
Tag read_tag(std::string_view html, size_t at) {
  Tag tag;
  size_t i = at + 1;
  if (html[i] == '/') {
    tag.closes = true;
    ++i;
  }
  for (; i < html.size() && std::isalnum(static_cast<unsigned char>(html[i])) != 0; ++i) {
    if (tag.name.size() < kNameBytesMax)
      tag.name += static_cast<char>(std::tolower(static_cast<unsigned char>(html[i])));
  }
  uint32_t attributes = 0;
  bool after_equals = false;
  bool in_word = false;
  for (; i < html.size() && html[i] != '>'; ++i) {
    const char c = html[i];
    if ((c == '"' || c == '\'') && after_equals) {
      i = std::min(html.find(c, i + 1), html.size() - 1);
      after_equals = in_word = false;
      continue;
    }
    const bool blank = std::isspace(static_cast<unsigned char>(c)) != 0 || c == '/';
    if (!blank && !in_word && !after_equals && c != '=' && ++attributes > kAttributesMax && !tag.cut_short) {
      tag.cut_short = true;
      tag.cut = i;
    }
    if (c == '=')
      after_equals = true;
    else if (!blank)
      after_equals = false;
    in_word = !blank;
  }
  tag.end = std::min(i + 1, html.size());
  if (!tag.cut_short) tag.cut = tag.end;
  return tag;
}

class HtmlBounds {
 public:
  HtmlBounds(std::string_view html, const ParseLimits& limits, std::string& storage, Defects& defects)
      : html_(html), limits_(limits), out_(storage), defects_(defects) {}

  std::string_view run() {
    size_t at = 0;
    while ((at = html_.find('<', at)) != std::string_view::npos) at = pass(at);
    if (!copying_) return html_;
    out_.append(html_.substr(kept_));
    return out_;
  }

 private:
  size_t pass(size_t at) {
    if (html_.compare(at, 4, "<!--") == 0) {
      const size_t end = html_.find("-->", at + 4);
      return end == std::string_view::npos ? at + 4 : end + 3;
    }
    const char next = at + 1 < html_.size() ? html_[at + 1] : '\0';
    if (next != '/' && std::isalpha(static_cast<unsigned char>(next)) == 0) return at + 1;
    const Tag tag = read_tag(html_, at);
    if (tag.closes ? drops_end(tag.name) : drops_start(tag.name)) {
      drop(at, tag.end);
    } else if (tag.cut_short) {
      drop(tag.cut, tag.end - 1);
    }
    return tag.end;
  }

  bool drops_start(const std::string& name) {
    if (name == "html" || name == "body") return ++root_tags_ > kRootTagsMax;
    if (!nests(name)) return false;
    if (counts_.size() >= kNamesMax && !counts_.contains(name)) return true;
    Count& count = counts_[name];
    const bool formatting = is_formatting(name);
    if (depth_ >= limits_.html_depth_max || (formatting && formatting_ >= kFormattingOpenMax)) {
      ++count.dropped;
      defects_.add("html-too-deep");
      return true;
    }
    ++count.open;
    ++depth_;
    formatting_ += formatting ? 1 : 0;
    return false;
  }

  bool drops_end(const std::string& name) {
    const auto found = counts_.find(name);
    if (found == counts_.end()) return false;
    Count& count = found->second;
    if (count.dropped > 0) {
      --count.dropped;
      return true;
    }
    if (count.open > 0) {
      --count.open;
      --depth_;
      formatting_ -= is_formatting(name) ? 1 : 0;
    }
    return false;
  }

  void drop(size_t begin, size_t end) {
    copying_ = true;
    out_.append(html_.substr(kept_, begin - kept_));
    kept_ = end;
  }

  struct Count {
    uint32_t open = 0;
    uint32_t dropped = 0;
  };

  std::string_view html_;
  const ParseLimits& limits_;
  std::string& out_;
  Defects& defects_;
  bool copying_ = false;
  size_t kept_ = 0;  // copied up to here
  uint32_t depth_ = 0;
  uint32_t formatting_ = 0;
  uint32_t root_tags_ = 0;
  std::unordered_map<std::string, Count> counts_;  // at most kNamesMax
};

bool is_block_name(std::string_view name) {
  static constexpr std::array<std::string_view, 14> kNames = {"p",  "div", "br", "tr", "li", "table", "ul",
                                                              "ol", "h1",  "h2", "h3", "hr", "pre",   "blockquote"};
  return is_one_of(name, kNames);
}

}  // namespace

std::string_view bounded_html(std::string_view html, const ParseLimits& limits, std::string& storage,
                              Defects& defects) {
  storage.clear();
  return HtmlBounds(html, limits, storage, defects).run();
}

std::string stripped_html(std::string_view html) {
  std::string out;
  for (size_t at = 0; at < html.size();) {
    const size_t open = std::min(html.find('<', at), html.size());
    out.append(html.substr(at, open - at));
    if (open + 1 >= html.size()) break;
    const Tag tag = read_tag(html, open);
    if (is_block_name(tag.name) && !out.empty() && out.back() != '\n') out += '\n';
    at = tag.end;
  }
  return out;
}

std::string_view html_charset(std::string_view html) {
  const std::string_view head = html.substr(0, 1024);
  for (size_t at = head.find('='); at != std::string_view::npos; at = head.find('=', at + 1)) {
    static constexpr std::string_view kName = "charset";
    if (at < kName.size()) continue;
    const std::string_view name = head.substr(at - kName.size(), kName.size());
    const bool matches = std::equal(name.begin(), name.end(), kName.begin(),
                                    [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
    if (!matches) continue;
    const size_t begin = head.find_first_not_of("\"' ", at + 1);
    if (begin == std::string_view::npos) return {};
    return head.substr(begin, std::min(head.find_first_of("\"'>; /", begin), head.size()) - begin);
  }
  return {};
}

}  // namespace custos::stage
