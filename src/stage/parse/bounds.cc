#include "stage/parse/bounds.h"

#include <strings.h>

#include <array>
#include <cstring>
#include <unordered_map>
#include <utility>

#include "stage/parse/encoded_words.h"
#include "stage/parse/header_fields.h"

namespace custos::stage {
namespace {

constexpr size_t kLookaheadLinesMax = 200;
// Of a larger message all fields are left in place: it would have to be copied without them.
constexpr size_t kTrimmedBytesMax = 1 << 20;

bool starts_with_no_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && strncasecmp(text.data(), prefix.data(), prefix.size()) == 0;
}

size_t find_no_case(std::string_view text, std::string_view word) {
  for (size_t i = 0; i + word.size() <= text.size(); ++i) {
    if (strncasecmp(text.data() + i, word.data(), word.size()) == 0) return i;
  }
  return std::string_view::npos;
}

// Kept however many other fields there are.
bool is_read_field(std::string_view line) {
  static constexpr std::array<std::string_view, 15> kNames = {
      "from:",        "to:",         "cc:",      "bcc:",    "subject:",  "date:",         "message-id:", "content-",
      "in-reply-to:", "references:", "list-id:", "sender:", "reply-to:", "mime-version:", "resent-"};
  for (const std::string_view name : kNames) {
    if (starts_with_no_case(line, name)) return true;
  }
  return false;
}

bool is_address_field(std::string_view line) {
  static constexpr std::array<std::string_view, 8> kNames = {
      "from:", "to:", "cc:", "bcc:", "sender:", "reply-to:", "resent-", "disposition-"};
  for (const std::string_view name : kNames) {
    if (starts_with_no_case(line, name)) return true;
  }
  return false;
}

// Whether headers.cc or GMime's reading of the body looks at the field. REQUIRES: is_header_line(field).
bool is_used_field(std::string_view field) {
  return field_name(trimmed_field(field.substr(0, field.find(':')))) != FieldName::kOther;
}

std::string_view trimmed_end(std::string_view line) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) {
    line.remove_suffix(1);
  }
  return line;
}

bool is_blank(std::string_view line) { return line.empty() || line == "\n" || line == "\r\n"; }

// One pass over the lines of a message. `out_` is filled only from the first byte that differs from the input.
class Scan {
 public:
  Scan(std::string_view raw, const ParseLimits& limits, std::string& storage, Defects& defects)
      : raw_(raw), limits_(limits), out_(storage), defects_(defects) {}

  std::string_view run() {
    begin_block();
    while (at_ < raw_.size()) {
      if (!(in_header_ ? header_field() : body_line())) break;
    }
    note_boundaries();
    return finish();
  }

 private:
  // ---- the copy
  void keep(std::string_view piece) {
    if (copying_) out_.append(piece);
  }
  void differ() {
    if (copying_) return;
    copying_ = true;
    out_.reserve(raw_.size());
    out_.assign(raw_.substr(0, at_));
  }
  std::string_view finish() {
    if (copying_) return out_;
    return raw_.substr(0, end_);
  }

  std::string_view line_at(size_t at) const {
    const void* found = memchr(raw_.data() + at, '\n', raw_.size() - at);
    const size_t end =
        found == nullptr ? raw_.size() : static_cast<size_t>(static_cast<const char*>(found) - raw_.data()) + 1;
    return raw_.substr(at, end - at);
  }

  // ---- headers
  void begin_block() {
    in_header_ = true;
    fields_ = 0;
    block_bytes_ = 0;
    block_is_message_ = false;
  }

  // A field with its folded lines, or the block's end, or a line that is neither.
  bool header_field() {
    const std::string_view line = line_at(at_);
    if (is_blank(line)) return end_block(line);
    if (is_boundary(line)) {
      in_header_ = false;
      is_first_block_ = false;
      return true;
    }
    if (!is_header_line(line)) return odd_line(line);
    size_t end = at_ + line.size();
    while (end < raw_.size() && (raw_[end] == ' ' || raw_[end] == '\t')) {
      const std::string_view more = line_at(end);
      if (trimmed_end(more).empty()) break;
      end += more.size();
    }
    take_field(raw_.substr(at_, end - at_));
    at_ = end;
    return true;
  }

