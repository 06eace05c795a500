#include "index/keyword/file/dictionary_writer.h"

#include <algorithm>

namespace custos::index {

void DictionaryWriter::add(std::string_view key, const TermSizes& sizes) {
  size_t shared = 0;
  if (terms_ % kTermsPerBlock == 0) {
    index_.push_back({blocks_.size(), postings_at_, positions_at_, static_cast<uint32_t>(first_keys_.size()),
                      static_cast<uint32_t>(terms_)});
    first_keys_ += key;
  } else {
    const size_t most = std::min(key.size(), last_key_.size());
    while (shared < most && key[shared] == last_key_[shared]) ++shared;
  }
  blocks_ += static_cast<char>(shared);
  blocks_ += static_cast<char>(key.size() - shared);
  blocks_ += key.substr(shared);
  put_varint(blocks_, sizes.rows);
  if (key[0] == kStemSpace) put_varint(blocks_, sizes.class_rows - sizes.rows);
  put_varint(blocks_, sizes.postings);
  if (has_positions(key[0])) put_varint(blocks_, sizes.positions);
  last_key_ = key;
  ++terms_;
  postings_at_ += sizes.postings;
  positions_at_ += sizes.positions;
}

std::string DictionaryWriter::index() const {
  std::string bytes;
  for (const DictionaryBlock& block : index_) append_fixed(bytes, block);
  return bytes + first_keys_;
}

}  // namespace custos::index
