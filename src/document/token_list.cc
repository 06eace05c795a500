#include "document/token_list.h"

namespace custos::document {

void TokenList::grow(size_t bytes) { bytes_.resize(2 * bytes); }

}  // namespace custos::document
