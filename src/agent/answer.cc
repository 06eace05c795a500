#include "agent/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "agent/cite/archive_texts.h"
#include "agent/cite/citing.h"
#include "agent/extract/score.h"
#include "agent/retrieve/evidence.h"
#include "agent/retrieve/message_texts.h"
#include "agent/retrieve/question.h"

namespace custos::agent {
namespace {

using std::chrono::steady_clock;

class ArchivePeople final : public People {
 public:
  explicit ArchivePeople(const store::Archive& archive) : archive_(archive) {}

  Result<size_t> count(std::string_view name) const override {
    const Result<std::vector<uint64_t>> persons = archive_.find_people(name);
    if (persons.ok()) return persons->size();
    if (persons.error().code == Code::kLimit) return size_t{UINT32_MAX};  // too many to mean one of them
    return persons.error().code == Code::kInvalidArgument ? Result<size_t>(size_t{0}) : persons.error();
  }

 private:
  const store::Archive& archive_;
};

// One question. For one thread.
class AnswerRun {
 public:
  AnswerRun(const AnswerContext& context, const AnswerRequest& request, const MessageTexts& texts)
      : archive_(context.archive),
        searcher_(context.searcher),
        sessions_(context.sessions),
        options_(context.options),
        request_(request),
        texts_(texts),
        finder_(context.archive, context.searcher, texts) {}

  Result<Answer> answer(const std::stop_token& stop, const AnswerProgress& progress) {
    ASSIGN_OR_RETURN(question_, read_question(request_.question, ArchivePeople(archive_), request_.understand));
    if (question_.words.empty() && question_.filters.empty()) {
      return Error{Code::kInvalidArgument, "the question has no word to look for"};
    }
    for (const QuestionFilter& one : question_.filters) {
      answer_.filters.push_back({one.scope, one.value, one.denied, one.span});
    }
    answer_.query = question_.query(request_.all);
    answer_.versions = versions_of(archive_, texts_.snapshot(), sessions_);
    const std::string_view words = question_.words.empty() ? question_.text : question_.words;
    ASSIGN_OR_RETURN(terms_, asked_terms(words, texts_.snapshot()));
    RETURN_IF_ERROR(request_.all ? take_all(stop, progress) : take_best(stop));
    answer_.id = id_of(answer_, archive_.id(), request_.question);
    return std::move(answer_);
  }

 private:
  Status take_best(const std::stop_token& stop) {
    ASSIGN_OR_RETURN(EvidenceSet evidence, finder_.best(question_, request_));
    if (stop.stop_requested()) return Error{Code::kCancelled, "stopped"};
    ASSIGN_OR_RETURN(ScoredSet scored, score_sentences(question_.text, terms_, evidence, sessions_));
    scored.features.is_filtered = !question_.filters.empty();
    answer_.total = evidence.total;
    answer_.confidence = scored.sentences.empty() ? 0 : confidence_of(scored.features, sessions_ != nullptr);
    answer_.found = answer_.confidence >= options_.confidence_min;
    ArchiveTexts cited(archive_);
    if (request_.explain) RETURN_IF_ERROR(explain(evidence, scored.features));
    if (!answer_.found) return {};
    for (const ScoredSentence& one : select_sentences(std::move(scored.sentences), request_.sentences)) {
      if (stop.stop_requested()) return Error{Code::kCancelled, "stopped"};
      const EvidenceMessage& message = evidence.messages[one.message];
      RETURN_IF_ERROR(add_sentence(one, message.entry, message.text, cited));
    }
    answer_.found = !answer_.sentences.empty();
    return {};
  }

  Status explain(EvidenceSet& evidence, const ConfidenceFeatures& features) {
    answer_.plan = std::move(evidence.plan);
    answer_.plan += fmt::format("confidence {:.3f} of {:.2f} needed: words {:.3f}, meaning {:.3f}\n",
                                answer_.confidence, options_.confidence_min, features.coverage, features.cosine);
    for (const EvidenceMessage& message : evidence.messages) {
      for (const index::StoredPart& part : message.text.parts) {
        const auto size = static_cast<uint32_t>(part.text.text().size());
        answer_.evidence.push_back({message.entry.id, part.part, {0, size}, message.score, message.is_match});
      }
    }
    return {};
  }

