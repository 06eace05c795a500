#include "query/plan/date_range.h"

#include <charconv>
#include <chrono>

namespace custos::query {
namespace {

// `digits` digits at the front, taken off; -1 where there are none.
int take_number(std::string_view& text, size_t digits) {
  int number = 0;
  if (text.size() < digits) return -1;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + digits, number);
  if (error != std::errc() || stop != text.data() + digits || number <= 0) return -1;
  text.remove_prefix(digits);
  return number;
}

bool take_dash(std::string_view& text) {
  if (!text.starts_with('-')) return false;
  text.remove_prefix(1);
  return true;
}

int64_t seconds(std::chrono::year_month_day day) {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::sys_days(day).time_since_epoch()).count();
}

}  // namespace

std::optional<DateRange> read_date_range(std::string_view text) {
  using namespace std::chrono;
  const int year_number = take_number(text, 4);
  if (year_number < 0) return std::nullopt;
  const year_month_day january = year(year_number) / 1 / 1;
  if (text.empty()) return DateRange{seconds(january), seconds(january + years(1))};
  const int month_number = take_dash(text) ? take_number(text, 2) : -1;
  if (month_number < 1 || month_number > 12) return std::nullopt;
  const year_month_day first = year(year_number) / month_number / 1;
  if (text.empty()) return DateRange{seconds(first), seconds(first + months(1))};
  const int day_number = take_dash(text) ? take_number(text, 2) : -1;
  const year_month_day exact = year(year_number) / month_number / day_number;
  if (day_number < 1 || !text.empty() || !exact.ok()) return std::nullopt;
  return DateRange{seconds(exact), seconds(exact) + 86400};
}

}  // namespace custos::query
