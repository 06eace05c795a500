// From a span of a stored text to a sentence with its citation. Private to agent.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/answer.h"
#include "agent/cite/archive_texts.h"
#include "index/text_file.h"
#include "store/archive.h"

namespace custos::agent {

// kCorrupt where the message's record has no such part. The verdict is not made yet.
[[nodiscard]] Result<AnswerSentence> cited_sentence(const store::Archive& archive, const store::MessageEntry& entry,
                                                    const index::StoredPart& part, document::Span span,
                                                    ArchiveTexts& texts);

[[nodiscard]] std::vector<std::pair<std::string, std::string>> versions_of(const store::Archive& archive,
                                                                           const store::Snapshot& snapshot,
                                                                           const model::EncoderSessions* sessions);

// Of the archive, the question, its mode and versions, and all citations.
[[nodiscard]] std::string id_of(const Answer& answer, std::string_view archive, std::string_view question);

}  // namespace custos::agent
