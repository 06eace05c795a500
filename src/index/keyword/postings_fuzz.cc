#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/file.h"
#include "index/keyword/analysis/word_scanner.h"
#include "index/keyword/file/format.h"
#include "index/keyword/file/paged_writer.h"
#include "index/keyword/testing/sample_index.h"

namespace custos::index {
namespace {

std::filesystem::path scratch() {
  return std::filesystem::temp_directory_path() / ("custos-postings-fuzz-" + std::to_string(::getpid()));
}

std::string sample_bytes() {
  SampleSegment rows;
  for (uint32_t i = 0; i < 300; ++i) {
    rows.push_back({{{Field::kAuthored, i % 3 == 0 ? "alpha beta running" : "alpha runs", "en"},
                     {Field::kSubject, "beta " + std::to_string(i), "en"}},
                    {{Field::kMark, "attachment"}},
                    {{Field::kTo, i % 7}},
                    i});
  }
  if (!write_sample(rows, scratch()).ok()) std::abort();
  return *read_file(scratch(), 1 << 24);
}

// A file whose checksums are right again, so that what lies behind them is read.
void repair(std::string& bytes) {
  FileFooter footer;
  const size_t footer_at = bytes.size() - sizeof footer;
  std::memcpy(&footer, bytes.data() + footer_at, sizeof footer);
  const FilePart& pages = footer.parts[kPages];
  for (size_t page = 0; page * kPageBytes < pages.offset; ++page) {
    const size_t begin = page * kPageBytes;
    const uint32_t hash =
        page_hash(std::string_view(bytes).substr(begin, std::min<size_t>(kPageBytes, pages.offset - begin)));
    std::memcpy(bytes.data() + pages.offset + page * sizeof hash, &hash, sizeof hash);
  }
  footer.pages_hash = hash64(std::string_view(bytes).substr(pages.offset, pages.size));
  footer.footer_hash = hash64({reinterpret_cast<const char*>(&footer), offsetof(FileFooter, footer_hash)});
  std::memcpy(bytes.data() + footer_at, &footer, sizeof footer);
}

Query word(const char* text, Query::Kind kind) {
  Query query;
  query.kind = kind;
  query.text = text;
  return query;
}

void read_all(const std::filesystem::path& path) {
  const auto reader = PostingsReader::open(path);
  if (!reader.ok()) return;
  static_cast<void>((*reader)->check());
  const KeywordSearch search({*reader});
  Query query;
  query.kind = Query::Kind::kOr;
  query.children = {word("running", Query::Kind::kWord), word("b", Query::Kind::kPrefix)};
  query.children.emplace_back().kind = Query::Kind::kPhrase;
  query.children.back().children = {word("alpha", Query::Kind::kWord), word("beta", Query::Kind::kExact)};
  static_cast<void>(search.best(query, {}, 10));
}

void scan(std::string_view text) {
  WordScanner scanner(text, {0, static_cast<uint32_t>(text.size())});
  FoldedWord folded;
  uint32_t end = 0;
  while (scanner.next()) {
    if (scanner.span().begin < end || scanner.span().empty() || scanner.span().end > text.size()) std::abort();
    end = scanner.span().end;
    fold(scanner.word(), folded);
    if (folded.plain.size() > kTermBytesMax) std::abort();
  }
}

}  // namespace
}  // namespace custos::index

// The input is a text; and damage to a good file, three bytes each: where, and what it becomes.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace custos::index;
  static const std::string whole = sample_bytes();
  scan({reinterpret_cast<const char*>(data), size});
  std::string bytes = whole;
  const size_t most = bytes.size() - sizeof(FileFooter);
  for (size_t i = 0; i + 3 <= std::min<size_t>(size, 60); i += 3) {
    bytes[(static_cast<size_t>(data[i]) << 8 | data[i + 1]) % most] = static_cast<char>(data[i + 2]);
  }
  repair(bytes);
  if (!custos::File::create(scratch())->write(bytes).ok()) std::abort();
  read_all(scratch());
  return 0;
}
