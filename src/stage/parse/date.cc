#include "stage/parse/date.h"

#include <array>
#include <cctype>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace custos::stage {
namespace {

constexpr size_t kDateBytesMax = 256;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || (c & 0x80) != 0; }

std::string lower(std::string_view word) {
  std::string out(word);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// 1 to 12, or 0. English, and the names of other languages that clients have been seen to send.
int month_of(const std::string& word) {
  static constexpr std::array<std::string_view, 12> kEnglish = {"jan", "feb", "mar", "apr", "may", "jun",
                                                                "jul", "aug", "sep", "oct", "nov", "dec"};
  static constexpr std::array<std::pair<std::string_view, int>, 14> kOther = {{{"m\xc3\xa4r", 3},
                                                                               {"mrz", 3},
                                                                               {"mai", 5},
                                                                               {"okt", 10},
                                                                               {"dez", 12},
                                                                               {"ene", 1},
                                                                               {"abr", 4},
                                                                               {"ago", 8},
                                                                               {"dic", 12},
                                                                               {"f\xc3\xa9v", 2},
                                                                               {"avr", 4},
                                                                               {"ao\xc3\xbb", 8},
                                                                               {"gen", 1},
                                                                               {"ott", 10}}};
  for (size_t i = 0; i < kEnglish.size(); ++i) {
    if (word.starts_with(kEnglish[i])) return static_cast<int>(i) + 1;
  }
  for (const auto& [name, month] : kOther) {
    if (word.starts_with(name)) return month;
  }
  return 0;
}

bool is_weekday(const std::string& word) {
  static constexpr std::array<std::string_view, 7> kNames = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  for (const std::string_view name : kNames) {
    if (word.starts_with(name)) return true;
  }
  return false;
}

struct Zone {
  std::string_view name;
  int minutes;
  bool standard;  // of RFC 822
};

const Zone* zone_of(const std::string& word) {
  static constexpr std::array<Zone, 37> kZones = {{
      {"gmt", 0, true},     {"ut", 0, true},      {"utc", 0, true},     {"z", 0, true},       {"est", -300, true},
      {"edt", -240, true},  {"cst", -360, true},  {"cdt", -300, true},  {"mst", -420, true},  {"mdt", -360, true},
      {"pst", -480, true},  {"pdt", -420, true},  {"wet", 0, false},    {"west", 60, false},  {"bst", 60, false},
      {"cet", 60, false},   {"met", 60, false},   {"mez", 60, false},   {"cest", 120, false}, {"mest", 120, false},
      {"mesz", 120, false}, {"eet", 120, false},  {"eest", 180, false}, {"msk", 180, false},  {"msd", 240, false},
      {"ist", 330, false},  {"sgt", 480, false},  {"hkt", 480, false},  {"jst", 540, false},  {"kst", 540, false},
      {"aest", 600, false}, {"aedt", 660, false}, {"nzst", 720, false}, {"nzdt", 780, false}, {"akst", -540, false},
      {"hst", -600, false}, {"brt", -180, false},
  }};
  for (const Zone& zone : kZones) {
    if (word == zone.name) return &zone;
  }
  return nullptr;
}

// Reads left to right; each thing found once. What is not understood makes the date not standard.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text.substr(0, kDateBytesMax)) {}

  std::optional<ReadDate> read() {
    while (at_ < text_.size()) step();
    if (pending_zone_ != nullptr && !has_zone_) take_zone(pending_zone_->minutes, false);
    return result();
  }

 private:
  void step() {
    const char c = text_[at_];
    if (is_digit(c)) return number();
    if (is_letter(c)) return word();
    if (c == '(') return comment();
    if ((c == '+' || c == '-') && is_zone_sign()) return numeric_zone();
    ++at_;
  }

  char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  int digits(size_t count_max) {
    int value = 0;
    for (size_t i = 0; i < count_max && is_digit(peek()); ++i) value = value * 10 + (text_[at_++] - '0');
    return value;
  }

  size_t run() const {
    size_t length = 0;
    while (is_digit(peek(length))) ++length;
    return length;
  }

  // ---- words
  void word() {
    const size_t begin = at_;
    while (at_ < text_.size() && is_letter(text_[at_])) ++at_;
    const std::string name = lower(text_.substr(begin, at_ - begin));
    if (name == "t" && is_digit(peek())) return;
    if (name == "am" || name == "pm") return half_day(name == "pm");
    const Zone* zone = zone_of(name);
    if (zone != nullptr && hour_ >= 0) return take_zone(zone->minutes, zone->standard);
    if (month_ == 0 && month_of(name) > 0) {
      month_ = month_of(name);
      month_named_ = true;
      in_order_ &= day_ > 0 && !year_known_ && hour_ < 0;
    } else if (!is_weekday(name)) {
      in_order_ = false;
    }
  }

  void half_day(bool afternoon) {
    in_order_ = false;
    if (hour_ < 0 || hour_ > 12) return;
    hour_ = hour_ % 12 + (afternoon ? 12 : 0);
  }

  // A zone's name in a comment counts only where the date has no other.
  void comment() {
    const size_t close = text_.find(')', at_);
    const size_t end = close == std::string_view::npos ? text_.size() : close;
    pending_zone_ = zone_of(lower(text_.substr(at_ + 1, end - at_ - 1)));
    at_ = close == std::string_view::npos ? end : end + 1;
  }

  // ---- zones
  bool is_zone_sign() const {
    if (hour_ < 0 || !is_digit(peek(1))) return false;
    const char before = at_ == 0 ? ' ' : text_[at_ - 1];
    return before == ' ' || before == '\t' || after_time_ == at_ || (is_letter(before) && has_zone_);
  }

  void numeric_zone() {
    const int sign = text_[at_++] == '-' ? -1 : 1;
    const size_t length = run();
    int hours = digits(2);
    int minutes = 0;
    bool standard = length == 4;
    if (length == 3) {
      at_ -= 2;
      hours = digits(1);
    }
    if (length > 2) {
      minutes = digits(2);
    } else if (peek() == ':' && is_digit(peek(1))) {
      ++at_;
      minutes = digits(2);
      standard = iso_;
    }
    while (is_digit(peek())) ++at_;
    const bool sane = hours < 24 && minutes < 60 && length <= 4;
    if (sane) take_zone(sign * (hours * 60 + minutes), standard);
    in_order_ &= sane;
  }

  void take_zone(int minutes, bool standard) {
    if (has_zone_ && zone_ != 0) return;
    if (has_zone_ && minutes != 0) in_order_ = false;
    has_zone_ = true;
    zone_ = minutes;
    zone_standard_ = standard;
  }

  // ---- numbers
  void number() {
    const size_t length = run();
    const char after = peek(length);
    if (length <= 2 && hour_ < 0 && (after == ':' || (after == '.' && is_dotted_time(length)))) return time(after);
    if (length == 4 && (after == '-' || after == '/') && is_digit(peek(5)) && !any_date()) return iso_date(after);
    if (length <= 2 && (after == '/' || after == '.' || after == '-') && is_digit(peek(length + 1)) && !any_date()) {
      return numeric_date(after);
    }
    if ((length == 8 || length == 14) && !any_date()) return compact_date();
    if (length == 6 && iso_ && hour_ < 0) return compact_time();
    plain_number(length);
  }

  bool any_date() const { return day_ > 0 || month_ > 0 || year_known_; }

  // "10.30.15": three groups once the date is known.
  bool is_dotted_time(size_t length) const {
    return any_date() && is_digit(peek(length + 1)) && is_digit(peek(length + 2)) && day_ > 0 && year_known_;
  }

  void time(char separator) {
    in_order_ &= separator == ':' && (iso_ || year_known_);
    hour_ = digits(2);
    ++at_;
    minute_ = digits(2);
    if (peek() == separator && is_digit(peek(1))) {
      ++at_;
      second_ = digits(2);
    }
    if ((peek() == '.' || peek() == ',') && is_digit(peek(1))) {
      ++at_;
      while (is_digit(peek())) ++at_;
      in_order_ &= iso_;
    }
    after_time_ = at_;
  }

  void iso_date(char separator) {
    iso_ = separator == '-';
    in_order_ &= iso_;
    take_year(digits(4), 4);
    ++at_;
    month_ = digits(2);
    if (peek() == separator) ++at_;
    day_ = digits(2);
  }

  void numeric_date(char separator) {
    in_order_ = false;
    const int first = digits(2);
    ++at_;
    const int second = digits(2);
    const bool day_first = first > 12 || (separator != '/' && second <= 12);
    day_ = day_first ? first : second;
    month_ = day_first ? second : first;
    if (peek() == separator && is_digit(peek(1))) {
      ++at_;
      const size_t length = run();
      take_year(digits(4), length);
    }
  }

  void compact_date() {
    in_order_ = false;
    iso_ = true;
    take_year(digits(4), 4);
    month_ = digits(2);
    day_ = digits(2);
    if (is_digit(peek())) compact_time();
  }

  void compact_time() {
    hour_ = digits(2);
    minute_ = digits(2);
    second_ = digits(2);
    after_time_ = at_;
  }

  void plain_number(size_t length) {
    const int value = digits(9);
    while (is_digit(peek())) ++at_;
    if (length <= 2 && day_ == 0) {
      day_ = value;
    } else if (!year_known_ && length <= 4) {
      in_order_ &= length == 4 && month_ > 0 && hour_ < 0;
      take_year(value, length);
    } else {
      in_order_ = false;
    }
  }

  void take_year(int value, size_t length) {
    year_known_ = true;
    year_ = value;
    if (length == 2) year_ += value < 50 ? 2000 : 1900;
    if (length == 3) year_ += 1900;
  }

  // ---- the whole
  std::optional<ReadDate> result() const {
    using namespace std::chrono;
    if (day_ == 0 || month_ == 0 || !year_known_ || year_ < 1 || year_ > 9999) return std::nullopt;
    const year_month_day date{year{year_}, month{static_cast<unsigned>(month_)}, day{static_cast<unsigned>(day_)}};
    if (!date.ok()) return std::nullopt;
    const bool time_sane = hour_ >= 0 && hour_ < 24 && minute_ < 60 && second_ <= 60;
    const int64_t in_day = time_sane ? hour_ * 3600 + minute_ * 60 + std::min(second_, 59) : 0;
    ReadDate read;
    read.timestamp.utc_seconds = int64_t{sys_days{date}.time_since_epoch().count()} * 86400 + in_day - zone_ * 60;
    read.timestamp.offset_minutes = zone_;
    read.standard = in_order_ && time_sane && has_zone_ && zone_standard_ && (month_named_ || iso_);
    return read;
  }

  std::string_view text_;
  size_t at_ = 0;
  int day_ = 0, month_ = 0, year_ = 0;
  int hour_ = -1, minute_ = 0, second_ = 0;
  int zone_ = 0;
  bool year_known_ = false, month_named_ = false, iso_ = false;
  bool has_zone_ = false, zone_standard_ = false;
  bool in_order_ = true;
  size_t after_time_ = std::string_view::npos;
  const Zone* pending_zone_ = nullptr;
};

