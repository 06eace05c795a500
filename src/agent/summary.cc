#include "agent/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <tuple>
#include <utility>

#include "agent/cite/archive_texts.h"
#include "agent/cite/citing.h"
#include "agent/retrieve/message_texts.h"
#include "agent/summarize/salience.h"

namespace custos::agent {
namespace {

using std::chrono::steady_clock;

constexpr size_t kSentencesPerMessage = 200;
constexpr size_t kSentencesHeld = 4096;  // the best so far are kept beyond it
constexpr uint32_t kScopeSentencesMax = 100;

Status check(const SummaryRequest& request) {
  const bool is_period = !request.after.empty() || !request.before.empty();
  const int scopes = (request.thread.empty() ? 0 : 1) + (request.message.empty() ? 0 : 1) +
                     (!request.person.empty() || is_period ? 1 : 0);
  if (scopes != 1) {
    return Error{Code::kInvalidArgument,
                 "give one of --thread ID, --message ID, --person ADDRESS, --after D --before D"};
  }
  if (request.sentences == 0 || request.sentences > kScopeSentencesMax) {
    return Error{Code::kInvalidArgument, fmt::format("the number of sentences is {}; it has to be 1 to {}",
                                                     request.sentences, kScopeSentencesMax)};
  }
  return {};
}

std::string scope_text(const SummaryRequest& request) {
  std::string text;
  const auto add = [&](std::string_view scope, const std::string& value) {
    if (!value.empty()) text += fmt::format("{}{}:\"{}\"", text.empty() ? "" : " ", scope, value);
  };
  add("in", request.thread);
  add("message", request.message);
  add("from", request.person);
  add("after", request.after);
  add("before", request.before);
  return text;
}

// For one thread.
class SummaryRun {
 public:
  SummaryRun(const AnswerContext& context, const SummaryRequest& request, const MessageTexts& texts)
      : archive_(context.archive),
        searcher_(context.searcher),
        sessions_(context.sessions),
        options_(context.options),
        request_(request),
        texts_(texts) {}

  Result<Answer> summarize(const std::stop_token& stop, const AnswerProgress& progress) {
    ASSIGN_OR_RETURN(entries_, scope());
    Answer answer;
    answer.mode = AnswerMode::kExhaustive;
    answer.query = scope_text(request_);
    answer.total = entries_.size();
    answer.versions = versions_of(archive_, texts_.snapshot(), sessions_);
    RETURN_IF_ERROR(read(stop, progress));
    RETURN_IF_ERROR(request_.subject_line ? add_subject_line(answer) : add_sentences(answer, stop));
    answer.found = !answer.sentences.empty();
    answer.confidence = answer.found ? 1 : 0;
    answer.id = id_of(answer, archive_.id(), answer.query);
    return answer;
  }

 private:
  // In the order of time.
  Result<std::vector<store::MessageEntry>> scope() const {
    std::vector<store::MessageEntry> entries;
    if (!request_.message.empty()) {
      ASSIGN_OR_RETURN(store::MessageEntry entry, archive_.find_message(request_.message));
      entries.push_back(std::move(entry));
      return entries;
    }
    if (!request_.thread.empty()) {
      ASSIGN_OR_RETURN(const std::vector<store::MessageKey> keys, archive_.keys_of_thread(request_.thread));
      for (const store::MessageKey key : keys) {
        ASSIGN_OR_RETURN(store::MessageEntry entry, archive_.message(key));
        entries.push_back(std::move(entry));
      }
      std::ranges::sort(entries, {}, [](const store::MessageEntry& entry) {
        return std::tuple(entry.date ? entry.date->utc_seconds : INT64_MAX, entry.key);
      });
      return entries;
    }
    query::SearchRequest search{.mode = query::Mode::kKeyword, .all = true};
    if (!request_.person.empty()) search.from = {request_.person};
    if (!request_.after.empty()) search.after = {request_.after};
    if (!request_.before.empty()) search.before = {request_.before};
    ASSIGN_OR_RETURN(query::SearchAnswer found, searcher_.search(search));
    for (query::SearchResult& result : found.results) entries.push_back(std::move(result.message));
    return entries;
  }

  // Twice: how words are used, then which sentences use them most.
  Status read(const std::stop_token& stop, const AnswerProgress& progress) {
    const uint64_t steps = 2 * entries_.size();
    for (const bool counts : {true, false}) {
      for (size_t i = 0; i < entries_.size(); ++i) {
        if (stop.stop_requested()) return Error{Code::kCancelled, "stopped"};
        ASSIGN_OR_RETURN(const std::optional<index::StoredText> text, texts_.read(entries_[i].key));
        if (text) counts ? count(*text) : hold(i, *text);
        if (progress) progress(i + 1 + (counts ? 0 : entries_.size()), steps);
      }
    }
    return {};
  }

