#include "model/head/preparation.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "base/digest.h"

namespace custos::model {
namespace {

constexpr size_t kTextsAtOnce = 64;
constexpr uint64_t kDenseFloatsMax = 400'000'000;  // 1.6 GB; with more, maxima are left out
constexpr uint32_t kBucketBitsMin = 12;
constexpr uint64_t kNgramWeightsMax = 8 << 20;

struct Distinct {
  std::vector<uint32_t> labels;
  bool contradicted = false;
};
using DistinctTexts = std::unordered_map<std::string_view, Distinct>;

DistinctTexts distinct_texts(const LabelledSet& set, Prepared& prepared) {
  DistinctTexts distinct;
  for (const LabelledText& text : set.texts) {
    const auto [at, is_new] = distinct.try_emplace(text.text, Distinct{text.labels});
    if (is_new) continue;
    ++prepared.repeated;
    if (at->second.labels == text.labels || at->second.contradicted) continue;
    at->second.contradicted = true;
    ++prepared.contradictions;
  }
  return distinct;
}

Status check(const LabelledSet& set, const TrainingOptions& options, const DistinctTexts& distinct) {
  const auto fault = [](std::string what) { return Error{Code::kInvalidArgument, std::move(what)}; };
  if (set.texts.empty()) return fault("there are no texts to learn from");
  if (set.labels.size() < 2) {
    return fault(set.labels.empty()
                     ? "no text has a label"
                     : fmt::format("all texts have one label, {}: there is nothing to tell apart", set.labels.front()));
  }
  if (set.labels.size() > kHeadLabelsMax || set.texts.size() > kTrainingTextsMax) {
    return Error{Code::kLimit, fmt::format("{} texts with {} labels; at most {} with {} can be learnt from",
                                           set.texts.size(), set.labels.size(), kTrainingTextsMax, kHeadLabelsMax)};
  }
  if (options.folds < 2 || options.folds > 20) return fault("there must be 2 to 20 folds");
  std::vector<uint64_t> texts(set.labels.size());
  for (const auto& [text, found] : distinct) {
    for (const uint32_t label : found.labels) ++texts[label];
  }
  for (size_t label = 0; label < texts.size(); ++label) {
    if (texts[label] >= 2 && (!set.multi_label || texts[label] < distinct.size())) continue;
    return fault(texts[label] < 2
                     ? fmt::format("the label {} has {} distinct text{}; at least 2 are needed", set.labels[label],
                                   texts[label], texts[label] == 1 ? "" : "s")
                     : fmt::format("every text has the label {}: it tells nothing apart", set.labels[label]));
  }
  return {};
}

void sort_into_folds(const LabelledSet& set, const TrainingOptions& options, Prepared& prepared) {
  const auto fold_of = [&](size_t text) { return hash64(set.texts[text].text, options.seed) % options.folds; };
  prepared.order.resize(set.texts.size());
  std::iota(prepared.order.begin(), prepared.order.end(), size_t{0});
  std::ranges::stable_sort(prepared.order, {}, fold_of);
  prepared.folds.assign(options.folds + 1, 0);
  for (size_t text = 0; text < set.texts.size(); ++text) ++prepared.folds[fold_of(text) + 1];
  std::partial_sum(prepared.folds.begin(), prepared.folds.end(), prepared.folds.begin());
  prepared.truth.labels = static_cast<uint32_t>(set.labels.size());
  prepared.truth.multi_label = set.multi_label;
  for (const size_t text : prepared.order) prepared.truth.rows.push_back(set.texts[text].labels);
}

void choose_features(const Encoder& encoder, Prepared& prepared) {
  HeadFeatures& features = prepared.features;
  features.layers.resize(encoder.layers());
  std::iota(features.layers.begin(), features.layers.end(), 0U);
  prepared.mean_floats = dense_width(features, encoder.width());
  features.maxima = uint64_t{2} * prepared.mean_floats * prepared.order.size() <= kDenseFloatsMax;
  prepared.dense_floats = dense_width(features, encoder.width());
  while (features.bucket_bits > kBucketBitsMin &&
         (uint64_t{2} << features.bucket_bits) * prepared.truth.labels > kNgramWeightsMax) {
    --features.bucket_bits;
  }
}

// One thread's share of the reading.
class Reader {
 public:
  Reader(const std::shared_ptr<const Encoder>& encoder, std::unique_ptr<EncoderSession> session, Prepared& prepared)
      : encoder_(*encoder),
        session_(std::move(session)),
        pools_(encoder->layers(), encoder->width(), prepared.features.maxima),
        hasher_(prepared.features),
        prepared_(prepared) {}