// Reads nearly every date of mail: "Tue, 14 May 2024 12:00:00 +0200 (CEST)", as RFC 5322 section 3.3 has it today.
class StrictReader {
 public:
  explicit StrictReader(std::string_view text) : rest_(text) {}

  // Nothing where a thing is missing, is there in another way, or where more follows.
  std::optional<ReadDate> read() {
    int day = 0, year = 0, hour = 0, minute = 0, second = 0, zone = 0;
    if (!weekday() || !number(1, 2, day) || !take(' ')) return std::nullopt;
    const int month = month_name();
    if (month == 0 || !take(' ') || !number(4, 4, year) || !take(' ')) return std::nullopt;
    if (!number(2, 2, hour) || !take(':') || !number(2, 2, minute) || !take(':') || !number(2, 2, second)) {
      return std::nullopt;
    }
    if (!take(' ') || !offset(zone) || !is_comment_or_end() || hour > 23 || minute > 59 || second > 59 || year == 0) {
      return std::nullopt;
    }
    using namespace std::chrono;
    const year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                              std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok()) return std::nullopt;
    const int64_t days = sys_days{date}.time_since_epoch().count();
    return ReadDate{{days * 86400 + hour * 3600 + minute * 60 + second - zone * 60, zone}, true};
  }

 private:
  bool take(char wanted) {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool number(size_t digits_min, size_t digits_max, int& value) {
    size_t length = 0;
    for (; length < rest_.size() && length <= digits_max && is_digit(rest_[length]); ++length) {
      value = value * 10 + (rest_[length] - '0');
    }
    rest_.remove_prefix(length);
    return length >= digits_min && length <= digits_max;
  }

  // 1 to 7 or 1 to 12; 0 where the text begins with none.
  int name_of(std::string_view names) {
    for (size_t at = 0; at < names.size(); at += 3) {
      if (!rest_.starts_with(names.substr(at, 3))) continue;
      rest_.remove_prefix(3);
      return static_cast<int>(at / 3) + 1;
    }
    return 0;
  }
  int month_name() { return name_of("JanFebMarAprMayJunJulAugSepOctNovDec"); }
  bool weekday() { return name_of("MonTueWedThuFriSatSun") > 0 && take(',') && take(' '); }

  bool offset(int& minutes) {
    const bool is_west = rest_.starts_with('-');
    int written = 0;
    if ((!take('-') && !take('+')) || !number(4, 4, written)) return false;
    minutes = (written / 100 * 60 + written % 100) * (is_west ? -1 : 1);
    return written < 2400 && written % 100 < 60;
  }

  [[nodiscard]] bool is_comment_or_end() const {
    return rest_.empty() || (rest_.starts_with(" (") && rest_.find(')') == rest_.size() - 1);
  }

  std::string_view rest_;
};

}  // namespace

std::optional<ReadDate> read_date(std::string_view text) {
  if (const auto read = StrictReader(text).read()) return read;
  return Reader(text).read();
}

}  // namespace custos::stage
