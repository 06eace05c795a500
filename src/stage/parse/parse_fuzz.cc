// Any bytes as mail and as a JSON line: the texts that come out are UTF-8 without NUL and CR, whatever went in, and the
// short way through a message reads what GMime's tree does.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/utf8.h"
#include "stage/parse/parse.h"
#include "stage/parse/read_mail.h"

namespace {

bool same_either_way(std::string_view bytes) {
  using custos::stage::Way;
  static GMimeParserOptions* const kOptions = custos::stage::new_parser_options();
  const custos::stage::ParseLimits limits;
  const auto shortest = custos::stage::read_mail(bytes, kOptions, limits, Way::kShortest);
  const auto tree = custos::stage::read_mail(bytes, kOptions, limits, Way::kTree);
  return shortest.from == tree.from && shortest.to == tree.to && shortest.cc == tree.cc && shortest.bcc == tree.bcc &&
         shortest.subject == tree.subject && shortest.date == tree.date && shortest.references == tree.references &&
         shortest.message_id == tree.message_id && shortest.defects == tree.defects && shortest.text() == tree.text();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto kParser = custos::stage::MailParser::create(custos::stage::ParseLimits{});
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto message = kParser->parse(bytes);
  if (!message.ok()) std::abort();
  for (const auto& part : message->parts) {
    if (!custos::utf8_is_valid(part.text) || !custos::utf8_is_valid(part.name)) std::abort();
    if (part.text.find_first_of(std::string_view("\r\0", 2)) != std::string::npos) std::abort();
  }
  if (!custos::utf8_is_valid(message->subject) || !custos::utf8_is_valid(message->list_id)) std::abort();
  for (const auto* people : {&message->from, &message->to, &message->cc, &message->bcc}) {
    for (const auto& person : *people) {
      if (!custos::utf8_is_valid(person.name) || !custos::utf8_is_valid(person.address)) std::abort();
    }
  }
  if (!same_either_way(bytes)) std::abort();
  const auto record = custos::stage::parse_record(bytes, custos::stage::ParseLimits{});
  if (record.ok() && !custos::utf8_is_valid(record->text())) std::abort();
  return 0;
}
