#include "stage/parse/plain_mail.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stage/parse/bounds.h"
#include "stage/parse/content_info.h"
#include "stage/parse/encoded_words.h"
#include "stage/parse/header_fields.h"
#include "stage/parse/headers.h"
#include "stage/parse/leaves.h"

namespace custos::stage {
namespace {

// What GMime's tree may read otherwise than its function for one field does: encoded words and bytes beyond ASCII.
bool is_simple(std::string_view value) {
  return value.find("=?") == std::string_view::npos &&
         std::none_of(value.begin(), value.end(), [](char c) { return (c & 0x80) != 0; });
}

// With the one behind the name, which counts too.
bool has_colons_beyond(std::string_view value, size_t colons_max) {
  return value.size() >= colons_max && static_cast<size_t>(std::count(value.begin(), value.end(), ':')) >= colons_max;
}

// One that ends no line: GMime keeps it in some values and ends others there.
bool has_bare_carriage_return(std::string_view value) {
  for (size_t at = value.find('\r'); at != std::string_view::npos; at = value.find('\r', at + 1)) {
    if (value.substr(at + 1, 1) != "\n") return true;
  }
  return false;
}

// Where the line that begins at `at` ends, its line feed included.
size_t line_end(std::string_view raw, size_t at) {
  const void* found = memchr(raw.data() + at, '\n', raw.size() - at);
  return found == nullptr ? raw.size() : static_cast<size_t>(static_cast<const char*>(found) - raw.data()) + 1;
}

// Cuts a message into the fields that are read and the body, as far as nothing in it is out of the ordinary.
class Splitter {
 public:
  Splitter(std::string_view raw, const ParseLimits& limits) : raw_(raw), limits_(limits) {
    fields_.reserve(kFieldsUsual);
  }

  // False where bounded_mail has something to mend, or there is no body.
  bool run() {
    uint32_t count = 0;
    for (; at_ < raw_.size(); ++count) {
      if (end_block()) return count > 0 && !body_.empty();
      if (count >= limits_.headers_max || !take_field() || at_ > limits_.header_bytes_max) return false;
    }
    return false;
  }

  [[nodiscard]] const std::vector<HeaderField>& fields() const { return fields_; }
  [[nodiscard]] std::string_view body() const { return body_; }

 private:
  static constexpr size_t kFieldsUsual = 16;

  bool end_block() {
    const size_t length = raw_[at_] == '\n' ? 1 : raw_.compare(at_, 2, "\r\n") == 0 ? 2 : 0;
    if (length > 0) body_ = raw_.substr(at_ + length);
    return length > 0;
  }

  bool take_field() {
    const size_t first_line_end = line_end(raw_, at_);
    const std::string_view line = raw_.substr(at_, first_line_end - at_);
    if ((line.front() & 0x80) != 0 || !is_header_line(line)) return false;
    const size_t colon = line.find(':');
    const FieldName name = field_name(trimmed_field(line.substr(0, colon)));
    const size_t begin = std::exchange(at_, field_end(first_line_end));
    return name == FieldName::kOther || keep({name, raw_.substr(begin + colon + 1, at_ - begin - colon - 1)});
  }

  // Behind the folded lines; one that is nothing but blanks is another thing.
  [[nodiscard]] size_t field_end(size_t end) const {
    while (end < raw_.size() && (raw_[end] == ' ' || raw_[end] == '\t')) {
      const size_t next = line_end(raw_, end);
      if (trimmed_field(raw_.substr(end, next - end)).empty()) break;
      end = next;
    }
    return end;
  }

  bool keep(HeaderField field) {
    if (memchr(field.value.data(), '\0', field.value.size()) != nullptr) return false;
    if (has_colons_beyond(field.value, limits_.address_colons_max) || has_adjacent_words(field.value)) return false;
    field.value = trimmed_field(field.value);
    if (has_bare_carriage_return(field.value)) return false;
    fields_.push_back(field);
    return true;
  }

  std::string_view raw_;
  const ParseLimits& limits_;
  size_t at_ = 0;
  std::vector<HeaderField> fields_;
  std::string_view body_;
};

struct Content {
  ContentInfo info;
  GMimeContentEncoding encoding = GMIME_CONTENT_ENCODING_DEFAULT;
};

class ContentReader {
 public:
  // Nothing where the content is not one text, or GMime's tree might see it otherwise.
  std::optional<Content> read(const std::vector<HeaderField>& fields) {
    for (const HeaderField& field : fields) {
      if (!take(field)) return std::nullopt;
    }
    // GMime takes the Sender where From names nobody.
    if (from_.empty() || (has_sender_ && from_.find('@') == std::string_view::npos)) return std::nullopt;
    return content();
  }

 private:
  bool take(const HeaderField& field) {
    switch (field.name) {
      case FieldName::kFrom:
        if (from_.empty()) from_ = field.value;
        return true;
      case FieldName::kSender:
        has_sender_ = true;
        return true;
      case FieldName::kContentType:
        return take_once(type_, field.value);
      case FieldName::kContentTransferEncoding:
        return take_once(encoding_, field.value);
      default:
        return field.name != FieldName::kContentDisposition;
    }
  }

  static bool take_once(std::string_view& slot, std::string_view value) {
    if (!slot.empty() || value.empty() || !is_simple(value)) return false;
    slot = value;
    return true;
  }

  [[nodiscard]] std::optional<Content> content() const {
    Content content;
    if (!type_.empty()) {
      auto info = simple_text_info(type_);
      if (!info) return std::nullopt;
      content.info = std::move(*info);
    }
    if (!encoding_.empty()) {
      content.encoding = g_mime_content_encoding_from_string(std::string(encoding_).c_str());
      if (content.encoding == GMIME_CONTENT_ENCODING_DEFAULT) return std::nullopt;
    }
    return content;
  }

  std::string_view from_, type_, encoding_;
  bool has_sender_ = false;
};

}  // namespace

bool read_plain_mail(std::string_view raw, GMimeParserOptions* options, const ParseLimits& limits,
                     document::Message& message, Defects& defects) {
  Splitter splitter(raw, limits);
  if (!splitter.run()) return false;
  std::optional<Content> content = ContentReader().read(splitter.fields());
  if (!content) return false;
  if (memchr(raw.data(), '\0', raw.size()) != nullptr) defects.add("nul-bytes");
  read_plain_headers(splitter.fields(), options, limits, message, defects);
  std::vector<Leaf> leaves =
      read_lone_leaf(std::move(content->info), content->encoding, splitter.body(), options, limits, defects);
  choose_body(leaves);
  for (Leaf& leaf : leaves) message.parts.push_back(std::move(leaf.part));
  return true;
}

}  // namespace custos::stage
