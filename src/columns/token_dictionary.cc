#include "columns/token_dictionary.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/util/utf8.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/utf8.h"

namespace custos::columns {
namespace {

constexpr size_t kSlotsMin = 1 << 12;
constexpr size_t kSlotsKept = 1 << 17;

}  // namespace

TokenDictionary::TokenDictionary() : slots_(kSlotsMin), offsets_{0} {}

bool TokenDictionary::has_bytes(int32_t number, std::string_view token) const {
  const int32_t* const begin = offsets_.data() + number;
  const auto size = static_cast<size_t>(begin[1] - begin[0]);
  return size == token.size() && std::memcmp(bytes_.data() + begin[0], token.data(), size) == 0;
}

size_t TokenDictionary::find(std::string_view token, uint64_t key, size_t slot) const {
  while (slots_[slot].key != 0 && !is_same(slots_[slot], key, token)) slot = (slot + 1) & (slots_.size() - 1);
  return slot;
}

// For tokens that are not in their first slot.
int32_t TokenDictionary::number_of(std::string_view token, uint64_t key) {
  size_t at = find(token, key, slot_of(key));
  if (slots_[at].key != 0) return slots_[at].number;
  if (arrow::util::ValidateUTF8(token)) return add(at, key, token);
  const std::string repaired = utf8_repaired(token);
  key = keys_.key(repaired);
  at = find(repaired, key, slot_of(key));
  return slots_[at].key != 0 ? slots_[at].number : add(at, key, repaired);
}

// A few tokens at a time, so that the slots of all of them are on their way from memory while the first is compared.
void TokenDictionary::number(const document::TokenList& tokens, std::vector<int32_t>& numbers) {
  constexpr size_t kAtOnce = 16;
  std::array<std::string_view, kAtOnce> token;
  std::array<uint64_t, kAtOnce> key;
  std::array<uint64_t, kAtOnce> hash;
  const char* const whole_words_end = tokens.bytes().data() + std::max<size_t>(tokens.bytes().size(), 7) - 7;
  const size_t old = numbers.size();
  numbers.resize(old + tokens.size());
  int32_t* out = numbers.data() + old;
  for (size_t begin = 0; begin < tokens.size(); begin += kAtOnce) {
    const size_t count = std::min(kAtOnce, tokens.size() - begin);
    for (size_t i = 0; i < count; ++i) {
      token[i] = tokens[begin + i];
      key[i] = keys_.key(token[i], whole_words_end);
      hash[i] = keys_.hash(key[i]);
      __builtin_prefetch(&slots_[hash[i] & (slots_.size() - 1)]);
    }
    for (size_t i = 0; i < count; ++i) {
      const Slot& slot = slots_[hash[i] & (slots_.size() - 1)];  // only now: the table may have grown
      *out++ = is_same(slot, key[i], token[i]) ? slot.number : number_of(token[i], key[i]);
    }
  }
}

int32_t TokenDictionary::add(size_t slot, uint64_t key, std::string_view token) {
  const auto number = static_cast<int32_t>(offsets_.size() - 1);
  slots_[slot] = {key, number};
  bytes_ += token;
  offsets_.push_back(static_cast<int32_t>(bytes_.size()));
  if (offsets_.size() * 2 > slots_.size()) grow();
  return number;
}

void TokenDictionary::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.key == 0) continue;
    size_t at = slot_of(slot.key);
    while (slots_[at].key != 0) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = slot;
  }
}

std::shared_ptr<arrow::Array> TokenDictionary::array() const {
  return std::make_shared<arrow::StringArray>(static_cast<int64_t>(offsets_.size() - 1), arrow::Buffer::Wrap(offsets_),
                                              std::make_shared<arrow::Buffer>(std::string_view(bytes_)));
}

void TokenDictionary::clear() {
  if (slots_.size() > kSlotsKept) std::vector<Slot>(kSlotsMin).swap(slots_);
  std::ranges::fill(slots_, Slot{});
  bytes_.clear();
  offsets_.resize(1);
}

}  // namespace custos::columns
