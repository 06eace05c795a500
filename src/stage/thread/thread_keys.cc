#include "stage/thread/thread_keys.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <string>

#include "base/digest.h"
#include "base/utf8.h"
#include "stage/thread/base_subject.h"

namespace custos::stage {
namespace {

using document::Message;
using document::Part;
using document::Participant;
using document::Span;
using document::ThreadKeys;

// Letters and digits of a text's beginning that a content key is over, and the fewest that make one.
constexpr size_t kLettersMax = 160;
constexpr size_t kLettersMin = 20;
constexpr size_t kLettersMinWithoutSubject = 40;
constexpr size_t kSubjectLettersMin = 5;
// A subject answers one of this window or the window before it.
constexpr int64_t kSubjectWindowSeconds = 14LL * 24 * 3600;

uint64_t key_of(std::string_view kind, std::string_view what) { return hash64(what, hash64(kind)); }

// Collects the first letters and digits of texts, folded; marks, white space and line ends do not count.
class Letters {
 public:
  void add(std::string_view text) {
    for (size_t i = 0; i < text.size() && count_ < kLettersMax;) {
      const auto byte = static_cast<unsigned char>(text[i]);
      if (byte < 0x80) {
        add_ascii(byte);
        ++i;
      } else {
        const CodePoint point = utf8_decode(text, i);
        add_wide(static_cast<UChar32>(point.value));
        i += point.length;
      }
    }
  }
  [[nodiscard]] size_t count() const { return count_; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void add_ascii(unsigned char byte) {
    const auto lower = static_cast<unsigned char>(byte | 0x20);
    const bool is_letter = lower >= 'a' && lower <= 'z';
    if (!is_letter && (byte < '0' || byte > '9')) return;
    text_ += static_cast<char>(is_letter ? lower : byte);
    ++count_;
  }
  void add_wide(UChar32 point) {
    if (!u_isalnum(point)) return;
    utf8_append(text_, static_cast<char32_t>(u_foldCase(point, U_FOLD_CASE_DEFAULT)));
    ++count_;
  }

  std::string text_;
  size_t count_ = 0;
};

class KeyMaker {
 public:
  explicit KeyMaker(const Message& message) : message_(message), subject_(localized_base_subject(message.subject)) {}

  ThreadKeys run(const std::vector<QuotedText>& quoted) {
    add_ids();
    add_own_content();
    for (size_t i = 0; i < std::min(quoted.size(), kThreadQuotedMax); ++i) add_quoted(quoted[i]);
    add_subject_pairs();
    for (std::vector<uint64_t>* list : {&keys_.own, &keys_.links}) {
      std::sort(list->begin(), list->end());
      list->erase(std::unique(list->begin(), list->end()), list->end());
    }
    return std::move(keys_);
  }

 private:
  void add_ids() {
    if (!message_.message_id.empty()) keys_.own.push_back(key_of("mid", message_.message_id));
    if (!message_.thread_hint.empty())
      keys_.links.push_back(key_of("hint", message_.channel + '\n' + message_.thread_hint));
    const size_t count = message_.references.size();
    for (size_t i = 0; i < count; ++i) {
      const bool is_kept = i < 8 || count - i <= kThreadReferencesMax - 8;
      if (is_kept) add_reference(message_.references[i]);
    }
    for (size_t i = 0; i < std::min<size_t>(message_.in_reply_to.size(), 8); ++i)
      add_reference(message_.in_reply_to[i]);
  }

  void add_reference(const std::string& id) {
    if (!id.empty() && id != message_.message_id) keys_.links.push_back(key_of("mid", id));
  }

  static void add_content(std::vector<uint64_t>& keys, const std::string& subject, const Letters& letters) {
    if (letters.count() < (subject.empty() ? kLettersMinWithoutSubject : kLettersMin)) return;
    keys.push_back(key_of("text", subject + '\n' + letters.text()));
  }

  // Who answers may quote what was authored alone, or the whole text with the history in it.
  void add_own_content() {
    Letters authored;
    Letters whole;
    for (const Part& part : message_.parts) {
      if (!part.is_body) continue;
      whole.add(part.text);
      const auto size = static_cast<uint32_t>(part.text.size());
      for (const Span span : document::authored_spans(part.removed, size)) authored.add(span.of(part.text));
    }
    add_content(keys_.own, subject_.text, authored);
    add_content(keys_.own, subject_.text, whole);
  }

  void add_quoted(const QuotedText& quoted) {
    Letters letters;
    letters.add(quoted.body);
    const bool has_subject = !quoted.subject.empty();
    add_content(keys_.links, has_subject ? localized_base_subject(quoted.subject).text : subject_.text, letters);
  }

  void add_subject_pairs() {
    Letters letters;
    letters.add(subject_.text);
    if (letters.count() < kSubjectLettersMin || message_.from.empty() || message_.from.front().address.empty()) return;
    const bool has_headers = !message_.references.empty() || !message_.in_reply_to.empty();
    const bool is_answer = subject_.is_reply && !has_headers;
    const int64_t window = message_.date ? message_.date->utc_seconds / kSubjectWindowSeconds : 0;
    size_t recipients = 0;
    for (const auto* list : {&message_.to, &message_.cc}) {
      for (const Participant& recipient : *list) {
        if (recipients++ == kThreadRecipientsMax) return;
        const std::string pair = pair_with(recipient);
        keys_.own.push_back(key_of("subject", pair + std::to_string(window)));
        if (!is_answer) continue;
        keys_.links.push_back(key_of("subject", pair + std::to_string(window)));
        keys_.links.push_back(key_of("subject", pair + std::to_string(window - 1)));
      }
    }
  }

  [[nodiscard]] std::string pair_with(const Participant& recipient) const {
    const std::string& sender = message_.from.front().address;
    const auto& [first, second] = std::minmax(sender, recipient.address);
    return subject_.text + '\n' + first + '\n' + second + '\n';
  }

  const Message& message_;
  BaseSubject subject_;
  ThreadKeys keys_;
};

}  // namespace

ThreadKeys thread_keys(const Message& message, const std::vector<QuotedText>& quoted) {
  return KeyMaker(message).run(quoted);
}

}  // namespace custos::stage