  bool end_block(std::string_view line) {
    keep(line);
    at_ += line.size();
    in_header_ = false;
    is_first_block_ = false;
    if (block_is_message_) begin_block();
    return true;
  }

  void take_field(std::string_view field) {
    ++fields_;
    block_bytes_ += field.size();
    if (starts_with_no_case(field, "content-type:")) note_content_type(field);
    if (beyond_limits(field)) {
      differ();
      return;
    }
    if (is_idle(field)) return differ();
    size_t colons = 0;
    if (field.size() > limits_.address_colons_max && is_address_field(field)) {
      for (const char c : field) colons += c == ':';
    }
    if (field.find("=?") != std::string_view::npos && has_adjacent_words(field)) {
      differ();
      const std::string joined = with_joined_words(field);
      return append_tamed(joined, colons > limits_.address_colons_max);
    }
    const bool has_nul = memchr(field.data(), '\0', field.size()) != nullptr;
    if (has_nul || colons > limits_.address_colons_max) {
      differ();
      append_tamed(field, colons > limits_.address_colons_max);
    } else {
      keep(field);
    }
  }

  bool beyond_limits(std::string_view field) {
    const bool many = fields_ > limits_.headers_max;
    const bool large = block_bytes_ > limits_.header_bytes_max;
    if (!many && !large) return false;
    defects_.add(many ? "headers-too-many" : "headers-too-large");
    const bool room =
        fields_ <= 2 * size_t{limits_.headers_max} && block_bytes_ <= 2 * size_t{limits_.header_bytes_max};
    if (room && is_read_field(field)) return false;
    block_bytes_ -= field.size();
    return true;
  }

  // GMime makes objects of every field. The message's own that nobody reads are left out, but not the first: a block
  // without fields is another thing.
  bool is_idle(std::string_view field) const {
    return is_first_block_ && fields_ > 1 && raw_.size() <= kTrimmedBytesMax && !is_used_field(field);
  }

  void append_tamed(std::string_view field, bool tame_colons) {
    if (tame_colons) defects_.add("bad-address");
    size_t colons = 0;
    for (const char c : field) {
      const bool blank = c == '\0' || (tame_colons && c == ':' && ++colons > limits_.address_colons_max);
      out_ += blank ? ' ' : c;
    }
  }

  // A stray line among the fields is passed over; where no field follows it, the text has begun.
  bool odd_line(std::string_view line) {
    const bool from_line = line.starts_with("From ") || line.starts_with(">From ");
    if (!from_line) defects_.add(fields_ == 0 && at_ == 0 ? "no-headers" : "broken-header");
    if (from_line || field_follows()) {
      differ();
      at_ += line.size();
      return true;
    }
    differ();
    out_ += '\n';
    in_header_ = false;
    is_first_block_ = false;
    if (block_is_message_) begin_block();
    return true;
  }

  bool field_follows() const {
    size_t at = at_ + line_at(at_).size();
    const size_t lines_max = fields_ == 0 ? 1 : kLookaheadLinesMax;
    for (size_t i = 0; i < lines_max && at < raw_.size(); ++i) {
      const std::string_view line = line_at(at);
      if (is_blank(line)) return false;
      if (is_header_line(line) && is_read_field(line)) return true;
      at += line.size();
    }
    return false;
  }

  // ---- structure
  void note_content_type(std::string_view field) {
    if (find_no_case(field.substr(0, 200), "message/") != std::string_view::npos) block_is_message_ = true;
    const size_t name = find_no_case(field, "boundary");
    if (name == std::string_view::npos) {
      if (find_no_case(field.substr(0, 200), "multipart/") != std::string_view::npos) defects_.add("missing-boundary");
      return;
    }
    note_boundary(field.substr(name + 8));
  }

  void note_boundary(std::string_view rest) {
    size_t i = rest.find_first_not_of(" \t\r\n");
    if (i == std::string_view::npos || rest[i] != '=') {
      any_dash_ = true;  // RFC 2231 continuations and comments: GMime will read them, we count every dashed line
      return;
    }
    i = rest.find_first_not_of(" \t\r\n", i + 1);
    if (i == std::string_view::npos) return;
    const bool quoted = rest[i] == '"';
    const size_t begin = quoted ? i + 1 : i;
    const size_t end = quoted ? rest.find('"', begin) : rest.find_first_of("; \t\r\n", begin);
    const std::string_view value = trimmed_end(rest.substr(begin, end == std::string_view::npos ? end : end - begin));
    if (value.find('\\') != std::string_view::npos || value.find("=?") != std::string_view::npos) any_dash_ = true;
    if (!value.empty()) boundaries_.emplace(value, Seen{});
  }

