// A head as it is read. Private to model/.
#pragma once

#include <optional>

#include "model/encoder/linear.h"
#include "model/head/features.h"
#include "model/head/head_file.h"
#include "model/head/prototypes.h"

namespace custos::model {

class LinearHead final : public Head {
 public:
  LinearHead(HeadIdentity identity, HeadWeights weights, uint32_t dense_floats);

  const std::string& task() const override { return identity_.task; }
  const std::vector<std::string>& labels() const override { return identity_.labels; }
  bool multi_label() const override { return identity_.multi_label; }
  const std::string& version() const override { return identity_.version; }
  [[nodiscard]] const HeadIdentity& identity() const { return identity_; }

  // dense: rows × dense floats, of the same rows as `ngrams`. Fills rows × labels scores.
  void score(std::span<const float> dense, std::span<const NgramCounts> ngrams, std::vector<float>& scores) const;

 private:
  HeadIdentity identity_;
  Linear dense_;
  std::vector<float> idf_, ngrams_;
  std::optional<Nearness> nearness_;
  std::vector<float> middle_, scale_;
  float sharpness_ = 0, factor_ = 0;
};

}  // namespace custos::model
