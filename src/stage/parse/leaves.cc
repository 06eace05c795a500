#include "stage/parse/leaves.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "base/utf8.h"
#include "stage/parse/bounds.h"
#include "stage/parse/charset.h"
#include "stage/parse/headers.h"
#include "stage/parse/html.h"
#include "stage/parse/plain_text.h"
#include "stage/parse/transfer.h"

namespace custos::stage {
namespace {

constexpr std::string_view kInlinePgp = "-----BEGIN PGP MESSAGE-----";

std::string lower(const char* text) {
  std::string out(text == nullptr ? "" : text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::string type_of(GMimeObject* object) {
  GMimeContentType* type = g_mime_object_get_content_type(object);
  if (type == nullptr) return "text/plain";
  return lower(g_mime_content_type_get_media_type(type)) + "/" + lower(g_mime_content_type_get_media_subtype(type));
}

// Whether a line of `text` begins with `mark`.
bool has_line_with(std::string_view text, std::string_view mark) {
  for (size_t from = 0;;) {
    const void* found = memmem(text.data() + from, text.size() - from, mark.data(), mark.size());
    if (found == nullptr) return false;
    const auto at = static_cast<size_t>(static_cast<const char*>(found) - text.data());
    if (at == 0 || text[at - 1] == '\n') return true;
    from = at + 1;
  }
}

// One object of the tree that waits to be visited.
struct Step {
  GMimeObject* object = nullptr;
  std::string number;           // its own, where it is a leaf or an attached message
  std::string children_prefix;  // of its children, where it is a multipart
  uint32_t depth = 0;
  std::vector<Choice> choices;
  std::string_view bytes;          // what its streams point into
  const char* boundary = nullptr;  // of the multipart around it
  bool nested = false;             // of an attached message
  bool resource = false;           // of multipart/related, but not its root
};

std::string child_number(const std::string& prefix, int index) {
  const std::string number = std::to_string(index + 1);
  return prefix.empty() ? number : prefix + "." + number;
}

class LeafReader {
 public:
  LeafReader(GMimeParserOptions* options, const ParseLimits& limits, Defects& defects)
      : options_(options), limits_(limits), defects_(defects) {}

  std::vector<Leaf> run(GMimeMessage* mail, std::string_view bytes) {
    Step root;
    root.bytes = bytes;
    push_message(mail, root, "");
    while (!waiting_.empty()) {
      const Step step = std::move(waiting_.back());
      waiting_.pop_back();
      if (leaves_.size() >= limits_.parts_max) {
        defects_.add("too-many-parts");
        break;
      }
      visit(step);
    }
    return std::move(leaves_);
  }

  std::vector<Leaf> run_alone(ContentInfo info, GMimeContentEncoding encoding, std::string_view raw) {
    Step root;
    root.number = "1";
    root.bytes = raw;
    root.depth = 1;
    visit_content(root, std::move(info), encoding, raw);
    return std::move(leaves_);
  }

 private:
  void visit(const Step& step) {
    if (step.depth > limits_.depth_max) {
      defects_.add("nesting-too-deep");
      leaves_.push_back(bare_leaf(step));
    } else if (GMIME_IS_MULTIPART(step.object)) {
      visit_multipart(step, GMIME_MULTIPART(step.object));
    } else if (GMIME_IS_MESSAGE_PART(step.object)) {
      visit_message(step);
    } else if (GMIME_IS_PART(step.object)) {
      visit_part(step, GMIME_PART(step.object));
    }
  }

  void push_message(GMimeMessage* mail, const Step& around, const std::string& number) {
    GMimeObject* root = mail == nullptr ? nullptr : g_mime_message_get_mime_part(mail);
    if (root == nullptr) return;
    Step step;
    step.object = root;
    step.number = child_number(number, 0);
    step.children_prefix = number;
    step.depth = around.depth + 1;
    step.bytes = around.bytes;
    step.choices = around.choices;
    step.nested = !number.empty();
    waiting_.push_back(std::move(step));
  }

  // ---- multiparts
  void visit_multipart(const Step& step, GMimeMultipart* multipart) {
    const std::string type = type_of(step.object);
    if (type == "multipart/encrypted") defects_.add("encrypted");
    const int count = g_mime_multipart_get_count(multipart);
    if (count == 0) return visit_childless(step, multipart);
    const bool alternative = type == "multipart/alternative";
    const uint32_t which = alternative ? alternatives_++ : 0;
    const int root = type == "multipart/related" ? related_root(step.object, multipart, count) : -1;
    const int taken = std::min(count, static_cast<int>(limits_.parts_max) + 1);
    for (int i = taken - 1; i >= 0; --i) {
      Step child;
      child.object = g_mime_multipart_get_part(multipart, i);
      child.number = child_number(step.children_prefix, i);
      child.children_prefix = child.number;
      child.depth = step.depth + 1;
      child.choices = step.choices;
      if (alternative) child.choices.push_back({which, static_cast<uint32_t>(i)});
      child.bytes = step.bytes;
      child.boundary = g_mime_multipart_get_boundary(multipart);
      child.nested = step.nested;
      child.resource = step.resource || (root >= 0 && i != root);
      waiting_.push_back(std::move(child));
    }
  }

  // RFC 2387: the part that "start" names, else the first.
  static int related_root(GMimeObject* object, GMimeMultipart* multipart, int count) {
    GMimeContentType* type = g_mime_object_get_content_type(object);
    const char* named = type == nullptr ? nullptr : g_mime_content_type_get_parameter(type, "start");
    std::string start = named == nullptr ? "" : named;
    if (start.size() > 2 && start.front() == '<' && start.back() == '>') start = start.substr(1, start.size() - 2);
    for (int i = 0; !start.empty() && i < std::min(count, 64); ++i) {
      const char* id = g_mime_object_get_content_id(g_mime_multipart_get_part(multipart, i));
      if (id != nullptr && start == id) return i;
    }
    return 0;
  }

  // No part was found: what stands before the first boundary is all there is to read.
  void visit_childless(const Step& step, GMimeMultipart* multipart) {
    const char* prologue = g_mime_multipart_get_prologue(multipart);
    if (prologue == nullptr || *prologue == '\0') return;
    defects_.add("missing-boundary");
    Leaf leaf = bare_leaf(step);
    leaf.part.content_type = "text/plain";
    leaf.part.bytes = strlen(prologue);
    leaf.part.sha256 = sha256(prologue);
    leaf.part.text = with_plain_line_ends(decode_charset(limited(prologue), "", defects_));
    leaf.is_readable = !step.nested && !step.resource;
    leaves_.push_back(std::move(leaf));
  }

  // ---- attached messages
  void visit_message(const Step& step) {
    GMimeMessage* mail = g_mime_message_part_get_message(GMIME_MESSAGE_PART(step.object));
    const std::string_view raw = message_bytes(mail, step);
    Leaf leaf = bare_leaf(step);
    leaf.part.is_attachment = true;
    leaf.part.bytes = raw.size();
    leaf.part.sha256 = sha256(raw);
    leaves_.push_back(std::move(leaf));
    push_message(mail, step, step.number);
  }

  // From its first field to the boundary of the multipart around it.
  static std::string_view message_bytes(GMimeMessage* mail, const Step& step) {
    if (mail == nullptr) return {};
    GMimeHeaderList* headers = g_mime_object_get_header_list(GMIME_OBJECT(mail));
    if (g_mime_header_list_get_count(headers) == 0) return {};
    const gint64 begin = g_mime_header_get_offset(g_mime_header_list_get_header_at(headers, 0));
    if (begin < 0 || static_cast<size_t>(begin) >= step.bytes.size()) return {};
    const std::string_view rest = step.bytes.substr(static_cast<size_t>(begin));
    if (step.boundary == nullptr) return rest;
    const std::string mark = std::string("\n--") + step.boundary;
    std::string_view raw = rest.substr(0, std::min(rest.find(mark), rest.size()));
    if (raw.ends_with('\r')) raw.remove_suffix(1);
    return raw;
  }

  // A message that was sent in base64 against RFC 2046: GMime leaves it closed.
  void open_encoded_message(const Step& step, std::string_view decoded) {
    if (decoded.size() > limits_.attached_bytes_max || step.depth + 1 > limits_.depth_max) {
      return defects_.add("nesting-too-deep");
    }
    texts_.emplace_back(decoded);
    std::string& storage = texts_.emplace_back();
    const std::string_view bounded = bounded_mail(texts_[texts_.size() - 2], limits_, storage, defects_);
    mails_.push_back(std::make_unique<ReadMail>(bounded, options_));
    Step inner = step;
    inner.bytes = bounded;
    push_message(mails_.back()->message(), inner, step.number);
  }

  // ---- parts
  void visit_part(const Step& step, GMimePart* part) {
    const std::string_view raw = content_bytes(part);
    visit_content(step, info_of(step.object), encoding_of(part, raw), raw);
  }

  void visit_content(const Step& step, ContentInfo info, GMimeContentEncoding encoding, std::string_view raw) {
    std::string storage;
    const std::string_view decoded = decode_transfer(encoding, raw, storage, defects_);
    Leaf leaf = bare_leaf(step, info);
    leaf.part.bytes = decoded.size();
    leaf.part.sha256 = sha256(decoded);
    const bool text = leaf.part.content_type.starts_with("text/");
    if (text) leaf.part.text = text_of(info, leaf.part, decoded);
    leaf.is_readable = is_body_type(leaf.part.content_type) && !info.is_attached && !step.nested && !step.resource;
    leaf.part.is_attachment =
        info.is_attached || step.resource || (!is_body_type(leaf.part.content_type) && !is_alternative_text(leaf));
    note_encryption(leaf.part, info.is_signed_only);
    const bool message = is_message_type(leaf.part.content_type);
    leaves_.push_back(std::move(leaf));
    if (message && !decoded.empty()) open_encoded_message(step, decoded);
  }

  static bool is_message_type(const std::string& type) { return type == "message/rfc822" || type == "message/global"; }

  static bool is_body_type(const std::string& type) {
    return type == "text/plain" || type == "text/html" || type == "text/enriched" || type == "text/richtext";
  }

  // text/calendar and the like offered as another form of the body are listed, not attached.
  static bool is_alternative_text(const Leaf& leaf) {
    return !leaf.choices.empty() && !leaf.has_name && leaf.part.content_type.starts_with("text/");
  }

  static std::string_view content_bytes(GMimePart* part) {
    GMimeDataWrapper* content = g_mime_part_get_content(part);
    GMimeStream* stream = content == nullptr ? nullptr : g_mime_data_wrapper_get_stream(content);
    if (stream == nullptr || !GMIME_IS_STREAM_MEM(stream)) return {};
    const GByteArray* array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    if (array == nullptr || array->data == nullptr) return {};
    const auto size = static_cast<gint64>(array->len);
    const gint64 begin = std::clamp<gint64>(stream->bound_start, 0, size);
    const gint64 end = stream->bound_end < 0 ? size : std::clamp<gint64>(stream->bound_end, begin, size);
    return {reinterpret_cast<const char*>(array->data) + begin, static_cast<size_t>(end - begin)};
  }

  GMimeContentEncoding encoding_of(GMimePart* part, std::string_view raw) {
    const char* label = g_mime_object_get_header(GMIME_OBJECT(part), "Content-Transfer-Encoding");
    const GMimeContentEncoding encoding = g_mime_part_get_content_encoding(part);
    if (encoding == GMIME_CONTENT_ENCODING_DEFAULT && label != nullptr && *label != '\0' && !raw.empty()) {
      defects_.add("unknown-encoding");
    }
    return encoding;
  }

  std::string text_of(const ContentInfo& info, const document::Part& part, std::string_view decoded) {
    const bool html = part.content_type == "text/html" || part.content_type == "text/x-amp-html";
    std::string_view label = part.charset;
    if (html && label.empty()) label = html_charset(decoded);
    std::string text = with_plain_line_ends(decode_charset(limited(decoded), label, defects_));
    if (html) {
      text = with_plain_line_ends(html_to_text(text, limits_, defects_));
    } else if (part.content_type == "text/enriched" || part.content_type == "text/richtext") {
      text = enriched_to_text(text);
    } else if (info.is_flowed) {
      text = unflow(text, info.deletes_space);
    }
    if (text.size() > limits_.text_bytes_max) text.resize(limited(text).size());
    return text;
  }

  std::string_view limited(std::string_view text) { return limited_text(text, limits_.text_bytes_max, defects_); }

  void note_encryption(const document::Part& part, bool is_signed_only) {
    const bool smime = part.content_type == "application/pkcs7-mime" || part.content_type == "application/x-pkcs7-mime";
    const bool hides = smime && !part.name.ends_with(".p7s") && !is_signed_only;
    if (hides || has_line_with(part.text, kInlinePgp)) defects_.add("encrypted");
  }

  ContentInfo info_of(GMimeObject* object) {
    return content_info(g_mime_object_get_content_type(object), g_mime_object_get_content_disposition(object), options_,
                        defects_);
  }

  // Number, type, charset and name; nothing of the content.
  Leaf bare_leaf(const Step& step) {
    ContentInfo info = info_of(step.object);
    return bare_leaf(step, info);
  }
  // Takes the texts out of `info`.
  static Leaf bare_leaf(const Step& step, ContentInfo& info) {
    Leaf leaf;
    leaf.choices = step.choices;
    leaf.part.number = step.number;
    leaf.part.content_type = std::move(info.type);
    leaf.part.charset = std::move(info.charset);
    leaf.part.name = std::move(info.name);
    leaf.has_name = !leaf.part.name.empty();
    return leaf;
  }

  GMimeParserOptions* options_;
  const ParseLimits& limits_;
  Defects& defects_;
  std::vector<Step> waiting_;
  std::vector<Leaf> leaves_;
  uint32_t alternatives_ = 0;
  std::deque<std::string> texts_;  // decoded messages that mails_ point into
  std::vector<std::unique_ptr<ReadMail>> mails_;
};

}  // namespace

std::vector<Leaf> read_leaves(GMimeMessage* mail, std::string_view bytes, GMimeParserOptions* options,
                              const ParseLimits& limits, Defects& defects) {
  return LeafReader(options, limits, defects).run(mail, bytes);
}

std::vector<Leaf> read_lone_leaf(ContentInfo info, GMimeContentEncoding encoding, std::string_view raw,
                                 GMimeParserOptions* options, const ParseLimits& limits, Defects& defects) {
  return LeafReader(options, limits, defects).run_alone(std::move(info), encoding, raw);
}

ReadMail::ReadMail(std::string_view bytes, GMimeParserOptions* options) {
  // GMime only reads through this array, and does not own it.
  array_.data = reinterpret_cast<guint8*>(const_cast<char*>(bytes.data()));
  array_.len = static_cast<guint>(bytes.size());
  GMimeStream* stream = g_mime_stream_mem_new();
  g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
  g_mime_stream_mem_set_byte_array(GMIME_STREAM_MEM(stream), &array_);
  GMimeParser* parser = g_mime_parser_new_with_stream(stream);
  message_ = g_mime_parser_construct_message(parser, options);
  g_object_unref(parser);
  g_object_unref(stream);
}

ReadMail::~ReadMail() {
  if (message_ != nullptr) g_object_unref(message_);
}

}  // namespace custos::stage