  struct Seen {
    bool begun = false;
    bool ended = false;
  };

  bool is_boundary(std::string_view line) {
    if (line.size() < 3 || line[0] != '-' || line[1] != '-') return false;
    const std::string_view rest = trimmed_end(line).substr(2);
    if (boundaries_.contains(rest)) return true;
    return rest.ends_with("--") && boundaries_.contains(rest.substr(0, rest.size() - 2));
  }

  bool body_line() {
    if (boundaries_.empty() && !any_dash_) return skip_to(raw_.size());
    if (raw_.compare(at_, 2, "--") != 0) return skip_to(next_dashed_line());
    const std::string_view line = line_at(at_);
    const std::string_view rest = trimmed_end(line).substr(2);
    const auto found = boundaries_.find(rest);
    if (found != boundaries_.end()) {
      found->second.begun = true;
      return begin_part(line);
    }
    if (rest.ends_with("--")) {
      const auto ended = boundaries_.find(rest.substr(0, rest.size() - 2));
      if (ended != boundaries_.end()) ended->second.ended = true;
    }
    if (any_dash_ && !rest.ends_with("--")) return begin_part(line);
    return skip_to(at_ + line.size());
  }

  bool begin_part(std::string_view line) {
    if (++parts_ > 2 * size_t{limits_.parts_max}) {
      defects_.add("too-many-parts");
      end_ = at_;
      return false;
    }
    skip_to(at_ + line.size());
    begin_block();
    return true;
  }

  size_t next_dashed_line() const {
    const size_t found = raw_.find("\n--", at_);
    return found == std::string_view::npos ? raw_.size() : found + 1;
  }

  bool skip_to(size_t next) {
    keep(raw_.substr(at_, next - at_));
    at_ = next;
    return true;
  }

  void note_boundaries() {
    for (const auto& [value, seen] : boundaries_) {
      if (!seen.begun) defects_.add("missing-boundary");
      if (seen.begun && !seen.ended) defects_.add("missing-end-boundary");
    }
  }

  std::string_view raw_;
  const ParseLimits& limits_;
  std::string& out_;
  Defects& defects_;
  bool copying_ = false;
  size_t at_ = 0;
  size_t end_ = std::string_view::npos;

  bool in_header_ = true;
  bool block_is_message_ = false;
  bool is_first_block_ = true;
  size_t fields_ = 0;
  size_t block_bytes_ = 0;

  size_t parts_ = 0;
  bool any_dash_ = false;
  std::unordered_map<std::string_view, Seen> boundaries_;
};

}  // namespace

bool is_header_line(std::string_view line) {
  const size_t colon = line.find(':');
  if (colon == 0 || colon == std::string_view::npos || colon > 200) return false;
  size_t end = colon;
  while (end > 0 && (line[end - 1] == ' ' || line[end - 1] == '\t')) --end;
  for (size_t i = 0; i < end; ++i) {
    const auto c = static_cast<unsigned char>(line[i]);
    if (c <= ' ' || c == 0x7f) return false;
  }
  return end > 0;
}

std::string_view bounded_mail(std::string_view raw, const ParseLimits& limits, std::string& storage, Defects& defects) {
  if (raw.starts_with("\xef\xbb\xbf")) raw.remove_prefix(3);
  if (raw.empty()) return raw;
  if (memchr(raw.data(), '\0', raw.size()) != nullptr) defects.add("nul-bytes");
  std::string with_line_feeds;
  if (raw.find('\n') == std::string_view::npos && raw.find('\r') != std::string_view::npos) {
    defects.add("cr-line-ends");
    with_line_feeds.assign(raw);
    for (char& c : with_line_feeds) c = c == '\r' ? '\n' : c;
    storage.assign(Scan(with_line_feeds, limits, storage, defects).run());
    return storage;
  }
  return Scan(raw, limits, storage, defects).run();
}

}  // namespace custos::stage
