#include "model/tokenizer/vocabulary.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/digest.h"

namespace custos::model {

Result<Vocabulary> Vocabulary::parse(std::string_view vocab_txt, const std::filesystem::path& path) {
  Vocabulary vocabulary;
  RETURN_IF_ERROR(vocabulary.add_all(vocab_txt, path));
  RETURN_IF_ERROR(vocabulary.build_trie(path));
  vocabulary.add_short_words();
  RETURN_IF_ERROR(vocabulary.find_special(path));
  vocabulary.version_ = "wordpiece-1:" + blake2b(vocab_txt).hex_prefix(8);
  return vocabulary;
}

Status Vocabulary::add_all(std::string_view vocab_txt, const std::filesystem::path& path) {
  const auto lines = static_cast<size_t>(std::ranges::count(vocab_txt, '\n')) + 1;
  if (lines > kTokensMax) return Error{Code::kLimit, path.string() + " has more than 1048576 tokens"};
  offsets_.reserve(lines + 1);
  offsets_.push_back(0);
  while (!vocab_txt.empty()) {
    const size_t end = std::min(vocab_txt.find('\n'), vocab_txt.size());
    std::string_view token = vocab_txt.substr(0, end);
    vocab_txt.remove_prefix(std::min(end + 1, vocab_txt.size()));
    if (token.ends_with('\r')) token.remove_suffix(1);
    if (token.size() > kTokenBytesMax) {
      return Error{Code::kCorrupt, fmt::format("{} line {} is longer than 255 bytes", path.string(), size() + 1)};
    }
    texts_ += token;
    offsets_.push_back(static_cast<uint32_t>(texts_.size()));
  }
  return {};
}

Status Vocabulary::build_trie(const std::filesystem::path& path) {
  std::vector<Trie::Entry> entries;
  entries.reserve(size());
  for (uint32_t id = 0; id < size(); ++id) {
    if (!token(id).empty()) entries.push_back({token(id), id});
  }
  std::ranges::sort(entries, [](const Trie::Entry& a, const Trie::Entry& b) {
    return std::tie(a.key, a.value) < std::tie(b.key, b.value);
  });
  const auto twin = std::ranges::adjacent_find(entries, {}, &Trie::Entry::key);
  if (twin != entries.end()) {
    const uint32_t line = (twin + 1)->value + 1;
    return Error{Code::kCorrupt, fmt::format("{} line {} repeats an earlier token", path.string(), line)};
  }
  auto trie = Trie::build(entries);
  if (!trie.ok()) return Error{trie.error().code, path.string() + ": " + trie.error().message};
  trie_ = std::move(*trie);
  continuation_ = trie_.walk(Trie::kRoot, "##");
  return {};
}

// Not those with capital letters, which no word has once it is folded.
void Vocabulary::add_short_words() {
  const auto is_small = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  std::vector<uint32_t> ids;
  for (uint32_t id = 0; id < size(); ++id) {
    const std::string_view word = token(id);
    const bool is_short = !word.empty() && word.size() <= ShortWords::kBytesMax;
    if (is_short && std::ranges::all_of(word, is_small)) ids.push_back(id);
  }
  short_words_.reserve(ids.size());
  for (const uint32_t id : ids) short_words_.add(ShortWords::key_at(token(id), 0, token(id).size()), id);
}

Status Vocabulary::find_special(const std::filesystem::path& path) {
  const std::pair<const char*, uint32_t*> wanted[] = {{"[PAD]", &special_.pad},
                                                      {"[UNK]", &special_.unknown},
                                                      {"[CLS]", &special_.begin},
                                                      {"[SEP]", &special_.separator},
                                                      {"[MASK]", &special_.mask}};
  for (const auto& [token, id] : wanted) {
    *id = find(token);
    if (*id == kNone) {
      return Error{Code::kCorrupt, fmt::format("{} has no token {}: is it a BERT vocab.txt?", path.string(), token)};
    }
  }
  return {};
}

}  // namespace custos::model
