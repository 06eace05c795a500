// Records for the tests of this module and of those that copy records: invented, and the same for the same number.
#pragma once

#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "columns/record_table.h"

namespace custos::columns {

// Mints redacted text without a redactor. For tests only.
struct SampleText : RecordReader {
  using RecordReader::restore;
};

inline document::TokenList words_of(const std::string& text) {
  std::istringstream words(text);
  document::TokenList tokens;
  for (std::string word; words >> word;) tokens.push_back(word);
  return tokens;
}

// One plain-text part and nothing else.
inline document::Record record_of_text(const std::string& id, const std::string& text) {
  document::Record record;
  record.id = id;
  record.channel = "mail";
  record.text = SampleText::restore(text, {});
  record.tokens = words_of(text);
  record.parts = {{.number = "1", .content_type = "text/plain", .is_body = true, .text = record.text}};
  return record;
}

// Two body parts and an attachment, an entity in each kind of text, every field filled.
inline document::Record sample_record(uint32_t number) {
  using document::Span;
  const std::string n = std::to_string(number);
  document::Record record = record_of_text("m-" + n, "");
  const std::string first = "Call [REDACTED-PHONE] about lot " + n + ".\n> old news\n";
  const std::string second = "Grüße aus Köln";
  const document::Entity phone{.type = "PHONE", .original = {5, 17}, .redacted = {5, 21}, .score = 0.75F};
  record.message_id = n + "@example.com";
  record.date = document::Timestamp{1715688000 + number, -330};
  record.subject = SampleText::restore("Re: [REDACTED-SSN]", {{"SSN", {4, 15}, {4, 18}, 1.0F}});
  record.in_reply_to = {"parent@example.com"};
  record.references = {"root@example.com", "parent@example.com"};
  record.list_id = "lots.example.com";
  record.text = SampleText::restore(first + "\n" + second, {phone});
  record.tokens = words_of(record.text.text());
  record.parts = {{.number = "1.1",
                   .content_type = "text/plain",
                   .bytes = 50,
                   .sha256 = sha256(first),
                   .is_body = true,
                   .text = SampleText::restore(first, {phone}),
                   .language = "en"},
                  {.number = "1.2",
                   .content_type = "text/plain",
                   .bytes = 16,
                   .sha256 = sha256(second),
                   .is_body = true,
                   .text = SampleText::restore(second, {}),
                   .language = "de"},
                  {.number = "2",
                   .content_type = "text/csv",
                   .name = SampleText::restore("[REDACTED-EMAIL].csv", {{"EMAIL", {0, 9}, {0, 16}, 0.5F}}),
                   .bytes = 1234,
                   .sha256 = sha256(n),
                   .is_attachment = true,
                   .text = SampleText::restore("a,b\n1,[REDACTED-IP]", {{"IP", {6, 13}, {6, 19}, 0.6F}})}};
  const auto size = static_cast<uint32_t>(first.size());
  record.parts[0].removed = {{{size - 11, size}, document::SpanReason::kQuoted}};
  record.chunks = {{.span = {0, size - 12}, .part = 0, .tokens = 12}, {.span = {0, 16}, .part = 1, .tokens = 5}};
  record.defects = {"broken-base64", "missing-date"};
  record.content_key = blake2b(n);
  record.edrm_mih = md5_hex(n);
  record.raw_digest = blake2b("raw" + n);
  record.raw_bytes = 2048 + number;
  record.raw_kind = number % 2 == 0 ? document::RawKind::kMail : document::RawKind::kRecord;
  record.flags = "RS";
  return record;
}

}  // namespace custos::columns
