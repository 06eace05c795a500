#include "stage/parse/html.h"

#include <gumbo.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <csetjmp>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "stage/parse/charset.h"
#include "stage/parse/html_lines.h"

namespace custos::stage {
namespace {

constexpr size_t kBlockBytes = 64 << 10;
constexpr size_t kUrlBytesMax = 2048;

// ---- gumbo's memory: freed at once, without gumbo's recursive destructor, and bounded.
class Arena {
 public:
  explicit Arena(uint64_t bytes_max) : left_(bytes_max) {}

  // Null where bytes_max is reached.
  void* take(size_t bytes) {
    bytes = (bytes + 15) & ~size_t{15};
    if (bytes > room_ && !grow(bytes)) return nullptr;
    char* taken = next_;
    next_ += bytes;
    room_ -= bytes;
    return taken;
  }

  std::jmp_buf overflow;

 private:
  bool grow(size_t bytes) {
    const size_t size = std::max(bytes, std::min(kBlockBytes << std::min<size_t>(blocks_.size(), 6), size_t{4} << 20));
    if (size > left_) return false;
    left_ -= size;
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
    next_ = blocks_.back().get();
    room_ = size;
    return true;
  }

  uint64_t left_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  size_t room_ = 0;
};

// gumbo cannot be told of a failed allocation; leaving it by longjmp passes only its own C frames, which own nothing
// outside the arena.
void* take_or_leave(void* arena, size_t bytes) {
  auto* owner = static_cast<Arena*>(arena);
  void* taken = owner->take(bytes);
  if (taken == nullptr) std::longjmp(owner->overflow, 1);
  return taken;
}

void keep(void*, void*) {}

// Null where the tree is larger than the arena may be.
const GumboOutput* parse_tree(std::string_view html, Arena& arena) {
  GumboOptions options = kGumboDefaultOptions;
  options.allocator = take_or_leave;
  options.deallocator = keep;
  options.userdata = &arena;
  options.max_errors = 0;
  if (setjmp(arena.overflow) != 0) return nullptr;
  return gumbo_parse_with_options(&options, html.data(), html.size());
}

// ---- what an element means
std::string_view attribute(const GumboElement& element, const char* name) {
  const GumboAttribute* found = gumbo_get_attribute(&element.attributes, name);
  return found == nullptr ? std::string_view() : std::string_view(found->value);
}

std::string style_of(const GumboElement& element) {
  std::string out;
  for (const char c : attribute(element, "style").substr(0, 4096)) {
    if (std::isspace(static_cast<unsigned char>(c)) == 0)
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

// "font-size:0", "font-size:0px", but not "font-size:0.9em".
bool is_zero(const std::string& style, std::string_view property) {
  const size_t at = style.find(property);
  if (at == std::string::npos || (at > 0 && style[at - 1] != ';')) return false;
  const size_t value = at + property.size();
  if (value >= style.size() || style[value] != '0') return false;
  const size_t after = style.find_first_not_of("0.", value);
  return after == std::string::npos || std::isdigit(static_cast<unsigned char>(style[after])) == 0;
}

bool is_hidden(const GumboElement& element) {
  if (gumbo_get_attribute(&element.attributes, "hidden") != nullptr) return true;
  if (gumbo_get_attribute(&element.attributes, "style") == nullptr) return false;
  const std::string style = style_of(element);
  for (const std::string_view rule : {"display:none", "visibility:hidden", "mso-hide:all"}) {
    if (style.find(rule) != std::string::npos) return true;
  }
  return is_zero(style, "font-size:") || is_zero(style, "max-height:");
}

// A quotation, or only an indented block: some composers indent by <blockquote> without a border, and Outlook quotes by
// a <div> with a blue line on its left.
bool is_quotation(const GumboElement& element) {
  const bool blockquote = element.tag == GUMBO_TAG_BLOCKQUOTE;
  if (!blockquote && element.tag != GUMBO_TAG_DIV) return false;
  const std::string style = style_of(element);
  if (!blockquote) return style.find("border-left:solidblue") != std::string::npos;
  const bool cited = attribute(element, "type") == "cite" || !attribute(element, "class").empty();
  return cited || (style.find("border:none") == std::string::npos && style.find("border:0") == std::string::npos);
}

bool is_dropped(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_HEAD:
    case GUMBO_TAG_TITLE:
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_TEMPLATE:
    case GUMBO_TAG_OBJECT:
    case GUMBO_TAG_SVG:
    case GUMBO_TAG_SELECT:
      return true;
    default:
      return false;
  }
}

// Line ends around an element: 0 inline, 1 a line of its own, 2 a paragraph.
int line_ends_of(const GumboElement& element) {
  switch (element.tag) {
    case GUMBO_TAG_P:
      return attribute(element, "class").starts_with("MsoNormal") ? 1 : 2;
    case GUMBO_TAG_H1:
    case GUMBO_TAG_H2:
    case GUMBO_TAG_H3:
    case GUMBO_TAG_H4:
    case GUMBO_TAG_H5:
    case GUMBO_TAG_H6:
    case GUMBO_TAG_BLOCKQUOTE:
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_DL:
      return 2;
    case GUMBO_TAG_DIV:
    case GUMBO_TAG_TABLE:
    case GUMBO_TAG_TR:
    case GUMBO_TAG_UL:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_DT:
    case GUMBO_TAG_DD:
    case GUMBO_TAG_CENTER:
    case GUMBO_TAG_ADDRESS:
    case GUMBO_TAG_SECTION:
    case GUMBO_TAG_ARTICLE:
    case GUMBO_TAG_HEADER:
    case GUMBO_TAG_FOOTER:
    case GUMBO_TAG_MAIN:
    case GUMBO_TAG_NAV:
    case GUMBO_TAG_ASIDE:
    case GUMBO_TAG_FORM:
    case GUMBO_TAG_FIELDSET:
    case GUMBO_TAG_CAPTION:
      return 1;
    default:
      return 0;
  }
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
  return text;
}

std::string_view bare_url(std::string_view url) {
  for (const std::string_view scheme : {"mailto:", "https://", "http://", "tel:"}) {
    if (url.starts_with(scheme)) url.remove_prefix(scheme.size());
  }
  while (url.ends_with('/')) url.remove_suffix(1);
  return url;
}

// Empty where a reader gains nothing from it: anchors, scripts, inline images, and what the text says already.
std::string_view shown_url(const GumboElement& element, std::string_view text) {
  std::string_view url = trimmed(attribute(element, "href"));
  for (const std::string_view prefix : {"#", "javascript:", "cid:", "data:"}) {
    if (url.starts_with(prefix)) return {};
  }
  text.remove_prefix(std::min(text.find_first_not_of("> -|\n"), text.size()));
  text = trimmed(text);
  if (url.empty() || text.empty() || bare_url(text) == bare_url(url)) return {};
  url = url.substr(0, kUrlBytesMax);
  return url.find_first_of("<>\n") == std::string_view::npos ? url : std::string_view();
}

// ---- the walk, without recursion
class Walk {
 public:
  Walk(HtmlLines& lines) : lines_(lines) {}

  void run(const GumboNode* root) {
    if (!enter(root)) return;
    while (!open_.empty() && !lines_.full()) {
      Open& here = open_.back();
      const GumboVector& children = here.node->v.element.children;
      if (here.next < children.length) {
        enter(static_cast<const GumboNode*>(children.data[here.next++]));
      } else {
        const Open done = here;
        open_.pop_back();
        leave(done);
      }
    }
  }

 private:
  struct Open {
    const GumboNode* node;
    unsigned next = 0;
    size_t mark = 0;  // where its text begins
    bool quotes = false;
  };

  // True where an element was opened.
  bool enter(const GumboNode* node) {
    switch (node->type) {
      case GUMBO_NODE_TEXT:
      case GUMBO_NODE_WHITESPACE:
      case GUMBO_NODE_CDATA:
        lines_.text(node->v.text.text, preformatted_ > 0);
        return false;
      case GUMBO_NODE_ELEMENT:
        break;
      default:
        return false;
    }
    const GumboElement& element = node->v.element;
    if (is_dropped(element.tag) || is_hidden(element)) return false;
    if (is_void(element)) return false;
    Open open{node, 0, lines_.size(), is_quotation(element)};
    begin(element, open);
    open_.push_back(open);
    return true;
  }

  bool is_void(const GumboElement& element) {
    switch (element.tag) {
      case GUMBO_TAG_BR:
        lines_.line_end();
        return true;
      case GUMBO_TAG_HR:
        lines_.rule();
        return true;
      case GUMBO_TAG_IMG:
        image(element);
        return true;
      default:
        return false;
    }
  }

  void image(const GumboElement& element) {
    const std::string_view alt = trimmed(attribute(element, "alt"));
    if (alt.empty()) return;
    lines_.text("[", false);
    lines_.text(alt, false);
    lines_.text("]", false);
  }

  void begin(const GumboElement& element, const Open& open) {
    if (const int line_ends = line_ends_of(element); line_ends > 0) lines_.block(line_ends);
    if (open.quotes) lines_.begin_quote();
    switch (element.tag) {
      case GUMBO_TAG_UL:
      case GUMBO_TAG_OL:
        lines_.begin_list(element.tag == GUMBO_TAG_OL);
        break;
      case GUMBO_TAG_LI:
        lines_.begin_item();
        break;
      case GUMBO_TAG_TD:
      case GUMBO_TAG_TH:
        lines_.begin_cell();
        break;
      case GUMBO_TAG_PRE:
        ++preformatted_;
        break;
      default:
        break;
    }
  }

  void leave(const Open& open) {
    const GumboElement& element = open.node->v.element;
    if (open.quotes) lines_.end_quote();
    switch (element.tag) {
      case GUMBO_TAG_A: {
        const std::string_view url = shown_url(element, lines_.since(open.mark));
        if (!url.empty()) lines_.link(url);
        break;
      }
      case GUMBO_TAG_UL:
      case GUMBO_TAG_OL:
        lines_.end_list();
        break;
      case GUMBO_TAG_TD:
      case GUMBO_TAG_TH:
        return lines_.end_cell();
      case GUMBO_TAG_TR:
        return lines_.end_row();
      case GUMBO_TAG_PRE:
        --preformatted_;
        break;
      default:
        break;
    }
    if (const int line_ends = line_ends_of(element); line_ends > 0) lines_.block(line_ends);
  }

  HtmlLines& lines_;
  std::vector<Open> open_;  // at most html_depth_max and what HTML implies
  int preformatted_ = 0;
};

}  // namespace

std::string html_to_text(std::string_view html, const ParseLimits& limits, Defects& defects) {
  html = limited_text(html, limits.html_bytes_max, defects);
  std::string storage;
  const std::string_view bounded = bounded_html(html, limits, storage, defects);
  Arena arena(limits.html_tree_bytes_max);
  const GumboOutput* tree = parse_tree(bounded, arena);
  if (tree == nullptr) {
    defects.add("html-too-large");
    return stripped_html(bounded);
  }
  HtmlLines lines(limits.text_bytes_max);
  Walk(lines).run(tree->root);
  return lines.take();
}

}  // namespace custos::stage
