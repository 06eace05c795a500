#include "stage/parse/parse.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "stage/parse/date.h"
#include "stage/parse/plain_text.h"

namespace custos::stage {
namespace {

using document::Message;
using document::Participant;
using People = std::vector<Participant>;
using Names = std::vector<std::string>;

Message parse(std::string_view raw) {
  auto parser = MailParser::create(ParseLimits{});
  EXPECT_TRUE(parser.ok());
  auto message = parser->parse(raw);
  EXPECT_TRUE(message.ok());
  return std::move(*message);
}

Message record(std::string_view line) {
  auto message = parse_record(line, ParseLimits{});
  EXPECT_TRUE(message.ok()) << (message.ok() ? "" : message.error().message);
  return message.ok() ? std::move(*message) : Message{};
}

std::string record_error(std::string_view line) {
  auto message = parse_record(line, ParseLimits{});
  return message.ok() ? std::string() : message.error().message;
}

bool has_defect(const Message& message, std::string_view name) {
  return std::find(message.defects.begin(), message.defects.end(), name) != message.defects.end();
}

Names numbers(const Message& message) {
  Names out;
  for (const auto& part : message.parts) out.push_back(part.number + " " + part.content_type);
  return out;
}

Names attachments(const Message& message) {
  Names out;
  for (const auto& part : message.parts) {
    if (part.is_attachment) out.push_back(part.name);
  }
  return out;
}

std::string subject_of(const std::string& value) { return parse("Subject: " + value + "\n\nx").subject; }
People to_of(const std::string& value) { return parse("To: " + value + "\n\nx").to; }

std::string date_of(std::string_view text) {
  const auto read = read_date(text);
  return read ? read->timestamp.rfc3339() + " " + read->timestamp.offset() : "none";
}

const std::string kHead =
    "From: Ann <ann@example.com>\nTo: bob@example.com\nDate: Tue, 14 May 2024 12:00:00 +0200\n"
    "Message-ID: <1@example.com>\nSubject: Plan\nMIME-Version: 1.0\n";

TEST(ParseTest, ReadsAPlainMessage) {
  const Message message = parse(kHead + "Content-Type: text/plain; charset=utf-8\n\nHello\nBob\n");
  EXPECT_EQ(message.id, "");
  EXPECT_EQ(message.channel, "mail");
  EXPECT_EQ(message.message_id, "1@example.com");
  EXPECT_EQ(message.subject, "Plan");
  EXPECT_EQ(message.from, (People{{"Ann", "ann@example.com"}}));
  EXPECT_EQ(message.to, (People{{"", "bob@example.com"}}));
  ASSERT_TRUE(message.date);
  EXPECT_EQ(message.date->rfc3339(), "2024-05-14T10:00:00Z");
  EXPECT_EQ(message.date->offset_minutes, 120);
  EXPECT_EQ(message.text(), "Hello\nBob\n");
  EXPECT_EQ(message.defects, Names{});
  ASSERT_EQ(message.parts.size(), 1U);
  EXPECT_EQ(message.parts[0].number, "1");
  EXPECT_EQ(message.parts[0].charset, "utf-8");
  EXPECT_EQ(message.parts[0].bytes, 10U);
  EXPECT_EQ(message.parts[0].sha256, sha256("Hello\nBob\n"));
}

TEST(ParseTest, CrLfBecomesLf) { EXPECT_EQ(parse("Subject: a\r\n\r\none\r\ntwo\r\n").text(), "one\ntwo\n"); }

TEST(ParseTest, OnlyCarriageReturns) {
  const Message message = parse("Subject: a\rFrom: ann@example.com\r\rone\rtwo\r");
  EXPECT_EQ(message.subject, "a");
  EXPECT_EQ(message.text(), "one\ntwo\n");
  EXPECT_TRUE(has_defect(message, "cr-line-ends"));
}

TEST(ParseTest, AlternativePrefersPlainTextThatSaysSomething) {
  const auto mail = [](const std::string& plain) {
    return kHead + "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n" + plain +
           "\n--b\nContent-Type: text/html\n\n<p>from html</p>\n--b--\n";
  };
  const Message both = parse(mail("from text"));
  EXPECT_EQ(both.text(), "from text");
  EXPECT_EQ(numbers(both), (Names{"1 text/plain", "2 text/html"}));
  EXPECT_EQ(both.parts[1].text, "from html\n");
  EXPECT_FALSE(both.parts[1].is_body);
  EXPECT_FALSE(both.parts[1].is_attachment);
  EXPECT_EQ(parse(mail("  \n\n")).text(), "from html\n");
}

TEST(ParseTest, TextAttachmentTextAsAppleMailSendsIt) {
  const Message message = parse(kHead +
                                "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nbefore\n"
                                "--b\nContent-Type: image/png; name=a.png\nContent-Disposition: inline\n"
                                "Content-Transfer-Encoding: base64\n\niVBORw==\n"
                                "--b\nContent-Type: text/plain\n\nafter\n--b--\n");
  EXPECT_EQ(message.text(), "before\nafter");
  EXPECT_EQ(attachments(message), Names{"a.png"});
  EXPECT_EQ(message.parts[1].bytes, 4U);
  EXPECT_EQ(message.parts[1].sha256, sha256("\x89PNG"));
}

TEST(ParseTest, TextAttachmentsCarryTheirText) {
  const Message message =
      parse(kHead +
            "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nbody\n--b\nContent-Type: text/csv; name=\"t.csv\"\n"
            "Content-Disposition: attachment; filename=\"t.csv\"\n\na,b\n--b\nContent-Type: text/plain\n"
            "Content-Disposition: attachment; filename=n.txt\n\nnote\n--b--\n");
  EXPECT_EQ(message.text(), "body");
  EXPECT_EQ(attachments(message), (Names{"t.csv", "n.txt"}));
  EXPECT_EQ(message.parts[1].text, "a,b");
  EXPECT_EQ(message.parts[2].text, "note");
}

TEST(ParseTest, RelatedShowsItsRootAndListsTheRest) {
  const Message message = parse(
      kHead +
      "Content-Type: multipart/related; boundary=b; start=\"<root@x>\"\n\n--b\nContent-Type: text/plain\n"
      "Content-ID: <other@x>\n\nresource\n--b\nContent-Type: text/html\nContent-ID: <root@x>\n\n<b>root</b>\n--b--\n");
  EXPECT_EQ(message.text(), "root\n");
  EXPECT_TRUE(message.parts[0].is_attachment);
}

TEST(ParseTest, AttachedMessageIsNumberedAsImapDoes) {
  const Message message =
      parse(kHead +
            "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nouter\n--b\nContent-Type: message/rfc822\n\n"
            "Subject: inner\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\ninner one\n--c\n"
            "Content-Type: application/pdf; name=x.pdf\n\nPDF\n--c--\n--b\nContent-Type: message/rfc822\n\n"
            "Subject: second\n\ninner two\n--b--\n");
  EXPECT_EQ(numbers(message), (Names{"1 text/plain", "2 message/rfc822", "2.1 text/plain", "2.2 application/pdf",
                                     "3 message/rfc822", "3.1 text/plain"}));
  EXPECT_EQ(message.text(), "outer");
  EXPECT_EQ(message.parts[2].text, "inner one");
  EXPECT_FALSE(message.parts[2].is_body);
  EXPECT_EQ(message.parts[4].sha256, sha256("Subject: second\n\ninner two"));
  EXPECT_EQ(message.parts[4].bytes, 26U);
}

TEST(ParseTest, MultipartsWithinMultipartsAreNumbered) {
  const Message message =
      parse(kHead +
            "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/alternative; boundary=b\n\n"
            "--b\n\nplain\n--b\nContent-Type: text/html\n\nhtml\n--b--\n--a\nContent-Type: image/gif\n\nG\n--a--\n");
  EXPECT_EQ(numbers(message), (Names{"1.1 text/plain", "1.2 text/html", "2 image/gif"}));
  EXPECT_EQ(message.text(), "plain");
}

TEST(ParseTest, EncryptedMailIsListedAndNamed) {
  const Message pgp =
      parse(kHead +
            "Content-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted"
            "\n\nVersion: 1\n--b\nContent-Type: application/octet-stream\n\nxxxx\n--b--\n");
  EXPECT_TRUE(has_defect(pgp, "encrypted"));
  EXPECT_EQ(pgp.parts.size(), 2U);
  EXPECT_TRUE(has_defect(parse(kHead + "Content-Type: application/pkcs7-mime; name=smime.p7m\n\nMIIB\n"), "encrypted"));
  EXPECT_FALSE(has_defect(
      parse(kHead + "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\n\nMIIB\n"),
      "encrypted"));
  EXPECT_TRUE(has_defect(parse(kHead + "\n-----BEGIN PGP MESSAGE-----\n\nxx\n"), "encrypted"));
}

TEST(ParseTest, WinmailDatIsAnAttachment) {
  const Message message = parse(kHead +
                                "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nbody\n--b\n"
                                "Content-Type: application/ms-tnef; name=\"winmail.dat\"\n\nxx\n--b--\n");
  EXPECT_EQ(attachments(message), Names{"winmail.dat"});
}

TEST(ParseTest, FileNamesInEveryEncoding) {
  const auto name_of = [](const std::string& disposition) {
    return parse(kHead + "Content-Type: application/pdf\nContent-Disposition: attachment; " + disposition + "\n\nx")
        .parts.at(0)
        .name;
  };
  EXPECT_EQ(name_of("filename=\"plain.pdf\""), "plain.pdf");
  EXPECT_EQ(name_of("filename*=utf-8''Gr%C3%BC%C3%9Fe.pdf"), "Grüße.pdf");
  EXPECT_EQ(name_of("filename*0*=iso-8859-1''Gr%FC;\n filename*1*=%DFe;\n filename*2=\".pdf\""), "Grüße.pdf");
  EXPECT_EQ(name_of("filename=\"=?utf-8?B?R3LDvMOfZS5wZGY=?=\""), "Grüße.pdf");
  EXPECT_EQ(name_of("filename=my file.pdf").substr(0, 2), "my");
}

TEST(ParseTest, FormatFlowedIsUnflowed) {
  const Message message =
      parse(kHead +
            "Content-Type: text/plain; format=flowed\n\nOne long \nline.\n> quoted \n> text\n>> deep\n"
            " From stuffed\n-- \nAnn\n");
  EXPECT_EQ(message.text(), "One long line.\n> quoted text\n>> deep\nFrom stuffed\n-- \nAnn\n");
  EXPECT_EQ(unflow("Donau \ndampf \nschiff\n", true), "Donaudampfschiff\n");
}

TEST(ParseTest, EnrichedTextLosesItsCommands) {
  EXPECT_EQ(enriched_to_text("<bold>Now</bold> is\n<color><param>red</param>the</color> time\n\nx << y"),
            "Now is the time\nx < y");
}

TEST(ParseTest, BrokenBase64WithAListFooter) {
  const Message message = parse(kHead +
                                "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nSGVsbG8gd29ybGQ=\n"
                                "_______________\nA list's footer, not encoded.\n");
  EXPECT_EQ(message.text(), "Hello world");
  EXPECT_TRUE(has_defect(message, "broken-base64"));
}

TEST(ParseTest, QuotedPrintableWithBrokenEscapes) {
  const Message message =
      parse(kHead +
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n1=3D1 50=ZZ "
            "soft=\nbreak =C3=A4\n");
  EXPECT_EQ(message.text(), "1=1 50=ZZ softbreak ä\n");
  EXPECT_TRUE(has_defect(message, "broken-quoted-printable"));
}

TEST(ParseTest, BoundariesThatAreMissing) {
  const Message no_end = parse(kHead + "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nbody\n");
  EXPECT_EQ(no_end.text(), "body\n");
  EXPECT_TRUE(has_defect(no_end, "missing-end-boundary"));
  const Message none = parse(kHead + "Content-Type: multipart/mixed; boundary=b\n\nonly text\n");
  EXPECT_EQ(none.text(), "only text\n");
  EXPECT_TRUE(has_defect(none, "missing-boundary"));
  const Message no_parameter = parse(kHead + "Content-Type: multipart/mixed\n\nonly text\n");
  EXPECT_EQ(no_parameter.text(), "only text\n");
  EXPECT_TRUE(has_defect(no_parameter, "missing-boundary"));
}

TEST(ParseTest, NoHeadersAtAll) {
  const Message message = parse("Just some text.\nTo be read.\n\nAnd more.\n");
  EXPECT_EQ(message.text(), "Just some text.\nTo be read.\n\nAnd more.\n");
  EXPECT_TRUE(has_defect(message, "no-headers"));
}

TEST(ParseTest, HeadersRunIntoTheText) {
  const Message message = parse("Subject: a\nFrom: ann@example.com\nHello, the empty line is missing.\nBye\n");
  EXPECT_EQ(message.subject, "a");
  EXPECT_EQ(message.text(), "Hello, the empty line is missing.\nBye\n");
  EXPECT_TRUE(has_defect(message, "broken-header"));
}

TEST(ParseTest, AStrayLineAmongHeaders) {
  const Message message =
      parse("Subject: a\n>From ann Mon Jan 1 00:00:00 2001\nstray\nFrom: ann@example.com\n\ntext\n");
  EXPECT_EQ(message.from, (People{{"", "ann@example.com"}}));
  EXPECT_EQ(message.text(), "text\n");
}

TEST(ParseTest, NothingAndOnlyHeaders) {
  EXPECT_TRUE(has_defect(parse(""), "empty"));
  EXPECT_EQ(parse("Subject: a\n").subject, "a");
  EXPECT_EQ(parse("Subject: a").subject, "a");
  EXPECT_EQ(parse("\n\n").text(), "\n");
}

TEST(ParseTest, MailLargerThanTheLimitIsAnError) {
  ParseLimits limits;
  limits.raw_bytes_max = 10;
  auto parser = MailParser::create(limits);
  ASSERT_TRUE(parser.ok());
  auto message = parser->parse("Subject: too long\n\nx");
  ASSERT_FALSE(message.ok());
  EXPECT_EQ(message.error().code, Code::kLimit);
  limits.parts_max = 0;
  EXPECT_FALSE(MailParser::create(limits).ok());
}

TEST(ParseTest, SubjectsInEveryBrokenWay) {
  EXPECT_EQ(subject_of("=?utf-8?q?Gr=C3=BC=C3=9Fe?="), "Grüße");
  EXPECT_EQ(subject_of("=?iso-8859-1?Q?Gr=FC=DFe?= an =?utf-8?B?QW5uYQ==?="), "Grüße an Anna");
  EXPECT_EQ(subject_of("=?utf-8?q?a?=\n =?utf-8?q?b?="), "ab");
  EXPECT_EQ(subject_of("=?utf-8?B?w7w=?= =?utf-8?B?w58=?="), "üß");
  EXPECT_EQ(subject_of("=?utf-8?B?w?= =?utf-8?B?7w=?="), "ü");  // a letter split between two words
  EXPECT_EQ(subject_of("=?utf-8?q?=C3?= =?utf-8?q?=BC?="), "ü");
  EXPECT_EQ(subject_of("Re: =?utf-8?q?with raw spaces?= end"), "Re: with raw spaces end");
  EXPECT_EQ(subject_of("Gr\xc3\xbc\xc3\x9f"
                       "e raw"),
            "Grüße raw");
  EXPECT_EQ(subject_of("Gr\xfc\xdf"
                       "e raw"),
            "Grüße raw");
  EXPECT_EQ(subject_of("=?utf-8?q?half"), "=?utf-8?q?half");
  EXPECT_EQ(subject_of("=?utf-8*en?q?tagged?="), "tagged");
  EXPECT_EQ(subject_of("folded\n\t over\n  lines"), "folded over lines");
  EXPECT_EQ(subject_of("=?gb2312?B?xOO6ww==?="), "你好");
  EXPECT_EQ(subject_of("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?="), "日本");
}

TEST(ParseTest, PaddedEncodedWordsSideBySideAreAllRead) {
  EXPECT_EQ(subject_of("=?utf-8?B?YQ==?= =?utf-8?B?Yg==?=\n\t=?UTF-8?b?Yw==?= end"), "abc end");
  EXPECT_EQ(subject_of("=?utf-8?B?ww==?= =?utf-8?B?vA==?="), "ü");
  EXPECT_EQ(subject_of("=?utf-8?B?YQ==?= =?iso-8859-1?B?/A==?="), "aü");
  EXPECT_EQ(subject_of("=?utf-8?q?one_?= =?utf-8?q?two?="), "one two");
  EXPECT_EQ(to_of("=?utf-8?B?w7w=?= =?utf-8?B?w58=?= <a@x.com>"), (People{{"üß", "a@x.com"}}));
}

TEST(ParseTest, AddressesInEveryForm) {
  EXPECT_EQ(to_of("Ann <ann@EXAMPLE.com>, \"Doe, Bob\" <Bob@example.com>"),
            (People{{"Ann", "ann@example.com"}, {"Doe, Bob", "Bob@example.com"}}));
  EXPECT_EQ(to_of("team: a@x.com, Bo <b@x.com>;, c@x.com"),
            (People{{"", "a@x.com"}, {"Bo", "b@x.com"}, {"", "c@x.com"}}));
  EXPECT_EQ(to_of("undisclosed-recipients:;"), People{});
  EXPECT_EQ(to_of("\"=?utf-8?q?J=C3=BCrgen?=\" <j@x.com>"), (People{{"Jürgen", "j@x.com"}}));
  EXPECT_EQ(to_of("=?utf-8?q?M=C3=BCller=2C_J?= <j@x.com>"), (People{{"Müller, J", "j@x.com"}}));
  EXPECT_EQ(to_of("'Ann B' <ann@x.com>"), (People{{"Ann B", "ann@x.com"}}));
  EXPECT_EQ(to_of("ann@x.com (Ann B)").at(0).address, "ann@x.com");
  EXPECT_EQ(to_of("J\xfcrgen <j@x.com>"), (People{{"Jürgen", "j@x.com"}}));
  EXPECT_EQ(parse("To: a@x.com\nTo: b@x.com\n\nx").to.size(), 2U);
  EXPECT_EQ(to_of("root").at(0).address, "root");
}

TEST(ParseTest, AnAddressThatCannotBeReadDoesNotHideThoseBehindIt) {
  EXPECT_EQ(
      to_of("ann@x.com, Bo <.bo@x.com>, \"Doe, C\" <c@X.com>,\n .d@x.com, e.@x.com"),
      (People{{"", "ann@x.com"}, {"Bo", ".bo@x.com"}, {"Doe, C", "c@x.com"}, {"", ".d@x.com"}, {"", "e.@x.com"}}));
  EXPECT_EQ(to_of("Bo <.bo@x.com>").at(0), (Participant{"Bo", ".bo@x.com"}));
}

TEST(ParseTest, MessageIdsAndReferences) {
  const Message message = parse(
      "Message-Id: <a b@x>\nIn-Reply-To: Your message of \"Tue, 1 Jan 2002\" <q@x>\n"
      "References: <1@x> <2@x>\n <1@x>\n\t<3@x>\n\nx");
  EXPECT_EQ(message.message_id, "ab@x");
  EXPECT_EQ(message.in_reply_to, Names{"q@x"});
  EXPECT_EQ(message.references, (Names{"1@x", "2@x", "3@x"}));
  EXPECT_EQ(parse("References: 1@x 2@x\n\nx").references, (Names{"1@x", "2@x"}));
  EXPECT_EQ(parse("In-Reply-To: ann@x's message of Monday\n\nx").in_reply_to, Names{});
  EXPECT_EQ(parse("Message-ID: bare@x\n\nx").message_id, "bare@x");
  EXPECT_EQ(parse("List-Id: \"A list\" <news.example.com>\n\nx").list_id, "news.example.com");
}

TEST(ParseTest, DatesInEveryForm) {
  EXPECT_EQ(date_of("Tue, 14 May 2024 12:00:00 +0530"), "2024-05-14T06:30:00Z +05:30");
  EXPECT_EQ(date_of("14 May 2024 12:00 GMT"), "2024-05-14T12:00:00Z +00:00");
  EXPECT_EQ(date_of("Tue, 14 May 24 12:00:00 EST"), "2024-05-14T17:00:00Z -05:00");
  EXPECT_EQ(date_of("Fri, 3 Dec 99 08:00:00 PDT"), "1999-12-03T15:00:00Z -07:00");
  EXPECT_EQ(date_of("Tue May 14 12:00:00 2024"), "2024-05-14T12:00:00Z +00:00");
  EXPECT_EQ(date_of("Tue May 14 12:00:00 CEST 2024"), "2024-05-14T10:00:00Z +02:00");
  EXPECT_EQ(date_of("2024-05-14T12:00:00.5-03:00"), "2024-05-14T15:00:00Z -03:00");
  EXPECT_EQ(date_of("2024-05-14 12:00:00"), "2024-05-14T12:00:00Z +00:00");
  EXPECT_EQ(date_of("20240514T120000Z"), "2024-05-14T12:00:00Z +00:00");
  EXPECT_EQ(date_of("5/14/2024 1:05:06 PM"), "2024-05-14T13:05:06Z +00:00");
  EXPECT_EQ(date_of("14.05.2024 13:05"), "2024-05-14T13:05:00Z +00:00");
  EXPECT_EQ(date_of("14/05/2024"), "2024-05-14T00:00:00Z +00:00");
  EXPECT_EQ(date_of("Di, 14 Mai 2024 12:00:00 +0200"), "2024-05-14T10:00:00Z +02:00");
  EXPECT_EQ(date_of("Tue, 14 May 2024 12:00:00 (PST)"), "2024-05-14T20:00:00Z -08:00");
  EXPECT_EQ(date_of("Tue, 14-May-2024 12:00:00 GMT"), "2024-05-14T12:00:00Z +00:00");
  EXPECT_EQ(date_of("Tue, 14 May 124 12:00:00 +0000"), "2024-05-14T12:00:00Z +00:00");
  EXPECT_EQ(date_of("Tue, 14 May 2024 12:00:00 GMT+0100"), "2024-05-14T11:00:00Z +01:00");
  EXPECT_EQ(date_of("31 Feb 2024 00:00:00 +0000"), "none");
  EXPECT_EQ(date_of("yesterday"), "none");
  EXPECT_TRUE(read_date("Tue, 14 May 2024 12:00:00 +0000 (UTC)")->standard);
  EXPECT_TRUE(read_date("2024-05-14T12:00:00Z")->standard);
  EXPECT_FALSE(read_date("Tue May 14 12:00:00 2024")->standard);
  EXPECT_FALSE(read_date("Tue, 14 May 24 12:00:00 EST")->standard);
  EXPECT_TRUE(has_defect(parse("Date: yesterday\n\nx"), "bad-date"));
  EXPECT_TRUE(has_defect(parse("Subject: a\n\nx"), "missing-date"));
}

// Dates in the usual form take a shorter way; names in lower case do not, and say the same.
TEST(ParseTest, UsualDatesReadAsUnusualOnesDo) {
  for (const std::string_view date :
       {"Tue, 14 May 2024 12:00:00 +0200", "Tue, 4 Jun 2024 01:02:03 -0730 (PDT)", "Sun, 29 Feb 2004 23:59:59 +0000",
        "Sun, 29 Feb 2003 23:59:59 +0000", "Mon, 31 Dec 1979 00:00:00 -0000", "Mon, 0 Jan 2001 00:00:00 +0000",
        "Mon, 1 Jan 0000 00:00:00 +0000", "Mon, 1 Jan 2001 24:00:00 +0000", "Mon, 1 Jan 2001 00:60:00 +0000",
        "Mon, 1 Jan 2001 23:59:60 +0000", "Mon, 1 Jan 2001 00:00:00 +2400", "Mon, 1 Jan 2001 00:00:00 +0060",
        "Mon, 1 Jan 2001 00:00:00 +01000", "Mon, 1 Jan 2001 00:00:00 +010", "Mon, 1 Jan 20010 00:00:00 +0000",
        "Mon, 111 Jan 2001 00:00:00 +0000", "Mon, 1 Jan 2001 00:00:00 +0100 (a (b))",
        "Mon, 1 Jan 2001 00:00:00 +0100 (EST", "Mon, 1 Jan 2001 00:00:00 +0000 (EST)"}) {
    std::string lower(date);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
    EXPECT_EQ(date_of(date), date_of(lower)) << date;
    if (!read_date(date)) continue;
    EXPECT_EQ(read_date(date)->standard, read_date(lower)->standard) << date;
  }
}

TEST(ParseTest, ThreadsMayShareAParser) {
  auto parser = MailParser::create(ParseLimits{});
  ASSERT_TRUE(parser.ok());
  const std::string raw = kHead + "Content-Type: text/html; charset=koi8-r\n\n<p>\xf0\xd2\xc9\xd7\xc5\xd4</p>\n";
  std::vector<std::thread> threads;
  std::vector<int> right(4, 0);
  for (size_t t = 0; t < right.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) right[t] += parser->parse(raw)->text() == "Привет\n";
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, (std::vector<int>{200, 200, 200, 200}));
}

TEST(ParseTest, AFoldedDisplayNameIsOneLine) {
  const Message message = parse("From: \"Ann\n Ward\" <ann@example.com>\nSubject: s\n\nx\n");
  ASSERT_EQ(message.from.size(), 1U);
  EXPECT_EQ(message.from[0].name, "Ann Ward");
}

TEST(RecordTest, ReadsTheExampleOfTheDesign) {
  const Message message = record(R"({"id": "001", "text": "Call 555-123-4567."})");
  EXPECT_EQ(message.id, "001");
  EXPECT_EQ(message.text(), "Call 555-123-4567.");
  ASSERT_EQ(message.parts.size(), 1U);
  EXPECT_TRUE(message.parts[0].is_body);
  EXPECT_FALSE(message.date);
}

TEST(RecordTest, ReadsEveryField) {
  const Message message =
      record(R"({"id": 7, "text": "hi\r\nthere", "from": "Ann <ann@X.com>", )"
             R"("to": ["b@x.com", {"name": "C", "address": "c@X.com"}],)"
             R"("cc": "d@x.com, E <e@x.com>", "date": "2024-05-14T12:00:00+02:00", "subject": "s", "channel": "#ops",)"
             R"("thread": "t1", "in_reply_to": "<1@x>", "references": ["<0@x>", "6"], "message_id": "<2@x>"})");
  EXPECT_EQ(message.id, "7");
  EXPECT_EQ(message.text(), "hi\nthere");
  EXPECT_EQ(message.from, (People{{"Ann", "ann@x.com"}}));
  EXPECT_EQ(message.to, (People{{"", "b@x.com"}, {"C", "c@x.com"}}));
  EXPECT_EQ(message.cc, (People{{"", "d@x.com"}, {"E", "e@x.com"}}));
  EXPECT_EQ(message.date->rfc3339(), "2024-05-14T10:00:00Z");
  EXPECT_EQ(message.date->offset_minutes, 120);
  EXPECT_EQ(message.channel, "#ops");
  EXPECT_EQ(message.thread_hint, "t1");
  EXPECT_EQ(message.in_reply_to, Names{"1@x"});
  EXPECT_EQ(message.references, (Names{"0@x", "6"}));
  EXPECT_EQ(message.message_id, "2@x");
}

TEST(RecordTest, NamesWithoutAddressesAndDatesAsNumbers) {
  const Message message = record(R"({"id": "a", "text": "", "from": "Ann B", "date": 1715680800})");
  EXPECT_EQ(message.from, (People{{"Ann B", ""}}));
  EXPECT_EQ(message.date->rfc3339(), "2024-05-14T10:00:00Z");
  EXPECT_EQ(record(R"({"id":"a","text":"","date":1715680800123})").date->rfc3339(), "2024-05-14T10:00:00Z");
  EXPECT_EQ(record(R"({"id":"a","text":"","date":"nonsense"})").defects, Names{"bad-date"});
}

TEST(RecordTest, BrokenLinesNameTheByteAndNoContent) {
  EXPECT_NE(record_error(R"({"id": 1, "text": "secret)").find("at byte 25"), std::string::npos);
  EXPECT_NE(record_error(R"({"id": 1 "text": "secret"})").find("at byte 9"), std::string::npos);
  EXPECT_NE(record_error("{\"id\": 1, \"text\": \"\xff\"}").find("at byte 19"), std::string::npos);
  EXPECT_NE(record_error("not json").find("at byte 0"), std::string::npos);
  EXPECT_NE(record_error("[1]").find("not a JSON object"), std::string::npos);
  EXPECT_NE(record_error(R"({"id": 1})").find("\"text\""), std::string::npos);
  EXPECT_NE(record_error(R"({"text": "a"})").find("\"id\""), std::string::npos);
  EXPECT_NE(record_error(""), "");
  EXPECT_EQ(record_error(R"({"id": 1 "text": "secret"})").find("secret"), std::string::npos);
  EXPECT_NE(record_error("{\"id\":1,\"text\":\"a\",\"x\":" + std::string(100000, '[')).find("at byte"),
            std::string::npos);
}

TEST(ParseTest, EveryMessageOfTheTestCorporaParses) {
  const char* data = getenv("CUSTOS_DATA");
  if (data == nullptr || !std::filesystem::is_directory(std::filesystem::path(data) / "mime")) {
    GTEST_SKIP() << "CUSTOS_DATA does not name a folder with mime/ in it";
  }
  auto parser = MailParser::create(ParseLimits{});
  for (const auto& entry : std::filesystem::recursive_directory_iterator(std::filesystem::path(data) / "mime")) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string raw((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    auto message = parser->parse(raw);
    ASSERT_TRUE(message.ok()) << entry.path();
    for (const auto& part : message->parts) {
      EXPECT_TRUE(utf8_is_valid(part.text)) << entry.path();
      EXPECT_EQ(part.text.find_first_of(std::string("\r\0", 2)), std::string::npos) << entry.path();
    }
  }
}

}  // namespace
}  // namespace custos::stage
