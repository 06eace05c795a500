#include "sink/kafka/row_spool.h"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <utility>

namespace custos::sink {
namespace {

constexpr size_t kBufferBytesMax = 1 << 20;

// Before each row: the sizes of its key and its value.
using Sizes = std::array<uint32_t, 2>;

}  // namespace

Status RowSpool::open() {
  std::string name = (std::filesystem::temp_directory_path() / "custos_rows_XXXXXX").string();
  const int made = ::mkstemp(name.data());
  if (made < 0) return io_error("cannot create", name);
  ::close(made);
  auto file = File::open_append(name);
  ::unlink(name.c_str());
  if (!file.ok()) return file.error();
  file_ = std::move(*file);
  return {};
}

Status RowSpool::add(std::string_view key, std::string_view value) {
  const Sizes sizes = {static_cast<uint32_t>(key.size()), static_cast<uint32_t>(value.size())};
  buffer_.append(reinterpret_cast<const char*>(sizes.data()), sizeof sizes);
  buffer_.append(key).append(value);
  ++rows_;
  return buffer_.size() < kBufferBytesMax ? Status() : flush();
}

Status RowSpool::flush() {
  if (buffer_.empty()) return {};
  if (!file_.is_open()) RETURN_IF_ERROR(open());
  RETURN_IF_ERROR(file_.write(buffer_));
  file_bytes_ += buffer_.size();
  buffer_.clear();
  return {};
}

Status RowSpool::for_each(const std::function<Status(std::string_view, std::string_view)>& take) {
  RETURN_IF_ERROR(flush());
  std::string row;
  for (uint64_t at = 0; at < file_bytes_;) {
    Sizes sizes{};
    RETURN_IF_ERROR(file_.read_at(at, std::span(reinterpret_cast<char*>(sizes.data()), sizeof sizes)));
    row.resize(size_t{sizes[0]} + sizes[1]);
    RETURN_IF_ERROR(file_.read_at(at + sizeof sizes, row));
    at += sizeof sizes + row.size();
    const std::string_view view = row;
    RETURN_IF_ERROR(take(view.substr(0, sizes[0]), view.substr(sizes[0])));
  }
  return {};
}

Status RowSpool::clear() {
  buffer_.clear();
  rows_ = 0;
  if (std::exchange(file_bytes_, 0) == 0) return {};
  return file_.truncate(0);
}

}  // namespace custos::sink
