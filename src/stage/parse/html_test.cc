#include "stage/parse/html.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace custos::stage {
namespace {

std::string convert(std::string_view html) {
  Defects defects;
  return html_to_text(html, ParseLimits{}, defects);
}

std::string repeat(std::string_view piece, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += piece;
  return out;
}

struct Timed {
  std::string text;
  std::vector<std::string> defects;
  double seconds = 0;
};

Timed timed(std::string_view html) {
  Defects defects;
  const auto begin = std::chrono::steady_clock::now();
  Timed out;
  out.text = html_to_text(html, ParseLimits{}, defects);
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  out.defects = std::move(defects).take_sorted();
  return out;
}

constexpr double kSecondsMax = 20;  // a sanitized build on a busy machine; unbounded, these take minutes or crash

TEST(HtmlTest, BlocksBecomeLinesAndBlanksCollapse) {
  EXPECT_EQ(convert("<p>One  two\n three</p><p>Next</p>"), "One two three\n\nNext\n");
  EXPECT_EQ(convert("<div>a</div><div>b</div>"), "a\nb\n");
  EXPECT_EQ(convert("a<br>b<br/><br>c"), "a\nb\n\nc\n");
  EXPECT_EQ(convert("<h1>Title</h1>text"), "Title\n\ntext\n");
  EXPECT_EQ(convert("un<b>believ</b>able"), "unbelievable\n");
  EXPECT_EQ(convert("<div>a</div><div><br></div><div>b</div>"), "a\n\nb\n");
  EXPECT_EQ(convert(""), "");
}

TEST(HtmlTest, EntitiesAndNoBreakSpaces) {
  EXPECT_EQ(convert("Fish &amp; chips &lt;5&nbsp;&euro;&gt; &#8212; &#x41;"), "Fish & chips <5 €> — A\n");
}

TEST(HtmlTest, LinksKeepTheirTargets) {
  EXPECT_EQ(convert("See <a href=\"https://example.com/a?b=1\">the report</a>."),
            "See the report <https://example.com/a?b=1>.\n");
  EXPECT_EQ(convert("<a href=\"https://example.com/\">example.com</a>"), "example.com\n");
  EXPECT_EQ(convert("<a href=\"mailto:ann@example.com\">ann@example.com</a>"), "ann@example.com\n");
  EXPECT_EQ(convert("<blockquote><a href=\"http://example.com\">http://example.com</a></blockquote>"),
            "> http://example.com\n");
  EXPECT_EQ(convert("<a href=\"#top\">up</a> <a href=\"javascript:x()\">go</a>"), "up go\n");
}

TEST(HtmlTest, TablesKeepRowsTogether) {
  EXPECT_EQ(convert("<table><tr><th>Name</th><th>Sum</th></tr><tr><td>Ann</td><td>5</td></tr></table>after"),
            "Name | Sum\nAnn | 5\nafter\n");
  EXPECT_EQ(convert("<table><tr><td><p>a</p></td><td><p>b</p></td></tr></table>"), "a | b\n");
  EXPECT_EQ(convert("<table><tr><td></td><td>only</td><td></td></tr></table>"), "only\n");
}

TEST(HtmlTest, ListsShowTheirItems) {
  EXPECT_EQ(convert("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"), "- a\n- b\n  - c\n");
  EXPECT_EQ(convert("<ol><li>one<li>two</ol>"), "1. one\n2. two\n");
}

TEST(HtmlTest, PreformattedKeepsItsLines) { EXPECT_EQ(convert("<pre>a  b\n  c\n\nd</pre>e"), "a  b\n  c\n\nd\n\ne\n"); }

TEST(HtmlTest, QuotationsArePrefixed) {
  EXPECT_EQ(
      convert("<div>Yes.</div><div class=\"gmail_quote\"><div>On Monday Ann wrote:<br></div>"
              "<blockquote class=\"gmail_quote\" style=\"margin:0;border:none\"><div>Shall we?</div><div>Ann</div>"
              "</blockquote></div>"),
      "Yes.\nOn Monday Ann wrote:\n\n> Shall we?\n> Ann\n");
  EXPECT_EQ(convert("ok<blockquote type=\"cite\">a<blockquote type=\"cite\">b</blockquote></blockquote>"),
            "ok\n\n> a\n>\n> > b\n");
}

TEST(HtmlTest, AnIndentIsNoQuotation) {
  EXPECT_EQ(convert("<blockquote style=\"margin: 0 0 0 40px; border: none; padding: 0px;\">mine</blockquote>"),
            "mine\n");
}

TEST(HtmlTest, OutlookQuotesByABlueLine) {
  EXPECT_EQ(convert("<p class=MsoNormal>Fine.</p><div style='border:none;border-left:solid blue 1.5pt;padding:0in'>"
                    "<p class=MsoNormal>Old text</p></div>"),
            "Fine.\n> Old text\n");
}

TEST(HtmlTest, OutlookHeaderBlockStaysReadable) {
  EXPECT_EQ(convert("<div>New</div><hr><div id=\"divRplyFwdMsg\"><b>From:</b> Ann<br><b>Sent:</b> Monday<br>"
                    "<b>Subject:</b> Plan</div>"),
            "New\n________________________________\nFrom: Ann\nSent: Monday\nSubject: Plan\n");
}

TEST(HtmlTest, HiddenTextScriptAndStyleAreLeftOut) {
  EXPECT_EQ(convert("<style>p{}</style><script>alert(1)</script><title>t</title><!-- c -->"
                    "<div style=\"display: none\">no</div><span style='font-size:0px'>no</span>"
                    "<span style=\"font-size:0.9em\">yes</span><p hidden>no</p><div style=\"MSO-HIDE:ALL\">no</div>"),
            "yes\n");
}

TEST(HtmlTest, ImagesShowTheirText) { EXPECT_EQ(convert("<img src=x alt=\"Our logo\"><img src=y>"), "[Our logo]\n"); }

TEST(HtmlTest, FindsTheCharsetThatThePageNames) {
  EXPECT_EQ(html_charset("<meta http-equiv=Content-Type content=\"text/html; charset=koi8-r\">"), "koi8-r");
  EXPECT_EQ(html_charset("<META CHARSET='UTF-8'>"), "UTF-8");
  EXPECT_EQ(html_charset("<p>charset</p>"), "");
}

TEST(HtmlTest, HundredThousandNestedDivs) {
  const Timed out = timed(repeat("<div>", 100000) + "deep" + repeat("</div>", 100000) + "after");
  EXPECT_EQ(out.text, "deep\nafter\n");
  EXPECT_EQ(out.defects, std::vector<std::string>{"html-too-deep"});
  EXPECT_LT(out.seconds, kSecondsMax);
}

TEST(HtmlTest, HundredThousandNestedBlockquotes) {
  const Timed out = timed(repeat("<blockquote>", 100000) + "deep");
  EXPECT_NE(out.text.find("deep"), std::string::npos);
  EXPECT_LT(out.text.size(), 10000U);
  EXPECT_LT(out.seconds, kSecondsMax);
}

TEST(HtmlTest, FormattingLeftOpenDoesNotMultiply) {
  std::string html;
  for (int i = 0; i < 20000; ++i) html += "<p><b id=x" + std::to_string(i) + ">w";
  const Timed out = timed(html);
  EXPECT_LT(out.seconds, kSecondsMax);
  EXPECT_EQ(std::count(out.text.begin(), out.text.end(), 'w'), 20000);
}

TEST(HtmlTest, ManyAttributesInOneTag) {
  std::string html = "<p ";
  for (int i = 0; i < 200000; ++i) html += "a" + std::to_string(i) + " ";
  const Timed out = timed(html + ">text</p>");
  EXPECT_EQ(out.text, "text\n");
  EXPECT_LT(out.seconds, kSecondsMax);
}

TEST(HtmlTest, ManyBodyTags) {
  std::string html;
  for (int i = 0; i < 100000; ++i) html += "<body a" + std::to_string(i) + "=1>";
  const Timed out = timed(html + "text");
  EXPECT_EQ(out.text, "text\n");
  EXPECT_LT(out.seconds, kSecondsMax);
}

TEST(HtmlTest, ManyUnknownTagNames) {
  std::string html;
  for (int i = 0; i < 100000; ++i) html += "<x" + std::to_string(i) + ">";
  const Timed out = timed(html + "text");
  EXPECT_EQ(out.text, "text\n");
  EXPECT_LT(out.seconds, kSecondsMax);
}

TEST(HtmlTest, NestedTablesAndLists) {
  EXPECT_LT(timed(repeat("<table><tr><td>", 50000) + "x").seconds, kSecondsMax);
  EXPECT_LT(timed(repeat("<ul><li>", 50000) + "x").seconds, kSecondsMax);
  EXPECT_LT(timed(repeat("<table>a<b>", 50000) + "x").seconds, kSecondsMax);
  EXPECT_LT(timed(repeat("<svg><math><p>", 50000) + "x").seconds, kSecondsMax);
  EXPECT_LT(timed(repeat("</p>", 200000) + "x").seconds, kSecondsMax);
  EXPECT_LT(timed(repeat("<a href=x><object></a>", 50000) + "x").seconds, kSecondsMax);
}

TEST(HtmlTest, ATreeThatIsTooLargeStillGivesItsText) {
  ParseLimits limits;
  limits.html_tree_bytes_max = 100000;
  Defects defects;
  const std::string text = html_to_text(repeat("<p>word</p>", 5000), limits, defects);
  EXPECT_EQ(std::count(text.begin(), text.end(), 'w'), 5000);
  EXPECT_EQ(std::move(defects).take_sorted(), std::vector<std::string>{"html-too-large"});
}

TEST(HtmlTest, LongTextIsCutAndNamed) {
  ParseLimits limits;
  limits.html_bytes_max = 1000;
  Defects defects;
  EXPECT_LE(html_to_text(std::string(5000, 'a'), limits, defects).size(), 1001U);
  EXPECT_EQ(std::move(defects).take_sorted(), std::vector<std::string>{"text-truncated"});
}

}  // namespace
}  // namespace custos::stage
