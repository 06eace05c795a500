// Memory at the start of a cache line, for what vectors are loaded from.
#pragma once

#include <cstddef>
#include <memory>
#include <new>

namespace custos::model {

class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  // Filled with zeros.
  explicit AlignedBuffer(size_t bytes) { reserve(bytes); }

  // At least `bytes`; when it grows, what was there is gone and all bytes are zero.
  void reserve(size_t bytes);
  [[nodiscard]] size_t bytes() const { return bytes_; }
  template <typename T>
  [[nodiscard]] T* as() {
    return static_cast<T*>(data_.get());
  }
  template <typename T>
  [[nodiscard]] const T* as() const {
    return static_cast<const T*>(data_.get());
  }

 private:
  static constexpr std::align_val_t kAlignment{64};
  struct Release {
    void operator()(void* data) const { ::operator delete(data, kAlignment); }
  };

  std::unique_ptr<void, Release> data_;
  size_t bytes_ = 0;
};

}  // namespace custos::model
