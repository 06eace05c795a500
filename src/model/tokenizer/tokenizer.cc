#include "model/tokenizer.h"

#include <system_error>
#include <utility>

#include "base/file.h"
#include "model/tokenizer/vocabulary.h"
#include "model/tokenizer/word_splitter.h"

namespace custos::model {

Result<WordPiece> WordPiece::load(const std::filesystem::path& path) {
  std::error_code ignored;
  const auto file = std::filesystem::is_directory(path, ignored) ? path / "vocab.txt" : path;
  ASSIGN_OR_RETURN(const std::string text, read_file(file, Vocabulary::kTokensMax * (Vocabulary::kTokenBytesMax + 1)));
  ASSIGN_OR_RETURN(Vocabulary vocabulary, Vocabulary::parse(text, file));
  return WordPiece(std::make_shared<const Vocabulary>(std::move(vocabulary)));
}

void WordPiece::encode(std::string_view text, std::vector<uint32_t>& ids) const {
  WordSplitter splitter(*vocabulary_, [&ids](uint32_t id) { ids.push_back(id); });
  splitter.split(text);
}

uint64_t WordPiece::count(std::string_view text) const {
  uint64_t tokens = 0;
  WordSplitter splitter(*vocabulary_, [&tokens](uint32_t) { ++tokens; });
  splitter.split(text);
  return tokens;
}

std::string WordPiece::version() const { return vocabulary_->version(); }
const WordPiece::SpecialIds& WordPiece::special_ids() const { return vocabulary_->special_ids(); }
uint32_t WordPiece::size() const { return vocabulary_->size(); }
std::string_view WordPiece::token(uint32_t id) const { return vocabulary_->token(id); }

}  // namespace custos::model
