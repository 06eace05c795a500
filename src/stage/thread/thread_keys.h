// The 64-bit keys by which the catalog joins messages to threads as they arrive, in whatever order.
//
// Two messages are of one thread when a key that one owns is linked by the other, or when both link one key. That two
// messages own the same key says nothing: newsletters begin alike.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "document/message.h"
#include "document/record.h"

namespace custos::stage {

// Part of every archive's manifest: changes whenever the same message may get other keys.
inline constexpr std::string_view kThreadVersion = "thread-1";

// A text that the message quotes or forwards.
struct QuotedText {
  std::string_view subject;  // of its header block; empty where it has none
  std::string_view body;     // below its attribution or header block; may carry ">" marks and further quotes
};

inline constexpr size_t kThreadRecipientsMax = 20;  // that get a subject key
inline constexpr size_t kThreadReferencesMax = 64;  // the first eight and the last ones
inline constexpr size_t kThreadQuotedMax = 16;

// Own keys: the Message-ID; how its text begins (subject and the first letters of what it says); and its subject
// with each pair of sender and recipient. Links: In-Reply-To and References; how each quoted text begins; and, only for
// a message without these headers whose subject begins with Re:, Fwd: or a localised form, subject and pairs, as a last
// resort. Both lists ascend without repeats. docs/threading.md explains lengths and time windows. Pure; any threads.
[[nodiscard]] document::ThreadKeys thread_keys(const document::Message& message, const std::vector<QuotedText>& quoted);

}  // namespace custos::stage
