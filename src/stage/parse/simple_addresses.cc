#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stage/parse/headers.h"

namespace custos::stage {
namespace {

enum Kind : uint8_t { kNone = 0, kAtom = 1, kLocal = 2, kQuoted = 4 };

// RFC 5322's atext in a local part, less than that where domains and names are concerned.
constexpr std::array<uint8_t, 256> char_kinds() {
  std::array<uint8_t, 256> kinds{};
  for (unsigned c = ' '; c < 0x7f; ++c) {
    if (c != '"' && c != '\\') kinds[c] = kQuoted;
  }
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+")) {
    kinds[static_cast<unsigned char>(c)] |= kAtom | kLocal;
  }
  for (const char c : std::string_view("'/=#&")) kinds[static_cast<unsigned char>(c)] |= kLocal;
  return kinds;
}

constexpr std::array<uint8_t, 256> kKinds = char_kinds();

bool is(char c, uint8_t kinds) { return (kKinds[static_cast<unsigned char>(c)] & kinds) != 0; }

// Atoms with single dots between them.
bool is_dotted_atoms(std::string_view text, uint8_t kinds) {
  bool after_atom = false;
  for (const char c : text) {
    if (!is(c, kinds) && (c != '.' || !after_atom)) return false;
    after_atom = c != '.';
  }
  return after_atom;
}

bool is_plain_domain(std::string_view text) {
  return is_dotted_atoms(text, kAtom) && text.find("xn--") == std::string_view::npos &&
         text.find("XN--") == std::string_view::npos;
}

bool all_of_kind(std::string_view text, uint8_t kinds) {
  return std::all_of(text.begin(), text.end(), [kinds](char c) { return is(c, kinds); });
}

// Words with single blanks between them, and dots only at their ends.
bool is_plain_name(std::string_view name) {
  char before = ' ';
  for (const char c : name) {
    if (c == ' ' ? before == ' ' : c == '.' ? !is(before, kAtom) : !is(c, kAtom) || before == '.') return false;
    before = c;
  }
  return before != ' ';
}

bool is_plain_quoted(std::string_view text) {
  return !text.empty() && text.front() != ' ' && text.back() != ' ' && all_of_kind(text, kQuoted) &&
         text.find("=?") == std::string_view::npos;
}

// Reads mailboxes from the left as long as they are simple.
class MailboxReader {
 public:
  explicit MailboxReader(std::string_view field) : rest_(field) {}

  // Nothing where the next one is not.
  std::optional<document::Participant> next() {
    skip_blanks();
    document::Participant person;
    const bool has_name = !rest_.starts_with('<') && read_name(person.name);
    const bool is_angled = rest_.starts_with('<');
    if (has_name && !is_angled) return std::nullopt;
    if (is_angled) rest_.remove_prefix(1);
    const std::string_view address = take_address();
    if (address.empty() || (is_angled && !take('>'))) return std::nullopt;
    person.address = with_lower_domain(address);
    skip_blanks();
    is_at_end_ = rest_.empty();
    return is_at_end_ || take(',') ? std::optional(std::move(person)) : std::nullopt;
  }

  [[nodiscard]] bool is_at_end() const { return is_at_end_; }
  [[nodiscard]] bool has_quotes() const { return has_quotes_; }
  // An address with a dot where none belongs.
  [[nodiscard]] bool has_odd_dots() const { return has_odd_dots_; }

 private:
  bool take(char wanted) {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size())); }

  // Up to the "<"; false, and nothing taken, where no name stands there.
  bool read_name(std::string& name) {
    const bool is_quoted = rest_.starts_with('"');
    const size_t end = is_quoted ? rest_.find('"', 1) : rest_.find_first_of("<,@");
    if (end == std::string_view::npos || (!is_quoted && rest_[end] != '<')) return false;
    const std::string_view text = is_quoted ? rest_.substr(1, end - 1) : trimmed_field(rest_.substr(0, end));
    if (!(is_quoted ? is_plain_quoted(text) : is_plain_name(text))) return false;
    has_quotes_ |= is_quoted;
    name = without_quotes(std::string(text));
    rest_.remove_prefix(is_quoted ? end + 1 : end);
    skip_blanks();
    return true;
  }

  // Empty where it is not one.
  std::string_view take_address() {
    size_t end = 0;
    while (end < rest_.size() && (is(rest_[end], kLocal) || rest_[end] == '.' || rest_[end] == '@')) ++end;
    const std::string_view address = rest_.substr(0, end);
    const size_t at = address.find('@');
    if (at == std::string_view::npos || at == 0 || !is_plain_domain(address.substr(at + 1))) return {};
    has_odd_dots_ |= !is_dotted_atoms(address.substr(0, at), kLocal);
    rest_.remove_prefix(end);
    return address;
  }

  std::string_view rest_;
  bool is_at_end_ = false;
  bool has_quotes_ = false;
  bool has_odd_dots_ = false;
};

}  // namespace

SimpleList append_simple_addresses(std::string_view field, uint32_t addresses_max,
                                   std::vector<document::Participant>& out) {
  const size_t before = out.size();
  MailboxReader reader(field);
  bool is_simple = true;
  while (is_simple && !reader.is_at_end()) {
    auto person = reader.next();
    is_simple = person && out.size() < addresses_max;
    if (is_simple) out.push_back(std::move(*person));
  }
  // Such addresses need plain splitting, which may see more than one address where quotes hold an "@".
  if (is_simple && !(reader.has_odd_dots() && reader.has_quotes())) {
    return reader.has_odd_dots() ? SimpleList::kOddDots : SimpleList::kYes;
  }
  out.resize(before);
  return SimpleList::kNo;
}

}  // namespace custos::stage
