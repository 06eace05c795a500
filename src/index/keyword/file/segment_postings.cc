#include "index/keyword/file/segment_postings.h"

#include <algorithm>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "index/keyword/file/dictionary_writer.h"
#include "index/keyword/file/paged_writer.h"
#include "index/keyword/file/term_encoder.h"

namespace custos::index {
namespace {

// What some of the terms come to.
struct EncodedTerms {
  EncodedTerms(const SegmentPostings& segment, std::span<const uint32_t> numbers) : terms(numbers), encoder(segment) {}

  void encode() {
    sizes.reserve(terms.size());
    for (const uint32_t term : terms) sizes.push_back(encoder.encode(term));
  }

  std::span<const uint32_t> terms;
  TermEncoder encoder;
  std::vector<TermSizes> sizes;
};

// How many of the terms make about half of the postings.
size_t half_of(const SegmentPostings& segment, std::span<const uint32_t> terms) {
  uint64_t all = 0;
  for (const uint32_t term : terms) all += segment.table.term(term).rows;
  uint64_t some = 0;
  const auto half = std::ranges::find_if(terms, [&](uint32_t term) {
    some += segment.table.term(term).rows;
    return 2 * some >= all;
  });
  return static_cast<size_t>(half - terms.begin());
}

template <typename Fixed>
std::string_view bytes_of(const std::vector<Fixed>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Fixed)};
}

}  // namespace

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

  const std::vector<uint32_t> terms = segment.table.sorted();
  const size_t half = half_of(segment, terms);
  EncodedTerms first(segment, std::span(terms).first(half));
  EncodedTerms second(segment, std::span(terms).subspan(half));
  {
    const std::jthread beside([&] { second.encode(); });
    first.encode();
  }
  DictionaryWriter dictionary;
  for (const EncodedTerms* const some : {&first, &second}) {
    for (size_t i = 0; i < some->terms.size(); ++i) dictionary.add(segment.table.key(some->terms[i]), some->sizes[i]);
  }
  RETURN_IF_ERROR(writer.write_part({first.encoder.postings(), second.encoder.postings()}, footer.parts[kPostings]));
  RETURN_IF_ERROR(writer.write_part({first.encoder.positions(), second.encoder.positions()}, footer.parts[kPositions]));
  RETURN_IF_ERROR(writer.write_part({dictionary.blocks()}, footer.parts[kDictionary]));
  RETURN_IF_ERROR(writer.write_part({dictionary.index()}, footer.parts[kDictionaryIndex]));
  RETURN_IF_ERROR(writer.write_part({bytes_of(segment.length_codes)}, footer.parts[kLengths]));
  RETURN_IF_ERROR(writer.write_part({bytes_of(segment.dates)}, footer.parts[kDates]));
  footer.terms = dictionary.terms();
  footer.dictionary_blocks = dictionary.block_count();
  footer.rows = static_cast<uint32_t>(segment.dates.size());
  footer.languages = segment.languages;
  footer.words = segment.words;
  footer.rows_with = segment.rows_with;
  return writer.finish(footer);
}

}  // namespace custos::index
