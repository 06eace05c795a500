#include <gmime/gmime.h>

#include <string>
#include <utility>

#include "stage/parse/bounds.h"
#include "stage/parse/defects.h"
#include "stage/parse/gmime_library.h"
#include "stage/parse/headers.h"
#include "stage/parse/leaves.h"
#include "stage/parse/parse.h"
#include "stage/parse/plain_mail.h"
#include "stage/parse/read_mail.h"

namespace custos::stage {
namespace {

bool all_positive(const ParseLimits& limits) {
  return limits.raw_bytes_max > 0 && limits.parts_max > 0 && limits.depth_max > 0 && limits.headers_max > 0 &&
         limits.header_bytes_max > 0 && limits.address_colons_max > 0 && limits.addresses_max > 0 &&
         limits.references_max > 0 && limits.text_bytes_max > 0 && limits.html_bytes_max > 0 &&
         limits.html_depth_max > 0 && limits.html_tree_bytes_max > 0 && limits.attached_bytes_max > 0 &&
         limits.json_depth_max > 0;
}

void read_tree(std::string_view raw, GMimeParserOptions* options, const ParseLimits& limits, document::Message& message,
               Defects& defects) {
  std::string storage;
  const std::string_view bytes = bounded_mail(raw, limits, storage, defects);
  if (bytes.empty()) defects.add("empty");
  const ReadMail mail(bytes.empty() ? std::string_view("\n") : bytes, options);
  if (mail.message() == nullptr) return defects.add("unreadable");
  read_headers(mail.message(), options, limits, message, defects);
  std::vector<Leaf> leaves = read_leaves(mail.message(), bytes, options, limits, defects);
  choose_body(leaves);
  for (Leaf& leaf : leaves) message.parts.push_back(std::move(leaf.part));
}

}  // namespace

GMimeParserOptions* new_parser_options() {
  GMimeParserOptions* options = g_mime_parser_options_new();
  const char* charsets[] = {"utf-8", "windows-1252", nullptr};
  g_mime_parser_options_set_fallback_charsets(options, charsets);
  g_mime_parser_options_set_allow_addresses_without_domain(options, TRUE);
  return options;
}

document::Message read_mail(std::string_view raw, GMimeParserOptions* options, const ParseLimits& limits, Way way) {
  Defects defects;
  document::Message message;
  message.channel = "mail";
  if (way == Way::kTree || !read_plain_mail(raw, options, limits, message, defects)) {
    read_tree(raw, options, limits, message, defects);
  }
  message.defects = std::move(defects).take_sorted();
  return message;
}

// Read only after create(): threads share it.
struct MailParser::State {
  explicit State(const ParseLimits& chosen) : limits(chosen), options(new_parser_options()) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { g_mime_parser_options_free(options); }

  ParseLimits limits;
  GMimeParserOptions* options;
};

Result<MailParser> MailParser::create(const ParseLimits& limits) {
  if (!all_positive(limits)) return Error{Code::kInvalidArgument, "parse: every limit must be larger than 0"};
  if (limits.raw_bytes_max >= 1ULL << 32)
    return Error{Code::kInvalidArgument, "parse: raw_bytes_max must be below 4 GiB"};
  start_gmime();
  return MailParser(std::make_shared<const State>(limits));
}

Result<document::Message> MailParser::parse(std::string_view raw) const {
  const ParseLimits& limits = state_->limits;
  if (raw.size() > limits.raw_bytes_max) {
    return Error{Code::kLimit, "message of " + std::to_string(raw.size()) + " bytes is larger than " +
                                   std::to_string(limits.raw_bytes_max) + "; raise parse.raw_bytes_max to read it"};
  }
  return read_mail(raw, state_->options, limits, Way::kShortest);
}

}  // namespace custos::stage
