#include "store/segment/index_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "store/segment/segment_folder.h"

namespace custos::store {
namespace {

using document::Record;
using document::RecordPart;
using document::Span;
using index::Field;

constexpr char kAttachmentMark[] = "attachment";

// The other forms of a body (its HTML beside the plain text) would only say the same again.
bool is_searched(const RecordPart& part) { return (part.is_body || part.is_attachment) && !part.text.text().empty(); }

Span whole(std::string_view text) { return {0, static_cast<uint32_t>(text.size())}; }

std::string_view language_of(const Record& record) {
  const auto body = std::ranges::find_if(record.parts, [](const RecordPart& part) { return part.is_body; });
  return body == record.parts.end() ? std::string_view() : std::string_view(body->language);
}

}  // namespace

Result<std::unique_ptr<IndexWriter>> IndexWriter::create(const std::filesystem::path& folder, bool index_subject) {
  std::unique_ptr<IndexWriter> writer(new IndexWriter());
  writer->index_subject_ = index_subject;
  ASSIGN_OR_RETURN(writer->postings_, index::PostingsWriter::create(folder / kPostingsFile));
  ASSIGN_OR_RETURN(writer->texts_, index::TextWriter::create(folder / kTextsFile));
  return writer;
}

void IndexWriter::add_part(const RecordPart& part) {
  const std::string& name = part.name.text();
  if (!name.empty()) postings_->add_text(Field::kFileName, part.name, std::array{whole(name)}, "");
  if (!is_searched(part)) return;
  const auto size = static_cast<uint32_t>(part.text.text().size());
  postings_->add_text(Field::kAuthored, part.text, document::authored_spans(part.removed, size), part.language);
  if (part.removed.empty()) return;
  removed_.clear();
  for (const document::ReasonedSpan& removed : part.removed) removed_.push_back(removed.span);
  postings_->add_text(Field::kQuoted, part.text, removed_, part.language);
}

void IndexWriter::add_languages(const Record& record) {
  for (size_t at = 0; at < record.parts.size(); ++at) {
    const RecordPart& part = record.parts[at];
    if (!is_searched(part) || part.language.empty()) continue;
    const auto before = std::span(record.parts).first(at);
    const bool again = std::ranges::any_of(
        before, [&](const RecordPart& other) { return is_searched(other) && other.language == part.language; });
    if (!again) postings_->add_value(Field::kLanguage, part.language);
  }
}

Status IndexWriter::append(const Record& record, const PersonNumbers& people) {
  const std::string& subject = record.subject.text();
  if (index_subject_ && !subject.empty()) {
    postings_->add_text(Field::kSubject, record.subject, std::array{whole(subject)}, language_of(record));
  }
  for (const RecordPart& part : record.parts) add_part(part);
  add_languages(record);
  if (std::ranges::any_of(record.parts, [](const RecordPart& part) { return part.is_attachment; })) {
    postings_->add_value(Field::kMark, kAttachmentMark);
  }
  for (const uint64_t person : people.from) postings_->add_number(Field::kFrom, person);
  for (const uint64_t person : people.to) postings_->add_number(Field::kTo, person);
  if (record.date) postings_->set_date(record.date->utc_seconds);
  RETURN_IF_ERROR(postings_->end_row());
  return texts_->append(record);
}

Status IndexWriter::finish() {
  RETURN_IF_ERROR(postings_->finish());
  return texts_->finish();
}

Status append_vectors(index::VectorWriter& writer, const Record& record, uint64_t row, uint32_t width) {
  if (record.vectors.size() != record.chunks.size() * width) {
    return Error{Code::kInvalidArgument, fmt::format("{} has {} chunks and {} numbers of vectors of {}", record.id,
                                                     record.chunks.size(), record.vectors.size(), width)};
  }
  const std::span<const float> all = record.vectors;
  for (size_t at = 0; at < record.chunks.size(); ++at) {
    RETURN_IF_ERROR(writer.append(all.subspan(at * width, width), static_cast<uint32_t>(row)));
  }
  return {};
}

}  // namespace custos::store
