#include "stage/clean/header_block.h"

#include "stage/clean/fold.h"
#include "stage/clean/header_words.h"

namespace custos::stage::clean {
namespace {

constexpr size_t kBlankLinesMax = 2;  // between two labels
constexpr size_t kSenderBytesMax = 160;

struct Fields {
  size_t last = 0;
  bool from = false, date = false, to = false, cc = false, subject = false;
  bool sender_named = false;  // From has a value
  bool sender_address = false;
  bool date_digits = false, date_time = false;
  bool date_in_from = false;  // Lotus Notes puts the date at the end of the From line
  bool memo_order = false;    // To before From, as on a memorandum
};

bool already(const Fields& fields, HeaderField field) {
  switch (field) {
    case HeaderField::kFrom:
      return fields.from;
    case HeaderField::kDate:
      return fields.date;
    case HeaderField::kTo:
      return fields.to;
    case HeaderField::kSubject:
      return fields.subject;
    default:
      return false;
  }
}

void note_date(Fields& fields, std::string_view value) {
  fields.date_time = fields.date_time || has_time_of_day(value);
  for (const char c : value) fields.date_digits = fields.date_digits || is_digit(c);
}

void note(Fields& fields, HeaderField field, std::string_view value) {
  switch (field) {
    case HeaderField::kFrom:
      fields.from = true;
      fields.memo_order = fields.to;
      fields.sender_named = !value.empty();
      fields.sender_address = has_address(value);
      if (has_time_of_day(value) && has_date(value)) {
        fields.date_in_from = true;
        note_date(fields, value);
      }
      break;
    case HeaderField::kDate:
      fields.date = true;
      note_date(fields, value);
      break;
    case HeaderField::kTo:
      fields.to = true;
      break;
    case HeaderField::kCc:
      fields.cc = true;
      break;
    case HeaderField::kSubject:
      fields.subject = true;
      break;
    default:
      break;
  }
}

// A wrapped list of recipients.
bool continues(std::string_view text, const Line& line, const Line& before, HeaderField field) {
  if (field != HeaderField::kTo && field != HeaderField::kCc && field != HeaderField::kFrom) return false;
  const std::string_view content = line.text(text);
  const std::string_view previous = before.text(text);
  if (previous.ends_with(',') || previous.ends_with(';')) return true;
  return content.size() <= kSenderBytesMax * 2 && (has_address(content) || content.find(';') != std::string_view::npos);
}

// The next labelled line behind `at` with at most kBlankLinesMax blank lines between; lines.size() where there is none.
size_t next_label(const Lines& lines, size_t at, const Fields& fields) {
  size_t next = at + 1;
  while (next < lines.size() && lines[next].blank() && next - at <= kBlankLinesMax) ++next;
  if (next >= lines.size() || lines[next].kind != LineKind::kField || already(fields, lines[next].field)) {
    return lines.size();
  }
  // Behind a blank line a stray "Attachments:" is no longer the header's.
  return next > at + 1 && (lines[next].field == HeaderField::kOther || fields.subject) ? lines.size() : next;
}

Fields read_fields(std::string_view text, const Lines& lines, size_t at) {
  Fields fields;
  HeaderField current = lines[at].field;
  note(fields, current, header_value(lines[at].text(text)));
  fields.last = at;
  while (fields.last - at < kHeaderBlockLinesMax) {
    const size_t label = next_label(lines, fields.last, fields);
    const size_t next = fields.last + 1;
    if (label < lines.size() && lines[label].depth == lines[at].depth) {
      current = lines[label].field;
      note(fields, current, header_value(lines[label].text(text)));
      fields.last = label;
    } else if (next < lines.size() && !lines[next].blank() && lines[next].kind != LineKind::kField &&
               lines[next].depth == lines[at].depth && continues(text, lines[next], lines[fields.last], current)) {
      fields.last = next;
    } else {
      break;
    }
  }
  return fields;
}

bool is_header(const Fields& fields, bool announced) {
  const bool dated = fields.date_in_from || (fields.date && fields.date_digits);
  const int others = int{dated} + int{fields.to} + int{fields.subject};
  if (announced) return (fields.from && others >= 1) || (fields.to && (fields.subject || fields.date));
  if (!fields.from || !fields.sender_named) return false;
  if (fields.memo_order && !fields.date_time) return false;
  if (others >= 2) return true;
  return others == 1 && fields.sender_address && fields.date_time;
}

size_t previous_text(const Lines& lines, size_t at, size_t floor) {
  size_t line = at;
  while (line > floor && at - line <= kBlankLinesMax) {
    --line;
    if (!lines[line].blank()) return line;
  }
  return at;
}

bool is_sender_note(std::string_view content) {
  static constexpr std::string_view kNotes[] = {"please respond to", "sent by",    "gesendet von",
                                                "bitte antwort an",  "envoyé par", "enviado por"};
  return starts_with_any(folded(content, 40), kNotes);
}

bool is_dated(std::string_view content) {
  return content.size() <= kSenderBytesMax && has_time_of_day(content) && has_date(content);
}

size_t count_letters(std::string_view content) {
  size_t letters = 0;
  for (const char c : content) letters += is_letter(c) ? 1 : 0;
  return letters;
}

bool is_sender_name(std::string_view content) {
  if (content.size() > kSenderBytesMax || content.ends_with('.') || content.ends_with('?')) return false;
  return has_address(content) || content.find('/') != std::string_view::npos ||
         (starts_upper(without(content, "\" ")) && count_words(content) <= 4);
}

// Lotus Notes: "Ada Lovelace/LON/Engine@Engine on 06/03/2024 10:05:00 AM", or the name on one line and the date below.
// The first of these lines, or `at` where they are not there.
size_t sender_lines(std::string_view text, const Lines& lines, size_t at, size_t floor) {
  size_t line = previous_text(lines, at, floor);
  while (line < at && is_sender_note(lines[line].text(text)) && line > floor) --line;
  if (line == at || lines[line].blank() || lines[line].depth != lines[at].depth) return at;
  const std::string_view dated = lines[line].text(text);
  if (!is_dated(dated)) {  // wrapped between date and time
    const bool wrapped = line > floor && has_time_of_day(dated) && has_date(lines[line - 1].text(text)) &&
                         is_sender_name(lines[line - 1].text(text)) && dated.size() <= 20;
    return wrapped ? line - 1 : at;
  }
  if (count_letters(dated) > 6) return is_sender_name(dated) || dated.find('"') == 0 ? line : at;
  const bool named = line > floor && is_sender_name(lines[line - 1].text(text)) && !lines[line - 1].blank();
  return named ? line - 1 : at;
}

}  // namespace

std::optional<HeaderBlock> header_block_at(std::string_view text, const Lines& lines, size_t at, size_t floor,
                                           bool announced) {
  Fields fields = read_fields(text, lines, at);
  if (!fields.from && fields.to && (fields.subject || fields.cc)) {
    const size_t first = sender_lines(text, lines, at, floor);
    if (first < at) return HeaderBlock{first, fields.last};
  }
  const size_t above = previous_text(lines, at, floor);
  if (above < at && lines[above].field == HeaderField::kTo) fields.memo_order = true;
  if (!is_header(fields, announced)) return std::nullopt;
  size_t first = at;  // "Received:" and the like may stand above
  while (first > floor && lines[first - 1].kind == LineKind::kField && lines[first - 1].depth == lines[at].depth)
    --first;
  return HeaderBlock{first, fields.last};
}

}  // namespace custos::stage::clean
