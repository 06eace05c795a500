// GMime needs one start in a process, by one thread.
#pragma once

namespace custos::stage {

// Starts GMime unless it is started. Safe from several threads; it is never shut down.
void start_gmime();

}  // namespace custos::stage
