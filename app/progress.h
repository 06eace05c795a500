// What a long command says on stderr while it works: a bar on a terminal, a line now and then otherwise.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace custos::app {

struct ProgressSample {
  std::string label;   // "ingest"
  uint64_t items = 0;  // of `unit` done
  uint64_t bytes = 0;  // of these; 0: not told
  double done = -1;    // share of the work, 0 to 1; below 0 where unknown
  std::string note;    // "12 duplicates, 1 failed"
  const char* unit = "messages";
};

// For one thread. Says nothing in the first two seconds.
class Progress {
 public:
  explicit Progress(bool quiet);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Draws at most ten times a second on a terminal, every ten seconds otherwise.
  void show(const ProgressSample& sample);
  // Ends the bar, so that what follows begins a line.
  void finish();

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_;
  double first_done_ = -1;
  bool on_terminal_;
  bool quiet_;
  bool drawn_ = false;
};

// "1,234,567".
[[nodiscard]] std::string grouped(uint64_t number);
// "12.3 MB".
[[nodiscard]] std::string human_bytes(uint64_t bytes);
// "1 h 02 min", "3 min 05 s", "7 s".
[[nodiscard]] std::string human_seconds(double seconds);

}  // namespace custos::app
