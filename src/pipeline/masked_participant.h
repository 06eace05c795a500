// Participants as copies outside the archive show them: the same person is the same pseudonym, nobody is named.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "document/message.h"

namespace custos::pipeline {

// "Ann Lee <ann@example.com>" becomes "[NAME-3fa91c] <p-5d0c2b71a4@example.com>": keyed BLAKE2b, so that it can't be
// guessed by trying names. The domain stays: who spoke to which firm is what copies are for. `key`: 32 bytes.
[[nodiscard]] document::Participant masked(const document::Participant& participant, std::string_view key);
[[nodiscard]] std::vector<document::Participant> masked(const std::vector<document::Participant>& participants,
                                                        std::string_view key);

}  // namespace custos::pipeline
