#include "agent/cite/citing.h"

#include <fmt/format.h>

namespace custos::agent {
namespace {

// Raised whenever the same question over the same archive may give another answer.
constexpr std::string_view kAnswerVersion = "extractive-1";
constexpr std::string_view kSupportVersion = "support-1";
constexpr size_t kIdBytes = 10;

}  // namespace

Result<AnswerSentence> cited_sentence(const store::Archive& archive, const store::MessageEntry& entry,
                                      const index::StoredPart& part, document::Span span, ArchiveTexts& texts) {
  ASSIGN_OR_RETURN(const CitedMessage* const message, texts.find(entry.id));
  if (message == nullptr || part.part >= message->parts.size()) {
    return Error{Code::kCorrupt, fmt::format("message {} has no part {}: run custos verify", entry.id, part.part)};
  }
  AnswerSentence sentence;
  sentence.text = part.text.slice(span);
  sentence.citations.push_back({entry.id, message->parts[part.part].number, span, sentence.text, message->sha256});
  sentence.date = entry.date;
  sentence.subject = entry.subject;
  ASSIGN_OR_RETURN(const store::Participants people, archive.participants(entry.key));
  if (!people.from.empty()) {
    const document::Participant& from = people.from.front();
    sentence.from = from.name.empty() ? from.address : from.name;
  }
  return sentence;
}

std::vector<std::pair<std::string, std::string>> versions_of(const store::Archive& archive,
                                                             const store::Snapshot& snapshot,
                                                             const model::EncoderSessions* sessions) {
  return {{"answer", std::string(kAnswerVersion)},
          {"support", std::string(kSupportVersion)},
          {"encoder", sessions == nullptr ? "none" : sessions->encoder().version()},
          {"archive", archive.id()},
          {"commit", fmt::format("{}", snapshot.commit)}};
}

std::string id_of(const Answer& answer, std::string_view archive, std::string_view question) {
  DigestBuilder digest;
  digest.add(archive).add(question).add(answer.query).add(answer_mode_name(answer.mode)).add(answer.total);
  for (const auto& [name, version] : answer.versions) digest.add(name).add(version);
  for (const AnswerSentence& sentence : answer.sentences) {
    for (const Citation& one : sentence.citations) {
      digest.add(one.message).add(one.part).add(one.span.begin).add(one.span.end).add(one.sha256.view());
    }
  }
  return "a" + digest.finish().hex_prefix(kIdBytes);
}

}  // namespace custos::agent
