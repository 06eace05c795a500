#include "stage/thread/thread_keys.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>
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

// ASCII's letters in lower case and its digits; NUL for everything else.
constexpr std::array<char, 128> folded_ascii() {
  std::array<char, 128> folded{};
  for (char c = 'a'; c <= 'z'; ++c) folded[static_cast<size_t>(c)] = folded[static_cast<size_t>(c - 'a' + 'A')] = c;
  for (char c = '0'; c <= '9'; ++c) folded[static_cast<size_t>(c)] = c;
  return folded;
}
constexpr std::array<char, 128> kFolded = folded_ascii();

uint64_t key_of(std::string_view kind, std::string_view what) { return hash64(what, hash64(kind)); }

// Collects the first letters and digits of texts, folded; marks, white space and line ends do not count.
class Letters {
 public:
  Letters() { text_.reserve(kLettersMax); }

  void add(std::string_view text) {
    for (size_t i = 0; i < text.size() && count_ < kLettersMax;) {
      if (static_cast<unsigned char>(text[i]) < 0x80) {
        i = add_ascii(text, i);
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
  // From `i` on to what is not ASCII; where that is.
  size_t add_ascii(std::string_view text, size_t i) {
    std::array<char, kLettersMax> kept;
    size_t size = 0;
    for (; i < text.size() && count_ + size < kLettersMax && static_cast<unsigned char>(text[i]) < 0x80; ++i) {
      kept[size] = kFolded[static_cast<unsigned char>(text[i])];
      size += kept[size] != '\0' ? 1 : 0;
    }
    text_.append(kept.data(), size);
    count_ += size;
    return i;
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

  void add_content(std::vector<uint64_t>& keys, const std::string& subject, const Letters& letters) {
    if (letters.count() < (subject.empty() ? kLettersMinWithoutSubject : kLettersMin)) return;
    scratch_.assign(subject).append("\n").append(letters.text());
    keys.push_back(key_of("text", scratch_));
  }

  // Who answers may quote what was authored alone, or the whole text with the history in it.
  void add_own_content() {
    Letters authored;
    Letters whole;
    bool is_all_authored = true;
    for (const Part& part : message_.parts) {
      if (!part.is_body) continue;
      whole.add(part.text);
      is_all_authored &= part.removed.empty();
    }
    add_content(keys_.own, subject_.text, whole);
    if (is_all_authored) return;
    for (const Part& part : message_.parts) {
      if (!part.is_body) continue;
      const auto size = static_cast<uint32_t>(part.text.size());
      for (const Span span : document::authored_spans(part.removed, size)) authored.add(span.of(part.text));
    }
    add_content(keys_.own, subject_.text, authored);
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
    const std::string now = std::to_string(window);
    const std::string before = std::to_string(window - 1);
    size_t recipients = 0;
    for (const auto* list : {&message_.to, &message_.cc}) {
      for (const Participant& recipient : *list) {
        if (recipients++ == kThreadRecipientsMax) return;
        keys_.own.push_back(pair_key(recipient, now));
        if (!is_answer) continue;
        keys_.links.push_back(keys_.own.back());
        keys_.links.push_back(pair_key(recipient, before));
      }
    }
  }

  [[nodiscard]] uint64_t pair_key(const Participant& recipient, std::string_view window) {
    const auto& [first, second] = std::minmax(message_.from.front().address, recipient.address);
    scratch_.assign(subject_.text).append("\n").append(first).append("\n").append(second).append("\n").append(window);
    return key_of("subject", scratch_);
  }

  const Message& message_;
  BaseSubject subject_;
  ThreadKeys keys_;
  std::string scratch_;  // what a key is over
};

}  // namespace

ThreadKeys thread_keys(const Message& message, const std::vector<QuotedText>& quoted) {
  return KeyMaker(message).run(quoted);
}

}  // namespace custos::stage
