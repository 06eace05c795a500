#include "app/answer_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "app/progress.h"
#include "base/json_writer.h"

namespace custos::app {
namespace {

using agent::Answer;
using agent::AnswerSentence;
using agent::Citation;

void write_citation(JsonWriter& w, const Citation& citation) {
  w.begin_object().key("message").value(citation.message).key("part").value(citation.part);
  w.key("begin").value(citation.span.begin).key("end").value(citation.span.end);
  w.key("quote").value(citation.quote.text()).key("sha256").value(citation.sha256.hex()).end_object();
}

void write_sentence(JsonWriter& w, const AnswerSentence& sentence, bool explain) {
  w.begin_object().key("text").value(sentence.text.text()).key("citations").begin_array();
  for (const Citation& citation : sentence.citations) write_citation(w, citation);
  w.end_array().key("supported").value(sentence.verdict.supported());
  if (!sentence.verdict.supported()) w.key("fault").value(agent::fault_name(sentence.verdict.fault));
  if (explain) w.key("score").value(sentence.score);
  w.end_object();
}

void write_filters(JsonWriter& w, const Answer& answer) {
  w.key("filters").begin_array();
  for (const agent::AnswerFilter& filter : answer.filters) {
    w.begin_object().key("scope").value(filter.scope).key("value").value(filter.value);
    w.key("denied").value(filter.denied);
    w.key("begin").value(filter.span.begin).key("end").value(filter.span.end).end_object();
  }
  w.end_array();
}

void write_evidence(JsonWriter& w, const Answer& answer) {
  w.key("plan").value(answer.plan).key("evidence").begin_array();
  for (const agent::Evidence& one : answer.evidence) {
    w.begin_object().key("message").value(one.message).key("index").value(one.part);
    w.key("begin").value(one.span.begin).key("end").value(one.span.end);
    w.key("score").value(one.score).key("match").value(one.is_match).end_object();
  }
  w.end_array();
}

// One line.
std::string flat(const std::string& text) {
  std::string line;
  for (const char c : text) {
    const bool is_space = static_cast<unsigned char>(c) <= ' ';
    if (!is_space) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  return line;
}

void print_filters(const Answer& answer) {
  for (const agent::AnswerFilter& filter : answer.filters) {
    fmt::print("understood: {}{} {}\n", filter.denied ? "not " : "", filter.scope, filter.value);
  }
}

void print_source(size_t number, const AnswerSentence& sentence) {
  const Citation& citation = sentence.citations.front();
  fmt::print("[{}] {} part {} [{}, {})", number, citation.message, citation.part, citation.span.begin,
             citation.span.end);
  const std::string date = sentence.date ? sentence.date->rfc3339().substr(0, 10) : "no date";
  fmt::print("  {}  {}  {}\n", date, flat(sentence.from), flat(sentence.subject));
}

}  // namespace

std::string answer_text(const Answer& answer) {
  if (!answer.found) return std::string(kNotFoundText);
  std::string text;
  for (const AnswerSentence& sentence : answer.sentences) {
    text.append(text.empty() ? "" : " ").append(flat(sentence.text.text()));
  }
  return text;
}

std::string answer_json(const Answer& answer, std::string_view question, bool explain) {
  JsonWriter w;
  w.begin_object().key("id").value(answer.id);
  if (!question.empty()) w.key("question").raw(question);
  w.key("found").value(answer.found).key("answer").value(answer_text(answer));
  w.key("sentences").begin_array();
  for (const AnswerSentence& sentence : answer.sentences) write_sentence(w, sentence, explain);
  w.end_array().key("mode").value(agent::answer_mode_name(answer.mode));
  w.key("total").value(answer.total).key("confidence").value(answer.confidence);
  write_filters(w, answer);
  w.key("query").value(answer.query).key("took_ms").value(answer.took_ms);
  if (explain) write_evidence(w, answer);
  w.key("versions").begin_object();
  for (const auto& [name, version] : answer.versions) w.key(name).value(version);
  w.end_object().end_object();
  return w.take();
}

void print_answer(const Answer& answer, bool explain) {
  print_filters(answer);
  if (explain) fmt::print("{}\n", answer.plan);
  if (answer.mode == agent::AnswerMode::kExhaustive && answer.found) {
    fmt::print("all {} messages that match, oldest first:\n\n", grouped(answer.total));
  }
  if (!answer.found) fmt::print("{}\n", kNotFoundText);
  for (size_t i = 0; i < answer.sentences.size(); ++i) {
    const AnswerSentence& sentence = answer.sentences[i];
    fmt::print("{} [{}]{}\n", flat(sentence.text.text()), i + 1,
               sentence.verdict.supported() ? "" : " (not supported)");
  }
  if (!answer.sentences.empty()) fmt::print("\n");
  for (size_t i = 0; i < answer.sentences.size(); ++i) print_source(i + 1, answer.sentences[i]);
  fmt::print("\n{} messages {}, confidence {:.2f}, {:.1f} ms\n", grouped(answer.total),
             answer.mode == agent::AnswerMode::kBest ? "read" : "match", answer.confidence, answer.took_ms);
}

}  // namespace custos::app
