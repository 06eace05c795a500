#include "model/tokenizer/vocabulary.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/digest.h"

namespace custos::model {
namespace {

// Short keys dominate: eight bytes a step, no call.
uint64_t hash_of(std::string_view key) {
  uint64_t hash = key.size() * 0x9E3779B97F4A7C15ULL;
  const char* at = key.data();
  size_t left = key.size();
  for (; left >= 8; at += 8, left -= 8) {
    uint64_t word;
    std::memcpy(&word, at, 8);
    hash = (std::rotl(hash, 23) ^ word) * 0xD6E8FEB86659FD93ULL;
  }
  uint64_t tail = 0;
  if (left >= 4) {
    uint32_t low, high;
    std::memcpy(&low, at, 4);
    std::memcpy(&high, at + left - 4, 4);
    tail = (static_cast<uint64_t>(high) << 32) | low;
  } else if (left > 0) {
    tail = static_cast<uint64_t>(static_cast<unsigned char>(at[0])) |
           static_cast<uint64_t>(static_cast<unsigned char>(at[left / 2])) << 8 |
           static_cast<uint64_t>(static_cast<unsigned char>(at[left - 1])) << 16;
  }
  hash = (std::rotl(hash, 23) ^ tail) * 0xD6E8FEB86659FD93ULL;
  return hash ^ (hash >> 32);
}

}  // namespace

void Vocabulary::Table::reserve(size_t tokens) {
  slots_.resize(std::bit_ceil(std::max<size_t>(16, tokens * 2)));
  mask_ = slots_.size() - 1;
}

void Vocabulary::Table::insert(std::string_view key, uint32_t text, uint32_t id) {
  const uint64_t hash = hash_of(key);
  uint64_t at = hash & mask_;
  while (slots_[at].id != kNone) at = (at + 1) & mask_;
  slots_[at] = {static_cast<uint32_t>(hash >> 32), id, text, static_cast<uint32_t>(key.size())};
  sizes_[static_cast<unsigned char>(key[0])] |= 1ULL << std::min<size_t>(63, key.size());
  longest_ = std::max(longest_, key.size());
}

uint32_t Vocabulary::Table::find(std::string_view key, const std::string& texts) const {
  const uint64_t hash = hash_of(key);
  for (uint64_t at = hash & mask_; slots_[at].id != kNone; at = (at + 1) & mask_) {
    const Slot& slot = slots_[at];
    if (slot.hash == static_cast<uint32_t>(hash >> 32) && slot.size == key.size() &&
        std::memcmp(texts.data() + slot.text, key.data(), key.size()) == 0) {
      return slot.id;
    }
  }
  return kNone;
}

Vocabulary::Match Vocabulary::longest(std::string_view word, bool is_continuation) const {
  const Table& table = is_continuation ? continuation_ : whole_;
  const uint64_t sizes = table.sizes(static_cast<unsigned char>(word[0]));
  for (size_t size = std::min(word.size(), table.longest()); size > 0; --size) {
    if ((sizes >> std::min<size_t>(63, size) & 1) == 0) continue;
    const uint32_t id = table.find(word.substr(0, size), texts_);
    if (id != kNone) return {id, size};
  }
  return {};
}

Result<Vocabulary> Vocabulary::parse(std::string_view vocab_txt, const std::filesystem::path& path) {
  Vocabulary vocabulary;
  RETURN_IF_ERROR(vocabulary.add_all(vocab_txt, path));
  RETURN_IF_ERROR(vocabulary.find_special(path));
  vocabulary.version_ = "wordpiece-1:" + blake2b(vocab_txt).hex_prefix(8);
  return vocabulary;
}

Status Vocabulary::add_all(std::string_view vocab_txt, const std::filesystem::path& path) {
  const auto lines = static_cast<size_t>(std::ranges::count(vocab_txt, '\n')) + 1;
  if (lines > kTokensMax) return Error{Code::kLimit, path.string() + " has more than 1048576 tokens"};
  whole_.reserve(lines);
  continuation_.reserve(lines);
  offsets_.push_back(0);
  while (!vocab_txt.empty()) {
    const size_t end = std::min(vocab_txt.find('\n'), vocab_txt.size());
    std::string_view token = vocab_txt.substr(0, end);
    vocab_txt.remove_prefix(std::min(end + 1, vocab_txt.size()));
    if (token.ends_with('\r')) token.remove_suffix(1);
    if (token.size() > kTokenBytesMax) {
      return Error{Code::kCorrupt, fmt::format("{} line {} is longer than 255 bytes", path.string(), size() + 1)};
    }
    const uint32_t id = size();
    const uint32_t text = offsets_.back();
    texts_ += token;
    offsets_.push_back(static_cast<uint32_t>(texts_.size()));
    const bool is_continuation = token.size() > 2 && token.starts_with("##");
    const std::string_view key = is_continuation ? token.substr(2) : token;
    if (key.empty()) continue;
    Table& table = is_continuation ? continuation_ : whole_;
    if (table.find(key, texts_) != kNone) {
      return Error{Code::kCorrupt, fmt::format("{} line {} repeats an earlier token", path.string(), id + 1)};
    }
    table.insert(key, text + (is_continuation ? 2 : 0), id);
  }
  return {};
}

Status Vocabulary::find_special(const std::filesystem::path& path) {
  const std::pair<const char*, uint32_t*> wanted[] = {{"[PAD]", &special_.pad},
                                                      {"[UNK]", &special_.unknown},
                                                      {"[CLS]", &special_.begin},
                                                      {"[SEP]", &special_.separator},
                                                      {"[MASK]", &special_.mask}};
  for (const auto& [token, id] : wanted) {
    *id = find_whole(token);
    if (*id == kNone) {
      return Error{Code::kCorrupt, fmt::format("{} has no token {}: is it a BERT vocab.txt?", path.string(), token)};
    }
  }
  return {};
}

}  // namespace custos::model
