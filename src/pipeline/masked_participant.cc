#include "pipeline/masked_participant.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"

namespace custos::pipeline {
namespace {

std::string lower_ascii(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return text;
}

}  // namespace

document::Participant masked(const document::Participant& participant, std::string_view key) {
  document::Participant shown;
  if (!participant.name.empty()) {
    shown.name = fmt::format("[NAME-{}]", blake2b_keyed(lower_ascii(participant.name), key).hex_prefix(3));
  }
  if (!participant.address.empty()) {
    const std::string address = lower_ascii(participant.address);
    const size_t at = address.rfind('@');
    const std::string domain = at == std::string::npos ? "" : address.substr(at);
    shown.address = fmt::format("p-{}{}", blake2b_keyed(address, key).hex_prefix(5), domain);
  }
  return shown;
}

std::vector<document::Participant> masked(const std::vector<document::Participant>& participants,
                                          std::string_view key) {
  std::vector<document::Participant> shown;
  shown.reserve(participants.size());
  for (const document::Participant& participant : participants) shown.push_back(masked(participant, key));
  return shown;
}

}  // namespace custos::pipeline
