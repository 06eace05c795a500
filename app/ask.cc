// custos ask, custos summarize: answers and summaries, each sentence with its citation.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "agent/answer.h"
#include "agent/summary.h"
#include "app/answer_json.h"
#include "app/commands.h"
#include "app/json_lines.h"
#include "app/progress.h"
#include "app/vectors.h"
#include "base/json_reader.h"
#include "base/json_writer.h"

namespace custos::app {
namespace {

// All that answers an archive's questions.
struct Reading {
  std::unique_ptr<store::Archive> archive;
  std::unique_ptr<query::Searcher> searcher;
  std::unique_ptr<model::EncoderSessions> sessions;  // null without a model
  agent::AnswerOptions options;

  [[nodiscard]] agent::AnswerContext context() const { return {*archive, *searcher, sessions.get(), options}; }
};

Result<Reading> open_reading(const CommonOptions& common, const std::filesystem::path& folder) {
  ASSIGN_OR_RETURN(Config config, load_config(common, folder));
  Reading reading;
  ASSIGN_OR_RETURN(reading.archive, store::Archive::open_for_reading(folder, config.archive));
  ASSIGN_OR_RETURN(const std::shared_ptr<const model::Encoder> encoder, load_encoder(common));
  if (encoder) {
    ASSIGN_OR_RETURN(config.search.vectors, open_vectors(config, encoder->version(), encoder->width()));
    reading.sessions = std::make_unique<model::EncoderSessions>(encoder);
  } else if (!common.quiet) {
    fmt::print(stderr, "note: no model {} found: words alone decide; custos model fetch gets it\n", kModelName);
  }
  ASSIGN_OR_RETURN(reading.searcher, query::Searcher::create(*reading.archive, encoder, config.search));
  reading.options = config.answer;
  return reading;
}

agent::AnswerProgress shown_by(Progress& progress, const std::string& label) {
  return [&progress, label](uint64_t done, uint64_t total) {
    progress.show({label, done, 0, static_cast<double>(done) / static_cast<double>(std::max<uint64_t>(total, 1)), ""});
  };
}

class AskSession {
 public:
  AskSession(const CommonOptions& common, const AskCommand& command, const Reading& reading, std::stop_token stop)
      : common_(common), base_(command.request), stop_(std::move(stop)), context_(reading.context()) {}

  Status one(const std::string& question) const {
    agent::AnswerRequest request = base_;
    request.question = question;
    Progress progress(common_.quiet);
    const Result<agent::Answer> answer = agent::answer(context_, request, stop_, shown_by(progress, "ask"));
    progress.finish();
    if (!answer.ok()) return answer.error();
    if (common_.json) return print_line(answer_json(*answer, "", request.explain));
    print_answer(*answer, request.explain);
    return {};
  }

  // JSON lines {"id","question"}; one that fails is a line with its error.
  Result<bool> batch(std::FILE* lines) const {
    bool all_done = true;
    RETURN_IF_ERROR(for_each_line(lines, [&](std::string_view line, uint64_t number) -> Status {
      if (stop_.stop_requested()) return Error{Code::kCancelled, "stopped"};
      return batch_line(line, number, all_done);
    }));
    return all_done;
  }

 private:
  Status batch_line(std::string_view line, uint64_t number, bool& all_done) const {
    const Result<JsonDocument> document = JsonDocument::parse(line);
    if (!document.ok()) {
      return Error{Code::kCorrupt, fmt::format("line {} of the questions: {}", number, document.error().message)};
    }
    const auto id = document->root().member("id");
    const auto text = document->root().member("question");
    if (!text || !text->string()) return Error{Code::kCorrupt, fmt::format("line {} has no \"question\"", number)};
    agent::AnswerRequest request = base_;
    request.question = std::string(*text->string());
    if (const auto thread = document->root().member("thread"); thread && thread->string()) {
      request.scope.thread = {std::string(*thread->string())};
    }
    const Result<agent::Answer> answer = agent::answer(context_, request, stop_, {});
    JsonWriter asked;
    asked.begin_object().key("id").raw(id ? id->text() : "null");
    if (answer.ok()) return print_line(answer_json(*answer, asked.end_object().text(), request.explain));
    all_done = false;
    asked.key("error").value(answer.error().message).key("found").value(false);
    return print_line(asked.key("sentences").begin_array().end_array().end_object().text());
  }

  const CommonOptions& common_;
  const agent::AnswerRequest base_;
  const std::stop_token stop_;
  const agent::AnswerContext context_;
};

int exit_code(const Error& error) {
  const int code = report(error);
  return error.code == Code::kLimit ? kExitUsage : code;  // a question too long
}

}  // namespace

int run_ask(const CommonOptions& common, const AskCommand& command, std::stop_token stop) {
  if (command.request.sentences == 0 || command.request.sentences > agent::kSentencesMax) {
    return report({Code::kInvalidArgument, fmt::format("the limit is {}; it has to be 1 to {}",
                                                       command.request.sentences, agent::kSentencesMax)});
  }
  if (command.question.empty() == command.questions.empty()) {
    return report({Code::kInvalidArgument, "give either a question or --questions FILE"});
  }
  const Result<Reading> reading = open_reading(common, command.archive);
  if (!reading.ok()) return report(reading.error());
  const AskSession session(common, command, *reading, std::move(stop));
  if (!command.questions.empty())
    return run_batch(command.questions, [&](std::FILE* lines) { return session.batch(lines); });
  const Status done = session.one(command.question);
  return done.ok() ? kExitDone : exit_code(done.error());
}

int run_summarize(const CommonOptions& common, const SummarizeCommand& command, std::stop_token stop) {
  const Result<Reading> reading = open_reading(common, command.archive);
  if (!reading.ok()) return report(reading.error());
  Progress progress(common.quiet);
  const Result<agent::Answer> summary =
      agent::summarize(reading->context(), command.request, stop, shown_by(progress, "summarize"));
  progress.finish();
  if (!summary.ok()) return exit_code(summary.error());
  if (!common.json) {
    print_answer(*summary, false);
    return kExitDone;
  }
  const Status printed = print_line(answer_json(*summary, "", false));
  return printed.ok() ? kExitDone : report(printed.error());
}

}  // namespace custos::app
