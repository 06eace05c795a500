// Lines typed at a prompt, with editing and history.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"

namespace custos::app {

// Calls `take` for every line that is not blank, until it is told "quit" or the input ends. Without a terminal on stdin
// the lines are read as they are. The history is kept in the user's state folder, for the user alone to read.
void read_lines_from_user(const char* prompt, const std::function<void(const std::string&)>& take);

}  // namespace custos::app
