#include "store/local/writer.h"

namespace custos::store {

Status check_free(const Writer& writer) {
  if (writer.busy) return Error{Code::kConflict, "a publication is open already"};
  if (writer.broken) return Error{Code::kIo, "writing failed before: open the archive anew"};
  return {};
}

}  // namespace custos::store
