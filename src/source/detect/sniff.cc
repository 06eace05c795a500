#include "source/detect/sniff.h"

#include "base/json_reader.h"
#include "source/detect/container_magic.h"
#include "source/detect/headers.h"
#include "source/emlx/emlx_reader.h"
#include "source/mbox/from_line.h"

namespace custos::source {
namespace {

std::string_view without_blank(std::string_view head) {
  head.remove_prefix(blank_prefix(head));
  return head.substr(std::min(head.find_first_not_of(" \t\r\n"), head.size()));
}

// A From_ line with a header field behind it, somewhere at the beginning of a line.
bool has_message_later(std::string_view head) {
  for (size_t at = head.find("\nFrom "); at != head.npos; at = head.find("\nFrom ", at + 1)) {
    const std::string_view text = head.substr(at + 1, kFromLineLookahead);
    const size_t newline = text.find('\n');
    if (newline != text.npos && begins_message(text) && is_mail_field(text.substr(newline + 1))) return true;
  }
  return false;
}

bool is_emlx(std::string_view head, bool whole) {
  const auto emlx = emlx_head(head);
  return emlx && begins_with_headers(head.substr(emlx->message_begin), whole);
}

// An object with a string "text". A first line longer than `head` is believed on its first member.
bool is_json_lines(std::string_view head, bool whole) {
  const std::string_view text = without_blank(head);
  if (!text.starts_with('{')) return false;
  const size_t newline = text.find('\n');
  if (newline == text.npos && !whole) return without_blank(text.substr(1)).starts_with('"');
  const auto line = JsonDocument::parse(text.substr(0, newline));
  if (!line.ok()) return false;
  const auto value = line->root().member("text");
  return value && value->string();
}

}  // namespace

Content sniff(std::string_view head, bool whole) {
  if (head.empty()) return Content::kEmpty;
  if (is_container(head)) return Content::kContainer;
  if (is_outlook(head)) return Content::kOutlook;
  if (is_zip(head)) return Content::kBinary;
  if (begins_message(head.substr(blank_prefix(head)))) return Content::kMbox;
  if (begins_with_headers(head, whole)) return Content::kMessage;
  if (is_emlx(head, whole)) return Content::kEmlx;
  if (is_json_lines(head, whole)) return Content::kJsonLines;
  if (has_message_later(head)) return Content::kMbox;
  return head.find('\0') == head.npos ? Content::kText : Content::kBinary;
}

}  // namespace custos::source
