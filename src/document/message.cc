#include "document/message.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>

namespace custos::document {

std::string Timestamp::rfc3339() const {
  using namespace std::chrono;
  const sys_seconds instant{seconds{utc_seconds}};
  const auto day = floor<days>(instant);
  const year_month_day date{day};
  const hh_mm_ss time{instant - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count());
}

std::string Timestamp::offset() const {
  const int minutes = std::abs(offset_minutes);
  return fmt::format("{}{:02}:{:02}", offset_minutes < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

const char* span_reason_name(SpanReason reason) {
  switch (reason) {
    case SpanReason::kQuoted:
      return "quoted";
    case SpanReason::kAttribution:
      return "attribution";
    case SpanReason::kForwarded:
      return "forwarded";
    case SpanReason::kSignature:
      return "signature";
    case SpanReason::kDisclaimer:
      return "disclaimer";
    case SpanReason::kListFooter:
      return "list_footer";
  }
  return "unknown";
}

std::vector<Span> authored_spans(const std::vector<ReasonedSpan>& removed, uint32_t size) {
  std::vector<Span> authored;
  uint32_t begin = 0;
  for (const ReasonedSpan& gap : removed) {
    if (gap.span.begin > begin) authored.push_back({begin, gap.span.begin});
    begin = gap.span.end;
  }
  if (begin < size) authored.push_back({begin, size});
  return authored;
}

std::string Message::text() const {
  std::string joined;
  bool first = true;
  for (const Part& part : parts) {
    if (!part.is_body) continue;
    if (!first) joined += '\n';
    joined += part.text;
    first = false;
  }
  return joined;
}

std::vector<Span> Message::authored() const {
  std::vector<Span> all;
  uint32_t base = 0;
  bool first = true;
  for (const Part& part : parts) {
    if (!part.is_body) continue;
    if (!first) ++base;
    first = false;
    const auto size = static_cast<uint32_t>(part.text.size());
    for (const Span span : authored_spans(part.removed, size)) all.push_back({base + span.begin, base + span.end});
    base += size;
  }
  return all;
}

}  // namespace custos::document
