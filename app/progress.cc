#include "app/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace custos::app {
namespace {

constexpr int kBarWidth = 24;

std::string bar(double done) {
  const int filled = static_cast<int>(std::clamp(done, 0.0, 1.0) * kBarWidth);
  return "[" + std::string(filled, '#') + std::string(kBarWidth - filled, '.') + "]";
}

}  // namespace

std::string grouped(uint64_t number) {
  std::string digits = fmt::format("{}", number);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) digits.insert(static_cast<size_t>(at), ",");
  return digits;
}

std::string human_bytes(uint64_t bytes) {
  static constexpr std::array<const char*, 5> kUnits = {"B", "kB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 1000 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string human_seconds(double seconds) {
  const auto whole = static_cast<uint64_t>(std::llround(std::max(seconds, 0.0)));
  if (whole >= 3600) return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
  if (whole >= 60) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} s", whole);
}

Progress::Progress(bool quiet) : last_(Clock::now()), on_terminal_(::isatty(STDERR_FILENO) != 0), quiet_(quiet) {}

Progress::~Progress() { finish(); }

void Progress::show(const ProgressSample& sample) {
  const auto now = Clock::now();
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const auto pause = on_terminal_ ? std::chrono::milliseconds(100) : std::chrono::seconds(10);
  if (first_done_ < 0) first_done_ = sample.done;
  if (quiet_ || seconds < 2 || now - last_ < pause) return;
  last_ = now;
  std::string line = sample.label + ": ";
  if (sample.done >= 0) line += fmt::format("{} {:.0f} % ", on_terminal_ ? bar(sample.done) : "", sample.done * 100);
  const double rate = static_cast<double>(sample.items) / seconds;
  line += fmt::format("{} {}, {:.{}f}/s", grouped(sample.items), sample.unit, rate, rate < 10 ? 1 : 0);
  if (sample.bytes > 0) line += fmt::format(", {:.1f} MB/s", static_cast<double>(sample.bytes) / 1e6 / seconds);
  const double gained = sample.done - std::max(first_done_, 0.0);
  if (gained > 0) line += fmt::format(", {} left", human_seconds(seconds / gained * (1 - sample.done)));
  if (!sample.note.empty()) line += ", " + sample.note;
  if (on_terminal_) {
    fmt::print(stderr, "\r\x1b[K{}", line);
    std::fflush(stderr);
    drawn_ = true;
  } else {
    fmt::print(stderr, "{}\n", line);
  }
}

void Progress::finish() {
  if (drawn_) fmt::print(stderr, "\r\x1b[K");
  drawn_ = false;
}

}  // namespace custos::app
