// Many short strings in two blocks of memory: a message has hundreds of tokens, and a string each would cost more than
// to find them.
#pragma once

#include <cstddef>
#include <cstdint>
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
    bytes_ += token;
    ends_.push_back(static_cast<uint32_t>(bytes_.size()));
  }
  void reserve(size_t tokens, size_t bytes) {
    ends_.reserve(tokens);
    bytes_.reserve(bytes);
  }
  void clear() {
    bytes_.clear();
    ends_.clear();
  }

  [[nodiscard]] size_t size() const { return ends_.size(); }
  [[nodiscard]] bool empty() const { return ends_.empty(); }
  // REQUIRES: at < size().
  [[nodiscard]] std::string_view operator[](size_t at) const {
    const uint32_t begin = at == 0 ? 0 : ends_[at - 1];
    return std::string_view(bytes_).substr(begin, ends_[at] - begin);
  }
  [[nodiscard]] Iterator begin() const { return {this, 0}; }
  [[nodiscard]] Iterator end() const { return {this, size()}; }
  // All tokens, one after the other, with nothing between them.
  [[nodiscard]] std::string_view bytes() const { return bytes_; }

  bool operator==(const TokenList&) const = default;

 private:
  std::string bytes_;
  std::vector<uint32_t> ends_;
};

}  // namespace custos::document
