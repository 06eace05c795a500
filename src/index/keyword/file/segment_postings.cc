#include "index/keyword/file/segment_postings.h"

#include <span>
#include <string>

#include "index/keyword/file/dictionary_writer.h"
#include "index/keyword/file/paged_writer.h"
#include "index/keyword/file/term_encoder.h"

namespace custos::index {

void SegmentPostings::add_word(uint32_t number, uint32_t row, Field field, uint32_t position) {
  WrittenTerm& term = table.term(number);
  const auto field_bits = uint64_t{static_cast<uint8_t>(field)} << 1;
  if (term.last_row == row) {
    const uint32_t before = term.last_field == static_cast<uint8_t>(field) ? term.last_position : 0;
    arena.append(term.chain, uint64_t{position - before} << 3 | field_bits);
  } else {
    if (term.rows++ == 0) arena.begin(term.chain);
    arena.append(term.chain, uint64_t{position} << 3 | field_bits | 1);
    arena.append(term.chain, row - (term.last_row + 1));
    term.last_row = row;
  }
  term.last_field = static_cast<uint8_t>(field);
  term.last_position = position;
}

void SegmentPostings::add_row(uint32_t number, uint32_t row) {
  WrittenTerm& term = table.term(number);
  if (term.last_row == row) return;
  if (term.rows++ == 0) arena.begin(term.chain);
  arena.append(term.chain, row - (term.last_row + 1));
  term.last_row = row;
}

uint64_t SegmentPostings::bytes() const {
  return arena.size() + table.key_bytes() + table.size() * (sizeof(WrittenTerm) + 16) + dates.size() * 12;
}

Status write_segment(const SegmentPostings& segment, File file) {
  PagedWriter writer(std::move(file));
  FileFooter footer;
  RETURN_IF_ERROR(writer.write({reinterpret_cast<const char*>(&kPostingsMagic), sizeof kPostingsMagic}));
  const uint32_t version[2] = {kPostingsVersion, 0};
  RETURN_IF_ERROR(writer.write({reinterpret_cast<const char*>(version), sizeof version}));

  TermEncoder encoder(segment);
  DictionaryWriter dictionary;
  for (const uint32_t term : segment.table.sorted()) dictionary.add(segment.table.key(term), encoder.encode(term));
  RETURN_IF_ERROR(writer.write_part(encoder.postings(), footer.parts[kPostings]));
  RETURN_IF_ERROR(writer.write_part(encoder.positions(), footer.parts[kPositions]));
  RETURN_IF_ERROR(writer.write_part(dictionary.blocks(), footer.parts[kDictionary]));
  RETURN_IF_ERROR(writer.write_part(dictionary.index(), footer.parts[kDictionaryIndex]));
  RETURN_IF_ERROR(writer.write_part(
      {reinterpret_cast<const char*>(segment.length_codes.data()), segment.length_codes.size() * kTextFields},
      footer.parts[kLengths]));
  RETURN_IF_ERROR(writer.write_part({reinterpret_cast<const char*>(segment.dates.data()), segment.dates.size() * 8},
                                    footer.parts[kDates]));
  footer.terms = dictionary.terms();
  footer.dictionary_blocks = dictionary.block_count();
  footer.rows = static_cast<uint32_t>(segment.dates.size());
  footer.languages = segment.languages;
  footer.words = segment.words;
  footer.rows_with = segment.rows_with;
  return writer.finish(footer);
}

}  // namespace custos::index
