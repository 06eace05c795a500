#include "stage/parse/gmime_library.h"

#include <gmime/gmime.h>

namespace custos::stage {

void start_gmime() {
  // GMime's own count of starts is not atomic; a local static is begun by one thread only.
  static const bool kStarted = [] {
    g_mime_init();
    return true;
  }();
  (void)kStarted;
}

}  // namespace custos::stage
