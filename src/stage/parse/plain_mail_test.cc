// The short way through a message and GMime's tree must read the same, whatever stands in it.
#include "stage/parse/plain_mail.h"

#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "stage/parse/gmime_library.h"
#include "stage/parse/read_mail.h"

namespace custos::stage {
namespace {

using document::Message;
using document::Part;
using document::Participant;

struct FreeOptions {
  void operator()(GMimeParserOptions* options) const { g_mime_parser_options_free(options); }
};
using Options = std::unique_ptr<GMimeParserOptions, FreeOptions>;

Options new_options() {
  start_gmime();
  return Options(new_parser_options());
}

void describe(std::string_view name, const std::vector<Participant>& people, std::string& out) {
  for (const Participant& person : people) {
    out.append(name).append(": [").append(person.name).append("] <").append(person.address).append(">\n");
  }
}

void describe(std::string_view name, const std::vector<std::string>& texts, std::string& out) {
  for (const std::string& text : texts) out.append(name).append(": ").append(text).append("\n");
}

void describe(const Part& part, std::string& out) {
  describe("part", {part.number, part.content_type, part.charset, part.name, std::to_string(part.bytes)}, out);
  out.append(part.sha256.hex()).append(part.is_body ? " body" : "").append(part.is_attachment ? " attachment\n" : "\n");
  out.append(part.text).append("\n--\n");
}

// Every field of a message, so that two are the same where their descriptions are.
std::string described(const Message& message) {
  std::string out = message.date ? message.date->rfc3339() + message.date->offset() + "\n" : "no date\n";
  describe("ids", {message.id, message.message_id, message.list_id, message.channel, message.thread_hint}, out);
  describe("subject", {message.subject}, out);
  describe("from", message.from, out);
  describe("to", message.to, out);
  describe("cc", message.cc, out);
  describe("bcc", message.bcc, out);
  describe("in reply to", message.in_reply_to, out);
  describe("reference", message.references, out);
  for (const Part& part : message.parts) describe(part, out);
  describe("defect", message.defects, out);
  return out;
}

enum class Takes { kShort, kTree };

struct Case {
  const char* what;
  Takes takes;
  std::string_view raw;
};
void PrintTo(const Case& one, std::ostream* out) { *out << one.what; }

bool goes_short(std::string_view raw, const ParseLimits& limits) {
  const Options options = new_options();
  Message message;
  Defects defects;
  return read_plain_mail(raw, options.get(), limits, message, defects);
}

void expect_same(std::string_view raw, const ParseLimits& limits) {
  const Options options = new_options();
  EXPECT_EQ(described(read_mail(raw, options.get(), limits, Way::kShortest)),
            described(read_mail(raw, options.get(), limits, Way::kTree)));
}

class PlainMailTest : public testing::TestWithParam<Case> {};

TEST_P(PlainMailTest, reads_as_the_tree_does) {
  EXPECT_EQ(goes_short(GetParam().raw, {}), GetParam().takes == Takes::kShort);
  expect_same(GetParam().raw, {});
}

using namespace std::string_view_literals;

constexpr Case kUsual[] = {
    {"the usual", Takes::kShort,
     "Message-ID: <1@example.com>\nDate: Tue, 14 May 2024 12:00:00 +0200 (CEST)\nFrom: ann@example.com\n"
     "To: bob@example.com\nSubject: Lunch\nMime-Version: 1.0\nContent-Type: text/plain; charset=us-ascii\n"
     "Content-Transfer-Encoding: 7bit\nX-Folder: inbox\n\nAt noon?\n\nAnn\n"sv},
    {"CRLF", Takes::kShort,
     "From: ann@example.com\r\nTo: bob@example.com\r\nSubject: Lunch\r\n\r\nAt noon?\r\nAnn\r\n"sv},
    {"LF in the header, CRLF in the body", Takes::kShort, "From: ann@example.com\nSubject: a\n\nAt\r\nnoon\r\n"sv},
    {"CRLF in the header, LF in the body", Takes::kShort, "From: ann@example.com\r\nSubject: a\r\n\r\nAt\nnoon\n"sv},
    {"both in one header", Takes::kShort, "From: ann@example.com\r\nSubject: a\nX-A: b\r\n\nAt\r\nnoon\n"sv},
    {"lone CR in the body", Takes::kShort, "From: ann@example.com\n\nAt\rnoon\n"sv},
    {"CR only", Takes::kTree, "From: ann@example.com\rSubject: a\r\rAt noon\r"sv},
    {"CR inside a field", Takes::kTree, "From: ann@example.com\nSubject: a\rb\n\nAt noon\n"sv},
    {"no line end at the end", Takes::kShort, "From: ann@example.com\n\nAt noon"sv},
    {"body of a line end", Takes::kShort, "From: ann@example.com\n\n\n"sv},
    {"body that begins with blank lines", Takes::kShort, "From: ann@example.com\n\n\n\nAt noon\n"sv},
    {"no body", Takes::kTree, "From: ann@example.com\nSubject: a\n\n"sv},
    {"no blank line and no body", Takes::kTree, "From: ann@example.com\nSubject: a\n"sv},
    {"header that runs into its text", Takes::kTree, "From: ann@example.com\nSubject: a\nAt noon, Bob.\nAnn\n"sv},
    {"stray line between fields", Takes::kTree, "From: ann@example.com\nstray\nSubject: a\n\nAt noon\n"sv},
    {"From_ line", Takes::kTree, "From ann@example.com Tue May 14 12:00:00 2024\nFrom: a@example.com\n\nAt noon\n"sv},
    {"byte order mark", Takes::kTree,
     "\xef\xbb\xbf"
     "From: ann@example.com\nSubject: a\n\nAt noon\n"sv},
    {"folding line of blanks", Takes::kTree, "From: ann@example.com\nSubject: a\n \t\n\nAt noon\n"sv},
    {"no From", Takes::kTree, "To: bob@example.com\nSubject: a\n\nAt noon\n"sv},
    {"empty From", Takes::kTree, "From:\nSubject: a\n\nAt noon\n"sv},
    {"empty From, Sender", Takes::kTree, "From: \nSender: ann@example.com\n\nAt noon\n"sv},
    {"From of nobody, Sender", Takes::kTree, "From: <>\nSender: ann@example.com\n\nAt noon\n"sv},
    {"From of nobody", Takes::kShort, "From: <>\nSubject: a\n\nAt noon\n"sv},
    {"From and Sender", Takes::kShort, "From: ann@example.com\nSender: eve@example.com\n\nAt noon\n"sv},
    {"nothing", Takes::kTree, ""sv},
    {"colon without a name", Takes::kTree, ": ann@example.com\nFrom: b@example.com\n\nAt noon\n"sv},
    {"blank before the colon", Takes::kShort, "From : ann@example.com\nSubject\t: a\n\nAt noon\n"sv},
    {"no blank after the colon", Takes::kShort, "From:ann@example.com\nSubject:a\n\nAt noon\n"sv},
    {"names in any case", Takes::kShort, "FROM: ann@example.com\nsUBJECT: a\ncONTENT-tYPE: TEXT/Plain\n\nAt noon\n"sv},
};
INSTANTIATE_TEST_SUITE_P(Usual, PlainMailTest, testing::ValuesIn(kUsual));

constexpr Case kFields[] = {
    {"folded subject", Takes::kShort, "From: a@example.com\nSubject: one\n two\n\t  three\n\nAt noon\n"sv},
    {"folded at once", Takes::kShort, "From: a@example.com\nSubject:\n one\n\nAt noon\n"sv},
    {"folded, CRLF", Takes::kShort,
     "From: a@example.com\r\nTo: b@example.com,\r\n\tc@example.com\r\n\r\nAt noon\r\n"sv},
    {"two subjects", Takes::kShort, "From: a@example.com\nSubject: one\nSubject: two\n\nAt noon\n"sv},
    {"empty subject first", Takes::kShort, "From: a@example.com\nSubject:\nSubject: two\n\nAt noon\n"sv},
    {"two of From", Takes::kShort, "From: a@example.com\nFrom: b@example.com\n\nAt noon\n"sv},
    {"two of To", Takes::kShort, "From: a@example.com\nTo: b@example.com\nTo: c@example.com, d@example.com\n\nAt\n"sv},
    {"two of To, one odd", Takes::kShort,
     "From: a@example.com\nTo: b..c@example.com\nTo: Team: d@example.com;\n\nAt\n"sv},
    {"two of Date", Takes::kShort,
     "From: a@example.com\nDate: Tue, 14 May 2024 12:00:00 +0000\nDate: Wed, 15 May 2024 12:00:00 +0000\n\nNoon\n"sv},
    {"two of Message-ID", Takes::kShort, "From: a@example.com\nMessage-ID: <1@a>\nMessage-ID: <2@a>\n\nAt noon\n"sv},
    {"bare CR in a field", Takes::kTree, "From: a@example.com\nContent-Transfer-Encoding: 8bit\rzz\n\nAt noon\n"sv},
    {"odd message ids", Takes::kShort,
     "From: a@example.com\nMessage-ID: <1 @a>\nReferences: <x@a><y@a>\n <x@a>\n\nAt\n"sv},
    {"answer to prose", Takes::kShort,
     "From: a@example.com\nIn-Reply-To: Your message of Monday <7@a> \nReferences: b@a c@a\n\nAt noon\n"sv},
    {"list", Takes::kShort, "From: a@example.com\nList-Id: Some list <list.example.com>\n\nAt noon\n"sv},
    {"date without a zone", Takes::kShort, "From: a@example.com\nDate: 14 May 2024 12:00\n\nAt noon\n"sv},
    {"date that is none", Takes::kShort, "From: a@example.com\nDate: soon\n\nAt noon\n"sv},
    {"date of two digits", Takes::kShort, "From: a@example.com\nDate: Tue, 14 May 98 12:00:00 EST\n\nAt noon\n"sv},
    {"encoded subject", Takes::kShort, "From: a@example.com\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= an\n\nAt noon\n"sv},
    {"encoded words side by side", Takes::kTree,
     "From: a@example.com\nSubject: =?utf-8?b?R3LD?=\n =?utf-8?b?vMOfZQ==?=\n\nAt noon\n"sv},
    {"broken encoded word", Takes::kShort, "From: a@example.com\nSubject: =?utf-8?q?Gr\n\nAt noon\n"sv},
    {"raw Latin-1 subject", Takes::kShort, "From: a@example.com\nSubject: Gr\xfc\xdf\x65\n\nAt noon\n"sv},
    {"raw UTF-8 subject", Takes::kShort, "From: a@example.com\nSubject: Gr\xc3\xbc\xc3\x9f\x65\n\nAt noon\n"sv},
    {"NUL in a field", Takes::kTree, "From: a@example.com\nSubject: a\0b\n\nAt noon\n"sv},
    {"NUL in a field that nobody reads", Takes::kShort, "From: a@example.com\nX-A: a\0b\n\nAt noon\n"sv},
    {"NUL in the body", Takes::kShort, "From: a@example.com\n\nAt\0noon\n"sv},
};
INSTANTIATE_TEST_SUITE_P(Fields, PlainMailTest, testing::ValuesIn(kFields));

constexpr Case kContents[] = {
    {"Latin-1", Takes::kShort,
     "From: a@example.com\nContent-Type: text/plain; charset=iso-8859-1\n\nGr\xfc\xdf\x65\n"sv},
    {"Latin-1 of ASCII alone", Takes::kShort,
     "From: a@b.example\nContent-Type: text/plain; charset=ISO-8859-1\n\nAt\n"sv},
    {"quoted charset", Takes::kShort, "From: a@b.example\nContent-Type: text/plain; charset=\"utf-8\"\n\n\xc3\xbc\n"sv},
    {"unknown charset", Takes::kShort, "From: a@b.example\nContent-Type: text/plain; charset=x-none\n\n\xc3\xbc\n"sv},
    {"wrong charset", Takes::kShort, "From: a@b.example\nContent-Type: text/plain; charset=us-ascii\n\n\xc3\xbc\n"sv},
    {"charset of a script", Takes::kShort,
     "From: a@b.example\nContent-Type: text/plain; charset=koi8-r\n\n\xd0\xd2\n"sv},
    {"wide charset", Takes::kShort, "From: a@b.example\nContent-Type: text/plain; charset=utf-16\n\na\0b\0"sv},
    {"seven-bit charset", Takes::kShort, "From: a@b.example\nContent-Type: text/plain; charset=utf-7\n\n+APw-\n"sv},
    {"Japanese escapes", Takes::kShort, "From: a@example.com\n\n\x1b$B$3$l\x1b(B\n"sv},
    {"8-bit without a label", Takes::kShort, "From: a@example.com\n\nGr\xfc\xdf\x65\n"sv},
    {"two charsets", Takes::kTree,
     "From: a@b.c\nContent-Type: text/plain; charset=utf-8; charset=latin1\n\n\xc3\xbc\n"sv},
    {"charset that is encoded", Takes::kTree,
     "From: a@b.c\nContent-Type: text/plain; charset*=us-ascii'en'utf-8\n\n\xc3\n"sv},
    {"comment in the type", Takes::kTree,
     "From: a@b.c\nContent-Type: text/plain (plain) ; charset=utf-8\n\n\xc3\xbc\n"sv},
    {"semicolon at the end", Takes::kTree, "From: a@b.c\nContent-Type: text/plain; charset=utf-8;\n\n\xc3\xbc\n"sv},
    {"folded type", Takes::kShort, "From: a@b.c\nContent-Type: text/plain;\n\tcharset=utf-8\n\n\xc3\xbc\n"sv},
    {"type without a subtype", Takes::kTree, "From: a@b.c\nContent-Type: text\n\nAt noon\n"sv},
    {"type that is none", Takes::kTree, "From: a@b.c\nContent-Type: foo bar\n\nAt noon\n"sv},
    {"empty type", Takes::kTree, "From: a@b.c\nContent-Type:\n\nAt noon\n"sv},
    {"two types", Takes::kTree, "From: a@b.c\nContent-Type: text/plain\nContent-Type: text/html\n\n<b>At noon</b>\n"sv},
    {"8-bit type", Takes::kTree, "From: a@b.c\nContent-Type: text/plain; charset=\xfctf-8\n\nAt noon\n"sv},
    {"flowed", Takes::kShort,
     "From: a@b.c\nContent-Type: text/plain; format=flowed; charset=utf-8\n\nAt \nnoon\n> a \n> b\n"sv},
    {"flowed, spaces deleted", Takes::kTree,
     "From: a@b.c\nContent-Type: text/plain; format=flowed; delsp=yes\n\nAt \nnoon\n"sv},
    {"fixed", Takes::kTree, "From: a@b.c\nContent-Type: text/plain; format=fixed\n\nAt \nnoon\n"sv},
    {"named text", Takes::kTree, "From: a@b.c\nContent-Type: text/plain; name=\"a.txt\"\n\nAt noon\n"sv},
    {"disposition", Takes::kTree, "From: a@b.c\nContent-Disposition: attachment; filename=a.txt\n\nAt noon\n"sv},
    {"inline", Takes::kTree, "From: a@b.c\nContent-Disposition: inline\n\nAt noon\n"sv},
    {"HTML", Takes::kShort, "From: a@b.c\nContent-Type: text/html; charset=utf-8\n\n<p>At <b>noon</b>?</p>\n"sv},
    {"enriched", Takes::kShort, "From: a@b.c\nContent-Type: text/enriched\n\n<bold>At</bold> noon\n"sv},
    {"calendar", Takes::kShort, "From: a@b.c\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\n"sv},
    {"multipart", Takes::kTree, "From: a@b.c\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nAt\n--x--\n"sv},
    {"text with a boundary", Takes::kTree, "From: a@b.c\nContent-Type: text/plain; boundary=x\n\n--x\n\nAt\n--x--\n"sv},
    {"message", Takes::kTree, "From: a@b.c\nContent-Type: message/rfc822\n\nFrom: d@e.f\n\nAt noon\n"sv},
    {"bytes", Takes::kTree, "From: a@b.c\nContent-Type: application/octet-stream\n\nAt noon\n"sv},
    {"other fields of MIME", Takes::kShort, "From: a@b.c\nContent-Language: en\nContent-Id: <1@a>\n\nAt noon\n"sv},
    {"dashes in the body", Takes::kShort, "From: a@b.c\n\n--x\nContent-Type: text/html\n\n--x--\n"sv},
    {"encrypted lines", Takes::kShort, "From: a@b.c\n\nsee\n-----BEGIN PGP MESSAGE-----\nabcd\n"sv},
    {"talk of encrypted lines", Takes::kShort, "From: a@b.c\n\nsee -----BEGIN PGP MESSAGE-----\nabcd\n"sv},
};
INSTANTIATE_TEST_SUITE_P(Contents, PlainMailTest, testing::ValuesIn(kContents));

constexpr Case kEncodings[] = {
    {"quoted-printable", Takes::kShort,
     "From: a@b.c\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
     "Gr=C3=BC=C3=9Fe =\nan alle=20\n"sv},
    {"broken quoted-printable", Takes::kShort,
     "From: a@b.c\nContent-Transfer-Encoding: Quoted-Printable\n\na=zz =\n"sv},
    {"quoted-printable of CRLF", Takes::kShort,
     "From: a@b.c\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=3d=3D =\r\nb =20\r\n"sv},
    {"quoted-printable that ends in an escape", Takes::kShort,
     "From: a@b.c\nContent-Transfer-Encoding: quoted-printable\n\na=3Db="sv},
    {"base64", Takes::kShort, "From: a@b.c\nContent-Transfer-Encoding: base64\n\nQXQgbm9vbj8K\n"sv},
    {"base64 of CRLF", Takes::kShort, "From: a@b.c\r\nContent-Transfer-Encoding: BASE64\r\n\r\nQXQNCm5v\r\nb24=\r\n"sv},
    {"broken base64", Takes::kShort,
     "From: a@b.c\nContent-Transfer-Encoding: base64\n\nQXQgbm9vbj8K\n_____\nA list\n"sv},
    {"uuencode", Takes::kShort, "From: a@b.c\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n#0V%T\n`\nend\n"sv},
    {"8bit", Takes::kShort, "From: a@b.c\nContent-Transfer-Encoding: 8bit\n\nGr\xc3\xbc\xc3\x9f\x65\n"sv},
    {"binary", Takes::kShort, "From: a@b.c\nContent-Transfer-Encoding: binary\n\nAt noon\n"sv},
    {"unknown encoding", Takes::kTree, "From: a@b.c\nContent-Transfer-Encoding: rot13\n\nNg abba\n"sv},
    {"empty encoding", Takes::kTree, "From: a@b.c\nContent-Transfer-Encoding:\n\nAt noon\n"sv},
    {"two encodings", Takes::kTree,
     "From: a@b.c\nContent-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\n\nQXQgbm9vbj8K\n"sv},
};
INSTANTIATE_TEST_SUITE_P(Encodings, PlainMailTest, testing::ValuesIn(kEncodings));

class AddressListTest : public testing::TestWithParam<const char*> {};

TEST_P(AddressListTest, reads_as_the_tree_does) {
  const std::string list = GetParam();
  expect_same("From: " + list + "\nTo: " + list + "\nCc: x@example.org\nBcc: " + list + "\n\nAt noon\n", {});
  expect_same("From: a@example.com\nTo: " + list + ",\n " + list + "\n\nAt noon\n", {});
  expect_same("From: a@example.com\nTo: b@example.com, " + list + "\nTo: c@example.com\n\nAt noon\n", {});
}

constexpr const char* kLists[] = {
    "ann@example.com",
    "Ann@Example.COM",
    "ann.b_c-d+e@mail.example.com",
    "<ann@example.com>",
    "Ann <ann@example.com>",
    "Ann B. Smith <ann@example.com>",
    "Ann  Smith <ann@example.com>",
    "Ann Smith<ann@example.com>",
    "A.B. Smith <ann@example.com>",
    "Dr.Smith <ann@example.com>",
    "O'Neil <ann@example.com>",
    "Smith, Ann <ann@example.com>",
    "\"Smith, Ann\" <ann@example.com>",
    "\"Ann\"<ann@example.com>",
    "\"Ann  Smith\" <ann@example.com>",
    "\" Ann \" <ann@example.com>",
    "\"\" <ann@example.com>",
    "\"'Ann'\" <ann@example.com>",
    "'Ann' <ann@example.com>",
    "\"ann@example.com\" <ann@example.com>",
    "ann@example.com <ann@example.com>",
    "\"Ann (Sales)\" <ann@example.com>, \"B; C\" <b@example.com>",
    "\"Ann \\\"A\\\" Smith\" <ann@example.com>",
    "\"Ann <x>\" <ann@example.com>",
    "\"=?utf-8?q?Ann?=\" <ann@example.com>",
    "=?utf-8?q?Ann?= <ann@example.com>",
    "=?utf-8?q?Gr=C3=BC?= <ann@example.com>",
    "\xc3\x9cli <ann@example.com>",
    "\xdcli <ann@example.com>",
    "ann@example.com (Ann)",
    "(Ann) ann@example.com",
    "ann(x)@example.com",
    "ann @ example.com",
    "'ann@example.com'",
    "'ann'@example.com",
    "ann.o'neil@example.com",
    "/o=a/ou=b/cn=c@example.com",
    "ann=x@example.com",
    "ann#1&2@example.com",
    "\"ann smith\"@example.com",
    "ann@[127.0.0.1]",
    "ann@example..com",
    "ann@.example.com",
    "ann@example.com.",
    "ann@example",
    "ann",
    "ann@@example.com",
    "ann@b@example.com",
    "@example.com",
    "ann@",
    ".ann@example.com",
    "ann.@example.com",
    "ann..b@example.com",
    "ann...b@example.com",
    "..@example.com",
    ".@example.com",
    "Ann <.ann@example.com>",
    "Ann-B <ann..b@example.com>",
    "\"Smith, Ann\" <ann..b@example.com>",
    "\"x@y, z@w\" <ann..b@example.com>",
    "'Ann' <ann..b@example.com>",
    "ann@xn--mnchen-3ya.example",
    "Team: ann@example.com, b@example.com;",
    "undisclosed-recipients:;",
    "ann@example.com; b@example.com",
    "ann@example.com b@example.com",
    "ann@example.com,",
    ",ann@example.com",
    "ann@example.com,,b@example.com",
    "ann@example.com, ",
    "<ann@example.com",
    "ann@example.com>",
    "<<ann@example.com>>",
    "Ann <>",
    "<@relay.example:ann@example.com>",
    "mailto:ann@example.com",
    "<mailto:ann@example.com>",
    "123 <1@example.com>",
    "- <a@example.com>",
    "Ann. <a@example.com>",
    ". <a@example.com>",
    "a!b!c",
    "ann%b@example.com",
    "\tann@example.com\t",
};
INSTANTIATE_TEST_SUITE_P(Lists, AddressListTest, testing::ValuesIn(kLists));

TEST(PlainMailLimitsTest, long_things_read_the_same) {
  const std::string head = "From: ann@example.com\nSubject: ";
  expect_same(head + std::string(100000, 'x') + "\n\nAt noon\n", {});
  expect_same(head + "a\n\n" + std::string(1000000, 'x') + "\n", {});
  expect_same(head + "a\n" + std::string(300, 'x') + ": b\n\nAt noon\n", {});
  std::string many = "From: ann@example.com\nTo: b@example.com";
  for (int i = 0; i < 2000; ++i) many += ",\n c" + std::to_string(i) + "@example.com";
  expect_same(many + "\n\nAt noon\n", {});
}

TEST(PlainMailLimitsTest, what_is_beyond_a_limit_reads_the_same) {
  ParseLimits limits;
  limits.headers_max = 3;
  limits.header_bytes_max = 200;
  limits.address_colons_max = 2;
  limits.addresses_max = 2;
  limits.references_max = 2;
  limits.text_bytes_max = 10;
  const std::string_view end = "\n\nAt noon we meet again\n";
  for (const std::string fields : {
           "From: a@b.c\nX-A: a\nX-B: b\nX-C: c\nSubject: d",
           "From: a@b.c\nX-A: a\nSubject: d",
           "From: a@b.c\nTo: d@e.f, g@h.i, j@k.l",
           "From: a@b.c\nTo: d@e.f, g@h.i",
           "From: a@b.c\nTo: a: b: c: d@e.f",
           "From: a@b.c\nTo: a: d@e.f;",
           "From: a@b.c\nSubject: a: b: c: d: e",
           "From: a@b.c\nReferences: <1@a> <2@a> <3@a>",
       }) {
    expect_same(fields + std::string(end), limits);
  }
  expect_same("From: a@b.c\nX-A: " + std::string(300, 'a') + "\nSubject: d" + std::string(end), limits);
}

}  // namespace
}  // namespace custos::stage
