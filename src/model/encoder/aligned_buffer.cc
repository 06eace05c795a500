#include "model/encoder/aligned_buffer.h"

#include <cstring>

namespace custos::model {

void AlignedBuffer::reserve(size_t bytes) {
  if (bytes <= bytes_) return;
  data_.reset(::operator new(bytes, kAlignment));
  std::memset(data_.get(), 0, bytes);
  bytes_ = bytes;
}

}  // namespace custos::model
