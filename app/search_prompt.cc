#include "app/search_prompt.h"

#include <editline/readline.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

namespace custos::app {
namespace {

constexpr int kHistoryLinesMax = 1000;

// "" where there is no place for it.
std::filesystem::path history_file() {
  std::filesystem::path folder;
  if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state != '\0') {
    folder = state;
  } else if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
    folder = std::filesystem::path(home) / ".local/state";
  } else {
    return {};
  }
  std::error_code error;
  std::filesystem::create_directories(folder / "custos", error);
  return error ? std::filesystem::path() : folder / "custos/search_history";
}

bool is_blank(const std::string& line) { return line.find_first_not_of(" \t") == std::string::npos; }
bool is_quit(const std::string& line) { return line == "quit" || line == "exit"; }

void read_plain_lines(const std::function<void(const std::string&)>& take) {
  std::string line;
  while (std::getline(std::cin, line)) {
    if (is_quit(line)) return;
    if (!is_blank(line)) take(line);
  }
}

}  // namespace

void read_lines_from_user(const char* prompt, const std::function<void(const std::string&)>& take) {
  if (::isatty(STDIN_FILENO) == 0) return read_plain_lines(take);
  const std::filesystem::path file = history_file();
  ::umask(077);
  using_history();
  stifle_history(kHistoryLinesMax);
  if (!file.empty()) read_history(file.c_str());
  while (char* typed = readline(prompt)) {
    const std::string line = typed;
    std::free(typed);
    if (is_quit(line)) break;
    if (is_blank(line)) continue;
    add_history(line.c_str());
    take(line);
  }
  if (!file.empty()) write_history(file.c_str());
}

}  // namespace custos::app