  void count(const index::StoredText& text) {
    for (const TextSentence& sentence : sentences_of(text, kSentencesPerMessage)) {
      if (!sentence.is_authored) continue;
      const index::StoredPart& part = text.parts[sentence.stored_part];
      use_.add(telling_stems(reader_, sentence.span.of(part.text.text()), part.language));
    }
  }

  void hold(size_t message, const index::StoredText& text) {
    for (const TextSentence& sentence : sentences_of(text, kSentencesPerMessage)) {
      if (!sentence.is_authored) continue;
      const index::StoredPart& part = text.parts[sentence.stored_part];
      SalientSentence one{.message = message, .sentence = sentence};
      one.text = sentence.span.of(part.text.text());
      one.stems = telling_stems(reader_, one.text, part.language);
      one.score = salience_by_words(one, use_);
      if (!one.stems.empty()) held_.push_back(std::move(one));
    }
    if (held_.size() <= 2 * kSentencesHeld) return;
    const auto is_better = [](const SalientSentence& a, const SalientSentence& b) {
      return std::tuple(-a.score, a.message, a.sentence.number) < std::tuple(-b.score, b.message, b.sentence.number);
    };
    std::ranges::nth_element(held_, held_.begin() + kSentencesHeld, is_better);
    held_.resize(kSentencesHeld);
  }

  Status add_sentences(Answer& answer, const std::stop_token& stop) {
    ASSIGN_OR_RETURN(const std::vector<SalientSentence> best,
                     select_salient(std::move(held_), request_.sentences, sessions_));
    ArchiveTexts cited(archive_);
    for (const SalientSentence& one : best) {
      if (stop.stop_requested()) return Error{Code::kCancelled, "stopped"};
      RETURN_IF_ERROR(cite(one, one.sentence.span, cited, answer));
    }
    return {};
  }

  Status add_subject_line(Answer& answer) {
    std::ranges::stable_sort(held_, {},
                             [](const SalientSentence& one) { return std::tuple(one.message, one.sentence.number); });
    ASSIGN_OR_RETURN(const std::vector<SubjectLine> lines, subject_lines(held_, use_, sessions_));
    if (lines.empty()) return {};
    const SalientSentence& sentence = held_[lines.front().sentence];
    const uint32_t base = sentence.sentence.span.begin;
    ArchiveTexts cited(archive_);
    return cite(sentence, {base + lines.front().span.begin, base + lines.front().span.end}, cited, answer);
  }

  Status cite(const SalientSentence& one, document::Span span, ArchiveTexts& cited, Answer& answer) const {
    const store::MessageEntry& entry = entries_[one.message];
    ASSIGN_OR_RETURN(const std::optional<index::StoredText> text, texts_.read(entry.key));
    if (!text) return {};
    ASSIGN_OR_RETURN(AnswerSentence sentence,
                     cited_sentence(archive_, entry, text->parts[one.sentence.stored_part], span, cited));
    ASSIGN_OR_RETURN(sentence.verdict,
                     check_sentence(sentence.text.text(), sentence.citations, cited, sessions_, options_.support));
    sentence.score = one.score;
    if (sentence.verdict.supported()) answer.sentences.push_back(std::move(sentence));
    return {};
  }

  const store::Archive& archive_;
  const query::Searcher& searcher_;
  model::EncoderSessions* const sessions_;
  const AnswerOptions& options_;
  const SummaryRequest& request_;
  const MessageTexts& texts_;
  std::vector<store::MessageEntry> entries_;
  std::vector<SalientSentence> held_;
  WordUse use_;
  index::TermReader reader_;
};

}  // namespace

Result<Answer> summarize(const AnswerContext& context, const SummaryRequest& request, const std::stop_token& stop,
                         const AnswerProgress& progress) {
  const auto start = steady_clock::now();
  RETURN_IF_ERROR(check(request));
  ASSIGN_OR_RETURN(const MessageTexts texts, MessageTexts::open(context.archive));
  SummaryRun run(context, request, texts);
  ASSIGN_OR_RETURN(Answer summary, run.summarize(stop, progress));
  summary.took_ms = std::chrono::duration<double, std::milli>(steady_clock::now() - start).count();
  return summary;
}

}  // namespace custos::agent
