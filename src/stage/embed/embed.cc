#include "stage/embed/embed.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace custos::stage {
namespace {

using document::Record;

std::string_view text_of(const Record& record, const document::Chunk& chunk) {
  return chunk.span.of(record.parts[chunk.part].text.text());
}

}  // namespace

Digest text_digest(const Record& record, const document::Chunk& chunk) { return blake2b(text_of(record, chunk)); }

Status Embedder::look_up(std::span<Record* const> records, std::vector<Place>& missing) {
  for (Record* record : records) {
    record->vectors.assign(record->chunks.size() * width_, 0.0F);
    for (size_t i = 0; i < record->chunks.size(); ++i) {
      bool known = false;
      if (cache_ != nullptr) {
        const std::span<float> vector(&record->vectors[i * width_], width_);
        ASSIGN_OR_RETURN(known, cache_->find(text_digest(*record, record->chunks[i]), vector));
      }
      if (!known) missing.push_back({record, i});
    }
  }
  return {};
}

Status Embedder::embed_texts(std::span<const std::string_view> texts, std::vector<float>& vectors) {
  const size_t first = vectors.size();
  RETURN_IF_ERROR(session_->embed(texts, vectors));
  for (size_t i = 0; i < texts.size(); ++i) {
    bytes_ += texts[i].size();
    if (cache_ == nullptr) continue;
    RETURN_IF_ERROR(cache_->add(blake2b(texts[i]), std::span(vectors).subspan(first + i * width_, width_)));
  }
  embedded_ += texts.size();
  return {};
}

Status Embedder::embed(std::span<Record* const> records, const std::stop_token& stop) {
  std::vector<Place> missing;
  RETURN_IF_ERROR(look_up(records, missing));
  // The same sentence in many messages of a batch is embedded once.
  std::unordered_map<std::string_view, size_t> number_of;
  std::vector<std::string_view> texts;
  for (const Place& place : missing) {
    const std::string_view text = text_of(*place.record, place.record->chunks[place.chunk]);
    if (number_of.try_emplace(text, texts.size()).second) texts.push_back(text);
  }
  std::vector<float> vectors;
  for (size_t begin = 0; begin < texts.size(); begin += kTextsAtOnce) {
    if (stop.stop_requested()) return Error{Code::kCancelled, "stopped while embedding"};
    const size_t count = std::min(kTextsAtOnce, texts.size() - begin);
    RETURN_IF_ERROR(embed_texts(std::span(texts).subspan(begin, count), vectors));
  }
  for (const Place& place : missing) {
    const size_t number = number_of.at(text_of(*place.record, place.record->chunks[place.chunk]));
    std::copy_n(&vectors[number * width_], width_, &place.record->vectors[place.chunk * width_]);
  }
  return {};
}

}  // namespace custos::stage
