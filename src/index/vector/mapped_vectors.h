// The vectors of one segment in a mapped file, scanned by a kernel of one's choice.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "index/vector/code_scan.h"
#include "index/vector/vector_map.h"
#include "index/vector_file.h"

namespace custos::index {

class MappedVectors : public VectorReader {
 public:
  MappedVectors(VectorMap map, DotKernel kernel) : map_(std::move(map)), kernel_(kernel) {}

  uint32_t size() const override { return map_.size(); }
  uint32_t width() const override { return map_.layout().width; }
  const std::string& model() const override { return map_.model(); }
  uint32_t row_of(uint32_t vector) const override;
  void read(uint32_t vector, std::span<float> out) const override;
  using VectorReader::search;
  void search(std::span<const float> query, const RowSet* allowed, uint32_t limit, std::vector<VectorHit>& hits,
              float floor) const override;
  Status damage() const override { return map_.damage(); }
  Status check() const override { return map_.check(); }

 private:
  [[nodiscard]] bool is_sound(uint32_t vector) const;
  [[nodiscard]] VectorHit rescored(const PreparedQuery& query, uint32_t vector) const;

  VectorMap map_;
  DotKernel kernel_;
};

}  // namespace custos::index