  // Every match, oldest first: of each the sentence that says most of what is asked. They are read in the order of
  // ingestion, in which they lie.
  Status take_all(const std::stop_token& stop, const AnswerProgress& progress) {
    answer_.mode = AnswerMode::kExhaustive;
    ASSIGN_OR_RETURN(query::SearchAnswer found, finder_.all(question_, request_));
    answer_.total = found.total;
    answer_.plan = std::move(found.plan);
    answer_.found = found.total > 0;
    answer_.confidence = answer_.found ? 1 : 0;
    std::vector<size_t> order(found.results.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, {}, [&](size_t i) { return found.results[i].message.key; });
    std::vector<std::optional<AnswerSentence>> sentences(order.size());
    for (size_t done = 0; done < order.size(); ++done) {
      if (stop.stop_requested()) return Error{Code::kCancelled, "stopped"};
      ASSIGN_OR_RETURN(sentences[order[done]], sentence_of(found.results[order[done]]));
      if (progress) progress(done + 1, order.size());
    }
    for (std::optional<AnswerSentence>& one : sentences) {
      if (one) answer_.sentences.push_back(std::move(*one));
    }
    return {};
  }

  // Nothing where the message has no text.
  Result<std::optional<AnswerSentence>> sentence_of(const query::SearchResult& result) {
    ASSIGN_OR_RETURN(std::optional<index::StoredText> text, texts_.read(result.message.key));
    if (!text) return std::optional<AnswerSentence>();
    EvidenceSet evidence;
    evidence.authored_only = names_author(question_, request_);
    evidence.messages.push_back({result.message, std::move(*text), result.score, true, 0, people_of(result)});
    ASSIGN_OR_RETURN(const ScoredSet scored, score_sentences(question_.text, terms_, evidence, nullptr));
    if (scored.sentences.empty()) return std::optional<AnswerSentence>();
    ArchiveTexts cited(archive_);
    const EvidenceMessage& message = evidence.messages.front();
    ASSIGN_OR_RETURN(AnswerSentence sentence, cite(scored.sentences.front(), message.entry, message.text, cited));
    return std::optional(std::move(sentence));
  }

  Status add_sentence(const ScoredSentence& one, const store::MessageEntry& entry, const index::StoredText& text,
                      ArchiveTexts& cited) {
    ASSIGN_OR_RETURN(AnswerSentence sentence, cite(one, entry, text, cited));
    if (sentence.verdict.supported()) answer_.sentences.push_back(std::move(sentence));
    return {};
  }

  Result<AnswerSentence> cite(const ScoredSentence& one, const store::MessageEntry& entry,
                              const index::StoredText& text, ArchiveTexts& cited) {
    const index::StoredPart& part = text.parts[one.sentence.stored_part];
    ASSIGN_OR_RETURN(AnswerSentence sentence, cited_sentence(archive_, entry, part, one.sentence.span, cited));
    sentence.score = one.score;
    ASSIGN_OR_RETURN(sentence.verdict,
                     check_sentence(sentence.text.text(), sentence.citations, cited, sessions_, options_.support));
    return sentence;
  }

  const store::Archive& archive_;
  const query::Searcher& searcher_;
  model::EncoderSessions* const sessions_;
  const AnswerOptions& options_;
  const AnswerRequest& request_;
  const MessageTexts& texts_;
  const EvidenceFinder finder_;
  Question question_;
  std::vector<AskedTerm> terms_;
  Answer answer_;
};

}  // namespace

std::string_view answer_mode_name(AnswerMode mode) { return mode == AnswerMode::kBest ? "best" : "exhaustive"; }

Result<Answer> answer(const AnswerContext& context, const AnswerRequest& request, const std::stop_token& stop,
                      const AnswerProgress& progress) {
  const auto start = steady_clock::now();
  ASSIGN_OR_RETURN(const MessageTexts texts, MessageTexts::open(context.archive));
  AnswerRun run(context, request, texts);
  ASSIGN_OR_RETURN(Answer found, run.answer(stop, progress));
  found.took_ms = std::chrono::duration<double, std::milli>(steady_clock::now() - start).count();
  return found;
}

}  // namespace custos::agent
