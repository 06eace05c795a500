#include "index/keyword/file/paged_writer.h"

#include <algorithm>
#include <cstddef>

#include "base/digest.h"

namespace custos::index {

uint32_t page_hash(std::string_view page) { return static_cast<uint32_t>(hash64(page)); }

Status PagedWriter::write(std::string_view bytes) {
  RETURN_IF_ERROR(file_.write(bytes));
  offset_ += bytes.size();
  while (!bytes.empty()) {
    if (page_.empty() && bytes.size() >= kPageBytes) {
      hashes_.push_back(page_hash(bytes.substr(0, kPageBytes)));
      bytes.remove_prefix(kPageBytes);
      continue;
    }
    const size_t taken = std::min<size_t>(kPageBytes - page_.size(), bytes.size());
    page_.append(bytes.substr(0, taken));
    bytes.remove_prefix(taken);
    if (page_.size() < kPageBytes) continue;
    hashes_.push_back(page_hash(page_));
    page_.clear();
  }
  return {};
}

Status PagedWriter::write_part(std::initializer_list<std::string_view> pieces, FilePart& part) {
  RETURN_IF_ERROR(write(std::string((8 - offset_ % 8) % 8, '\0')));
  part = {offset_, 0};
  for (const std::string_view piece : pieces) {
    RETURN_IF_ERROR(write(piece));
    part.size += piece.size();
  }
  return {};
}

Status PagedWriter::finish(FileFooter& footer) {
  RETURN_IF_ERROR(write(std::string((8 - offset_ % 8) % 8, '\0')));
  if (!page_.empty()) hashes_.push_back(page_hash(page_));
  const std::string_view pages(reinterpret_cast<const char*>(hashes_.data()), hashes_.size() * sizeof(uint32_t));
  footer.parts[kPages] = {offset_, pages.size()};
  footer.pages_hash = hash64(pages);
  RETURN_IF_ERROR(file_.write(pages));
  footer.footer_hash = hash64({reinterpret_cast<const char*>(&footer), offsetof(FileFooter, footer_hash)});
  RETURN_IF_ERROR(file_.write({reinterpret_cast<const char*>(&footer), sizeof footer}));
  return file_.sync();
}

}  // namespace custos::index
