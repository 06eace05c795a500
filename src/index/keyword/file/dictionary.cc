#include "index/keyword/file/dictionary.h"

#include <algorithm>
#include <cstring>

namespace custos::index {

// One block, read term by term.
struct Dictionary::Block {
  const CheckedFile* file = nullptr;
  const char* at = nullptr;
  const char* end = nullptr;
  uint64_t offset = 0;  // in the part, for errors
  uint32_t terms_left = 0;
  std::string key;
  TermEntry entry;  // of the current term

  [[nodiscard]] Error damaged() const { return file->corrupt(kDictionary, offset, "a term cannot be read"); }

  // Reads the next term. REQUIRES: terms_left > 0.
  [[nodiscard]] Status next() {
    --terms_left;
    if (end - at < 2) return damaged();
    const auto shared = static_cast<unsigned char>(at[0]);
    const auto added = static_cast<unsigned char>(at[1]);
    at += 2;
    if (shared > key.size() || shared + added == 0 || shared + added > kKeyBytesMax || end - at < added) {
      return damaged();
    }
    key.resize(shared);
    key.append(at, added);
    at += added;
    entry.postings_at += entry.postings_size;
    entry.positions_at += entry.positions_size;
    return read_numbers();
  }

  [[nodiscard]] Status read_numbers() {
    uint64_t rows = 0, more = 0;
    entry.has_positions = has_positions(key[0]);
    entry.positions_size = 0;
    if (!take_varint(at, end, rows)) return damaged();
    if (key[0] == kStemSpace && !take_varint(at, end, more)) return damaged();
    if (!take_varint(at, end, entry.postings_size)) return damaged();
    if (entry.has_positions && !take_varint(at, end, entry.positions_size)) return damaged();
    const FileFooter& footer = file->footer();
    if (rows == 0 || rows > footer.rows || more > footer.rows ||
        !fits(kPostings, entry.postings_at, entry.postings_size) ||
        !fits(kPositions, entry.positions_at, entry.positions_size)) {
      return damaged();
    }
    entry.rows = static_cast<uint32_t>(rows);
    entry.class_rows = static_cast<uint32_t>(rows + more);
    return {};
  }

  [[nodiscard]] bool fits(PartName part, uint64_t begin, uint64_t size) const {
    const uint64_t whole = file->footer().parts[part].size;
    return begin <= whole && size <= whole - begin;
  }
};

Result<Dictionary::Block> Dictionary::block(uint32_t number) const {
  const FileFooter& footer = file_->footer();
  const uint32_t count = std::min<uint32_t>(2, footer.dictionary_blocks - number);
  std::array<DictionaryBlock, 2> entries{};
  ASSIGN_OR_RETURN(const std::string_view bytes,
                   file_->read(kDictionaryIndex, number * sizeof(DictionaryBlock), count * sizeof(DictionaryBlock)));
  std::memcpy(entries.data(), bytes.data(), bytes.size());
  const uint64_t end = count == 2 ? entries[1].offset : footer.parts[kDictionary].size;
  const uint64_t terms_end = count == 2 ? entries[1].terms_before : footer.terms;
  const DictionaryBlock& entry = entries[0];
  if (end < entry.offset || terms_end < entry.terms_before || terms_end - entry.terms_before > kTermsPerBlock) {
    return file_->corrupt(kDictionaryIndex, number * sizeof(DictionaryBlock), "blocks are out of order");
  }
  ASSIGN_OR_RETURN(const std::string_view block, file_->read(kDictionary, entry.offset, end - entry.offset));
  Block result;
  result.file = file_;
  result.at = block.data();
  result.end = block.data() + block.size();
  result.offset = entry.offset;
  result.terms_left = static_cast<uint32_t>(terms_end - entry.terms_before);
  result.entry.postings_at = entry.postings_at;
  result.entry.positions_at = entry.positions_at;
  return result;
}

Result<std::string_view> Dictionary::first_key(uint32_t number) const {
  const FileFooter& footer = file_->footer();
  const bool is_last = number + 1 == footer.dictionary_blocks;
  ASSIGN_OR_RETURN(const std::string_view bytes, file_->read(kDictionaryIndex, number * sizeof(DictionaryBlock),
                                                             (is_last ? 1 : 2) * sizeof(DictionaryBlock)));
  std::array<DictionaryBlock, 2> entries{};
  std::memcpy(entries.data(), bytes.data(), bytes.size());
  const uint64_t keys_at = footer.dictionary_blocks * sizeof(DictionaryBlock);
  const uint64_t end = is_last ? footer.parts[kDictionaryIndex].size - keys_at : entries[1].key_at;
  if (end <= entries[0].key_at) {
    return file_->corrupt(kDictionaryIndex, number * sizeof(DictionaryBlock), "first keys are out of order");
  }
  return file_->read(kDictionaryIndex, keys_at + entries[0].key_at, end - entries[0].key_at);
}

Result<uint32_t> Dictionary::block_for(std::string_view key) const {
  uint32_t low = 0;
  uint32_t high = file_->footer().dictionary_blocks;
  while (high - low > 1) {
    const uint32_t middle = low + (high - low) / 2;
    ASSIGN_OR_RETURN(const std::string_view first, first_key(middle));
    (first <= key ? low : high) = middle;
  }
  return low;
}

Result<TermEntry> Dictionary::find(std::string_view key) const {
  if (file_->footer().dictionary_blocks == 0) return TermEntry{};
  ASSIGN_OR_RETURN(const uint32_t number, block_for(key));
  ASSIGN_OR_RETURN(Block terms, block(number));
  while (terms.terms_left > 0) {
    RETURN_IF_ERROR(terms.next());
    if (terms.key == key) return terms.entry;
    if (terms.key > key) break;
  }
  return TermEntry{};
}

Status Dictionary::for_each(std::string_view prefix, const Visit& visit) const {
  const uint32_t blocks = file_->footer().dictionary_blocks;
  if (blocks == 0) return {};
  ASSIGN_OR_RETURN(uint32_t number, block_for(prefix));
  for (; number < blocks; ++number) {
    ASSIGN_OR_RETURN(Block terms, block(number));
    while (terms.terms_left > 0) {
      RETURN_IF_ERROR(terms.next());
      if (terms.key < prefix) continue;
      if (!terms.key.starts_with(prefix) || !visit(terms.key, terms.entry)) return {};
    }
  }
  return {};
}

}  // namespace custos::index
