#include "columns/token_dictionary.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/util/utf8.h>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstring>

#include "base/utf8.h"

namespace custos::columns {
namespace {

constexpr size_t kSlotsMin = 1 << 12;
constexpr size_t kSlotsKept = 1 << 17;

static_assert(std::endian::native == std::endian::little, "pack and pack_whole_word must agree");

template <typename Integer>
uint64_t load(const char* bytes) {
  Integer value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

// The bytes themselves and their number: equal for equal tokens only, and never 0. REQUIRES: at most 7 bytes.
uint64_t pack(std::string_view token) {
  const size_t size = token.size();
  const uint64_t tag = static_cast<uint64_t>(size + 1) << 56;
  if (size >= 4)
    return load<uint32_t>(token.data()) | load<uint32_t>(token.data() + size - 4) << (8 * (size - 4)) | tag;
  if (size == 0) return tag;
  const auto byte = [&](size_t at) { return load<uint8_t>(token.data() + at) << (8 * at); };
  return byte(0) | byte(size / 2) | byte(size - 1) | tag;
}

// The same where eight bytes can be read: without a branch on the size. REQUIRES: at most 7 bytes.
uint64_t pack_whole_word(std::string_view token) {
  const uint64_t size = token.size();
  return (load<uint64_t>(token.data()) & ((1ULL << (8 * size)) - 1)) | (size + 1) << 56;
}

}  // namespace

// Nobody who writes a mail can know the seed, and so make its words collide.
TokenDictionary::TokenDictionary()
    : seed_(mix(static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count()) | 1,
                reinterpret_cast<uintptr_t>(this) ^ kMultiplier)),
      slots_(kSlotsMin),
      offsets_{0} {}

uint64_t TokenDictionary::long_key_of(std::string_view token) const {
  uint64_t hash = seed_ ^ token.size();
  const char* const last = token.data() + token.size() - 8;
  for (const char* at = token.data(); at < last; at += 8) hash = mix(hash ^ load<uint64_t>(at), kMultiplier);
  return mix(hash ^ load<uint64_t>(last), kMultiplier) | kLong;
}

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
  key = repaired.size() < 8 ? pack(repaired) : long_key_of(repaired);
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
      key[i] = token[i].size() >= 8                ? long_key_of(token[i])
               : token[i].data() < whole_words_end ? pack_whole_word(token[i])
                                                   : pack(token[i]);
      hash[i] = mixed(key[i]);
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
