#include "stage/redact/national/recognizers.h"

namespace custos::stage {

std::vector<Recognizer> national_recognizers() {
  std::vector<Recognizer> list;
  add_german_recognizers(list);
  add_european_recognizers(list);
  add_asian_recognizers(list);
  add_american_recognizers(list);
  return list;
}

}  // namespace custos::stage
