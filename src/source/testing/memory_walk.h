// For fuzzing: reads bytes as one logical file and checks what every reader promises.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>

#include "source/reader/open_reader.h"

namespace custos::source::testing {

// Gives out `bytes` in pieces of at most `step`.
class MemoryStream : public ByteStream {
 public:
  MemoryStream(std::string_view bytes, size_t step) : bytes_(bytes), step_(step) {}
  [[nodiscard]] Result<size_t> read(std::span<char> buffer) override {
    const size_t count = std::min({buffer.size(), step_, bytes_.size() - at_});
    std::memcpy(buffer.data(), bytes_.data() + at_, count);
    at_ += count;
    return count;
  }

 private:
  std::string_view bytes_;
  size_t step_;
  size_t at_ = 0;
};

// Aborts where the pieces of a logical file do not tile it, or its end is not marked once.
inline void read_all(std::string_view bytes, const SourceOptions& options, size_t step) {
  MemoryStream stream(bytes, step);
  Window window(window_capacity(options));
  window.open(stream, 0);
  Expansion expansion;
  LogicalFile file;
  file.path = "f";
  file.document_bytes_max = options.document_bytes_max;
  auto opened = open_reader(window, file, ReadContext{options, 0, &expansion});
  std::map<std::string, std::pair<uint64_t, bool>> ends;
  while (auto piece = opened.reader->next()) {
    const auto place = std::visit([](const auto& what) { return what.place; }, piece->what);
    auto& [end, done] = ends[place.path];
    if (done || place.begin != end || place.end < place.begin) std::abort();
    end = place.end;
    done = piece->ends_logical_file;
  }
  if (!opened.is_container && ends["f"] != std::pair<uint64_t, bool>(bytes.size(), true)) std::abort();
  for (const auto& [path, state] : ends) {
    if (!state.second) std::abort();
  }
}

}  // namespace custos::source::testing
