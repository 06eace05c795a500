// The vector store that an archive's settings name: for ingest, worker, search and rebuild.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>

#include "app/config.h"
#include "base/result.h"
#include "store/archive.h"
#include "store/vector_store.h"

namespace custos::app {

// Null where no vectors.url is set. `model`: the version of the encoder; the password comes from
// $CUSTOS_MILVUS_PASSWORD, the key of Qdrant from $CUSTOS_QDRANT_API_KEY.
[[nodiscard]] Result<std::unique_ptr<store::VectorStore>> open_vectors(const Config& config, const std::string& model,
                                                                       uint32_t width, std::stop_token stop = {});

// After an archive's vectors were made anew: the store, where there is one, gets them all.
[[nodiscard]] Status send_vectors_anew(const Config& config, const store::Archive& archive, std::stop_token stop);

}  // namespace custos::app
