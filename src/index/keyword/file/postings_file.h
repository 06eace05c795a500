// The reader of a segment's postings with what searching needs of it. Its cursors are in postings_cursor.h.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "index/keyword/file/checked_file.h"
#include "index/keyword/file/dictionary.h"
#include "index/postings_reader.h"

namespace custos::index {

// The only kind of PostingsReader.
class PostingsFile final : public PostingsReader {
 public:
  explicit PostingsFile(CheckedFile file) : file_(std::move(file)), dictionary_(file_) {}
  // Compares and binds the columns that are read at random.
  [[nodiscard]] Status bind_columns();

  uint32_t rows() const override { return file_.footer().rows; }
  uint64_t terms() const override { return file_.footer().terms; }
  std::span<const int64_t> dates() const override { return dates_; }
  Status check() const override;

  [[nodiscard]] const CheckedFile& file() const { return file_; }
  [[nodiscard]] const Dictionary& dictionary() const { return dictionary_; }
  [[nodiscard]] const FileFooter& footer() const { return file_.footer(); }
  // By row, as encode_length() made them.
  [[nodiscard]] std::span<const std::array<uint8_t, kTextFields>> length_codes() const { return length_codes_; }

 private:
  CheckedFile file_;
  Dictionary dictionary_;
  std::span<const int64_t> dates_;
  std::span<const std::array<uint8_t, kTextFields>> length_codes_;
};

}  // namespace custos::index