  [[nodiscard]] Status read(const LabelledSet& set, size_t begin, size_t end, std::vector<NgramCounts>& counts) {
    std::vector<std::vector<uint32_t>> ids;
    for (size_t row = begin; row < end; ++row) {
      const std::string& text = set.texts[prepared_.order[row]].text;
      ids.push_back(encoder_ids(encoder_, text));
      hasher_.count(text, counts[row]);
    }
    pools_.begin(ids.size());
    std::vector<float> vectors;
    RETURN_IF_ERROR(session_->embed_ids(ids, vectors, pools_.visitor()));
    for (size_t row = begin; row < end; ++row) {
      std::ranges::copy(pools_.row(row - begin), prepared_.dense.begin() + row * prepared_.dense_floats);
    }
    return {};
  }

 private:
  const Encoder& encoder_;
  std::unique_ptr<EncoderSession> session_;
  LayerPools pools_;
  NgramHasher hasher_;
  Prepared& prepared_;
};

Status read_all(const std::shared_ptr<const Encoder>& encoder, const LabelledSet& set, const TrainingOptions& options,
                ProgressCounter& progress, std::stop_token stop, Prepared& prepared, std::vector<NgramCounts>& counts) {
  const size_t rows = prepared.order.size();
  prepared.dense.resize(rows * prepared.dense_floats);
  progress.begin("read", rows);
  std::atomic<size_t> next = 0;
  std::vector<Status> ends(std::max(options.threads, 1U));
  std::vector<std::function<void()>> jobs;
  for (Status& end : ends) {
    auto session = EncoderSession::create(encoder);
    if (!session.ok()) return session.error();
    auto reader = std::make_shared<Reader>(encoder, std::move(session).value(), prepared);
    jobs.emplace_back([&, reader] {
      for (size_t begin = next.fetch_add(kTextsAtOnce); begin < rows && end.ok() && !stop.stop_requested();
           begin = next.fetch_add(kTextsAtOnce)) {
        const size_t until = std::min(rows, begin + kTextsAtOnce);
        end = reader->read(set, begin, until, counts);
        progress.add(until - begin);
      }
    });
  }
  run_jobs(options.threads, jobs);
  for (const Status& end : ends) RETURN_IF_ERROR(end);
  return {};
}

// Constant columns stay as they are, less their mean.
void standardize(Prepared& prepared) {
  const size_t rows = prepared.order.size(), width = prepared.dense_floats;
  std::vector<double> sums(width), squares(width);
  for (size_t row = 0; row < rows; ++row) {
    for (size_t i = 0; i < width; ++i) sums[i] += prepared.dense[row * width + i];
  }
  for (double& sum : sums) prepared.middle.push_back(static_cast<float>(sum / static_cast<double>(rows)));
  for (size_t row = 0; row < rows; ++row) {
    for (size_t i = 0; i < width; ++i) {
      const double distance = prepared.dense[row * width + i] - prepared.middle[i];
      squares[i] += distance * distance;
    }
  }
  for (const double square : squares) {
    const auto deviation = static_cast<float>(std::sqrt(square / static_cast<double>(rows)));
    prepared.deviation.push_back(deviation > 1e-6f ? deviation : 1.0f);
  }
  for (size_t row = 0; row < rows; ++row) {
    for (size_t i = 0; i < width; ++i) {
      float& value = prepared.dense[row * width + i];
      value = (value - prepared.middle[i]) / prepared.deviation[i];
    }
  }
}

void weigh_ngrams(const std::vector<NgramCounts>& counts, Prepared& prepared) {
  std::vector<uint32_t> texts(size_t{2} << prepared.features.bucket_bits);
  for (const NgramCounts& row : counts) {
    for (const uint32_t bucket : row.buckets) ++texts[bucket];
  }
  const auto rows = static_cast<double>(counts.size());
  for (const uint32_t count : texts) {
    prepared.idf.push_back(count == 0 ? 0.0f : static_cast<float>(1 + std::log((1 + rows) / (1 + count))));
  }
  prepared.sparse.resize(counts.size());
  for (size_t row = 0; row < counts.size(); ++row) weigh(counts[row], prepared.idf, prepared.sparse[row]);
}

}  // namespace

Result<Prepared> prepare(const std::shared_ptr<const Encoder>& encoder, const LabelledSet& set,
                         const TrainingOptions& options, ProgressCounter& progress, std::stop_token stop) {
  Prepared prepared;
  RETURN_IF_ERROR(check(set, options, distinct_texts(set, prepared)));
  sort_into_folds(set, options, prepared);
  choose_features(*encoder, prepared);
  std::vector<NgramCounts> counts(set.texts.size());
  RETURN_IF_ERROR(read_all(encoder, set, options, progress, stop, prepared, counts));
  if (stop.stop_requested()) return Error{Code::kCancelled, "stopped; nothing was written"};
  standardize(prepared);
  weigh_ngrams(counts, prepared);
  return prepared;
}

}  // namespace custos::model
