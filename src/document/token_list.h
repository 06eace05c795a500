// Many short strings in two blocks of memory: a message has hundreds of tokens, and a string each would cost more than
// to find them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace custos::document {

// At most 4 GiB of bytes, which the texts that tokens come from are limited to.
class TokenList {
 public:
  class Iterator {
   public:
    using value_type = std::string_view;
    using reference = std::string_view;
    using pointer = void;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;

    Iterator() = default;
    Iterator(const TokenList* list, size_t at) : list_(list), at_(at) {}
    std::string_view operator*() const { return (*list_)[at_]; }
    Iterator& operator++() { return ++at_, *this; }
    Iterator operator++(int) { return {list_, at_++}; }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    const TokenList* list_ = nullptr;
    size_t at_ = 0;
  };
  using value_type = std::string_view;
  using const_iterator = Iterator;
  using iterator = Iterator;

  TokenList() = default;
  TokenList(std::initializer_list<std::string_view> tokens) {
    for (const std::string_view token : tokens) push_back(token);
  }

  void push_back(std::string_view token) {
    const size_t begin = make_room(token.size());
    token.copy(bytes_.data() + begin, token.size());
    ends_.push_back(static_cast<uint32_t>(begin + token.size()));
  }
  // The same for a token that lies in `text`: a short one is copied with what comes after it, which needs no call.
  void push_back_from(std::string_view text, size_t at, size_t size) {
    if (size > kStep || text.size() - at < kStep) return push_back(text.substr(at, size));
    const size_t begin = make_room(size);
    std::memcpy(bytes_.data() + begin, text.data() + at, kStep);
    ends_.push_back(static_cast<uint32_t>(begin + size));
  }
  void reserve(size_t tokens, size_t bytes) {
    ends_.reserve(tokens);
    if (bytes_.size() < bytes + kStep) bytes_.resize(bytes + kStep);
  }
  void clear() { ends_.clear(); }

  [[nodiscard]] size_t size() const { return ends_.size(); }
  [[nodiscard]] bool empty() const { return ends_.empty(); }
  // REQUIRES: at < size().
  [[nodiscard]] std::string_view operator[](size_t at) const {
    const uint32_t begin = at == 0 ? 0 : ends_[at - 1];
    return {bytes_.data() + begin, ends_[at] - begin};
  }
  [[nodiscard]] Iterator begin() const { return {this, 0}; }
  [[nodiscard]] Iterator end() const { return {this, size()}; }
  // All tokens, one after the other, with nothing between them.
  [[nodiscard]] std::string_view bytes() const { return {bytes_.data(), used()}; }

  bool operator==(const TokenList& other) const { return ends_ == other.ends_ && bytes() == other.bytes(); }

 private:
  static constexpr size_t kStep = 16;

  [[nodiscard]] size_t used() const { return ends_.empty() ? 0 : ends_.back(); }
  // Where the next token goes; kStep bytes more than it needs are there.
  size_t make_room(size_t bytes) {
    const size_t begin = used();
    if (bytes_.size() < begin + bytes + kStep) grow(begin + bytes + kStep);
    return begin;
  }
  void grow(size_t bytes);

  std::string bytes_;  // those up to used() count
  std::vector<uint32_t> ends_;
};

}  // namespace custos::document
