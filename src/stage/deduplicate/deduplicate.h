// When are two documents one message? Every message gets a key over what its author sent, so that the copies in
// sender's and recipients' mailboxes, however they travelled, meet in one row of the catalog.
#pragma once

#include <string>
#include <string_view>

#include "base/digest.h"
#include "document/message.h"

namespace custos::stage {

// Part of every archive's manifest: changes whenever the same message may get another key.
inline constexpr std::string_view kDeduplicateVersion = "deduplicate-1";

// Equal for copies of one message. Pure, safe from many threads.
//
// Mail: the From addresses, the date to the second, the subject without white space runs and list tags ("[list]"), the
// addresses of To and Cc as one sorted set (Bcc is left out: recipients' copies lack it), the body text without white
// space (quoted-printable and format=flowed move line ends), and the sorted SHA-256 of the attachments. The Message-ID
// is no part of it, since exports give copies new ones; only where a message has almost no content (empty subject and
// body, no attachment) it is all that tells two apart, and is added.
//
// Records (JSON lines, which bring their own `id`): the id, the text and the fields.
[[nodiscard]] Digest content_key(const document::Message& message);

// The archive's id. Mail: the first 24 hex digits of the key; a record keeps the id that it brought.
[[nodiscard]] std::string message_public_id(const document::Message& message, const Digest& content_key);

// EDRM Message Identification Hash (EDRM, 2023): MD5 of the Message-ID as UTF-8, in lower-case hex. Normalised: white
// space around it and the enclosing angle brackets are not hashed (RFC 5322 §3.6.4: they are not part of the id); case
// is kept. Empty where there is no Message-ID.
[[nodiscard]] std::string edrm_mih(const document::Message& message);

}  // namespace custos::stage
