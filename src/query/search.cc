#include "query/search.h"

#include <fmt/format.h>

#include <mutex>
#include <utility>

#include "model/encoder_sessions.h"
#include "query/search/run.h"

namespace custos::query {
namespace {

class ArchiveSearcher final : public Searcher {
 public:
  ArchiveSearcher(const store::Archive& archive, std::shared_ptr<const model::Encoder> encoder,
                  const SearchOptions& options)
      : archive_(archive), options_(options), encoder_(std::move(encoder)) {
    if (encoder_) sessions_ = std::make_unique<model::EncoderSessions>(encoder_);
  }

  Result<SearchAnswer> search(const SearchRequest& request) const override {
    if (request.limit == 0 || request.limit > kResultsMax) {
      return Error{Code::kInvalidArgument,
                   fmt::format("the limit is {}; it has to be 1 to {}", request.limit, kResultsMax)};
    }
    ASSIGN_OR_RETURN(std::shared_ptr<const store::Snapshot> snapshot, archive_.snapshot());
    SearchOptions options = options_;
    options.candidates = std::max(options.candidates, request.limit);
    return SearchRun(archive_, rows_of(std::move(snapshot)), sessions_.get(), options, request).answer();
  }

 private:
  // Kept as long as the archive's snapshot is the same.
  std::shared_ptr<const KeyRows> rows_of(std::shared_ptr<const store::Snapshot> snapshot) const {
    const std::scoped_lock lock(mutex_);
    if (!rows_ || rows_->snapshot() != snapshot) rows_ = std::make_shared<KeyRows>(std::move(snapshot));
    return rows_;
  }

  const store::Archive& archive_;
  const SearchOptions options_;
  const std::shared_ptr<const model::Encoder> encoder_;
  std::unique_ptr<model::EncoderSessions> sessions_;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const KeyRows> rows_;
};

}  // namespace

Result<std::unique_ptr<Searcher>> Searcher::create(const store::Archive& archive,
                                                   std::shared_ptr<const model::Encoder> encoder,
                                                   const SearchOptions& options) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const store::Snapshot> snapshot, archive.snapshot());
  if (encoder && !snapshot->embedding_model.empty() && snapshot->embedding_model != encoder->version()) {
    return Error{Code::kInvalidArgument,
                 fmt::format("the archive's vectors were made by {}, the model given is {}: name the right one with "
                             "--models, or run custos rebuild --embeddings",
                             snapshot->embedding_model, encoder->version())};
  }
  return {std::make_unique<ArchiveSearcher>(archive, std::move(encoder), options)};
}

}  // namespace custos::query
