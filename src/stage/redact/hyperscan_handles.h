// Owners of Hyperscan's C objects.
#pragma once

#include <hs/hs.h>

#include <memory>

namespace custos::stage {

struct DatabaseDeleter {
  void operator()(hs_database_t* database) const { hs_free_database(database); }
};
struct ScratchDeleter {
  void operator()(hs_scratch_t* scratch) const { hs_free_scratch(scratch); }
};
using Database = std::unique_ptr<hs_database_t, DatabaseDeleter>;
using HsScratch = std::unique_ptr<hs_scratch_t, ScratchDeleter>;

}  // namespace custos::stage
