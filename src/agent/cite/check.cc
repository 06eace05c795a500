#include <algorithm>

#include "agent/citation.h"

namespace custos::agent {
namespace {

bool is_boundary(std::string_view text, size_t at) {
  return at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
}

// What is wrong with the citation itself, whatever it is said to carry. `text` becomes what it cites.
Fault fault_of(const Citation& citation, const CitedMessage* message, std::string_view& text) {
  if (message == nullptr) return Fault::kNoMessage;
  const auto part = std::ranges::find(message->parts, citation.part, &CitedPart::number);
  if (part == message->parts.end()) return Fault::kNoPart;
  const std::string_view whole = part->text.text();
  const document::Span span = citation.span;
  if (span.begin >= span.end || span.end > whole.size()) return Fault::kNoSpan;
  if (!is_boundary(whole, span.begin) || !is_boundary(whole, span.end)) return Fault::kNoSpan;
  text = span.of(whole);
  if (text != citation.quote.text()) return Fault::kQuoteDiffers;
  return message->sha256 == citation.sha256 ? Fault::kNone : Fault::kDigestDiffers;
}

}  // namespace

Result<Verdict> check_sentence(std::string_view sentence, std::span<const Citation> citations, CitedTexts& texts,
                               model::EncoderSessions* sessions, const SupportOptions& options) {
  std::vector<std::string_view> cited;
  std::string headers;
  for (const Citation& citation : citations) {
    ASSIGN_OR_RETURN(const CitedMessage* const message, texts.find(citation.message));
    std::string_view text;
    const Fault fault = fault_of(citation, message, text);
    if (fault != Fault::kNone) return Verdict{fault, 0, 0};
    cited.push_back(text);
    headers.append(message->headers).append("\n");
  }
  return check_support(sentence, cited, headers, sessions, options);
}

}  // namespace custos::agent
