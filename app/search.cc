// custos search: one query, a batch of them, or a prompt.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "app/commands.h"
#include "app/json_lines.h"
#include "app/search_json.h"
#include "app/search_prompt.h"
#include "app/vectors.h"
#include "base/json_reader.h"

namespace custos::app {
namespace {

using query::SearchAnswer;
using query::SearchRequest;
using query::SearchResult;

query::Mode mode_of(const std::string& name) {
  if (name == "keyword") return query::Mode::kKeyword;
  return name == "vector" ? query::Mode::kVector : query::Mode::kHybrid;
}

std::string people(const std::vector<document::Participant>& participants) {
  constexpr size_t kShownMax = 3;
  std::string all;
  for (size_t i = 0; i < std::min(participants.size(), kShownMax); ++i) {
    const document::Participant& one = participants[i];
    all.append(i > 0 ? ", " : "").append(one.name.empty() ? one.address : one.name);
  }
  if (participants.size() > kShownMax) all += fmt::format(" and {} more", participants.size() - kShownMax);
  return all;
}

// One line of the passage, what was searched for in bold on a terminal.
std::string marked(const SearchResult& result, bool color) {
  const std::string& text = result.passage.text();
  std::string out;
  size_t at = 0;
  for (const document::Span span : result.highlights) {
    out.append(text, at, span.begin - at).append(color ? "\x1b[1m" : "");
    out.append(span.of(text)).append(color ? "\x1b[0m" : "");
    at = span.end;
  }
  out.append(text, at);
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' && c != '\x1b'; };
  std::ranges::replace_if(out, is_control, ' ');
  return out;
}

void print_shares(const SearchResult& result) {
  for (const query::ScoreShare& share : result.shares) {
    fmt::print("     {:<24} {:>8.3f}  gives {:.3f}\n", share.name, share.score, share.share);
  }
}

void print_result(size_t number, const SearchResult& result, bool color, bool explain) {
  const std::string date = result.message.date ? result.message.date->rfc3339().substr(0, 10) : "no date";
  fmt::print("{:>3}. {}  {:.3f}  {}\n", number, date, result.score, result.message.subject);
  fmt::print("     {} -> {}\n", people(result.from), people(result.to));
  fmt::print("     {}\n", marked(result, color));
  fmt::print("     {} in {}", result.message.id, result.places.empty() ? "?" : result.places.front().place.path);
  if (result.places.size() > 1) fmt::print(" and {} more places", result.places.size() - 1);
  if (result.thread_messages > 1) fmt::print(" · thread of {}", result.thread_messages);
  if (result.folded > 0) fmt::print(" · {} near-identical", result.folded);
  fmt::print("\n");
  if (explain) print_shares(result);
  fmt::print("\n");
}

void print_answer(const SearchRequest& request, const SearchAnswer& answer) {
  const bool color = ::isatty(STDOUT_FILENO) != 0;
  if (request.explain) fmt::print("{}\n", answer.plan);
  for (size_t i = 0; i < answer.results.size(); ++i) print_result(i + 1, answer.results[i], color, request.explain);
  if (request.all) {
    fmt::print("all {} matches, {:.1f} ms\n", answer.total, answer.took_ms);
  } else {
    fmt::print("the best {} of {} {}, {:.1f} ms\n", answer.results.size(), answer.total,
               answer.total_is_exact ? "matches" : "candidates", answer.took_ms);
  }
}

class SearchSession {
 public:
  SearchSession(const query::Searcher& searcher, const CommonOptions& common, const SearchCommand& command)
      : searcher_(searcher), json_(common.json), base_(command.request) {
    base_.mode = mode_of(command.mode);
  }

  Status one(const std::string& text) const {
    SearchRequest request = base_;
    request.query = text;
    ASSIGN_OR_RETURN(const SearchAnswer answer, searcher_.search(request));
    if (json_) return print_line(search_json("null", request, answer));
    print_answer(request, answer);
    return {};
  }

  // A query that fails is a line with its error.
  Result<bool> batch(std::FILE* lines) const {
    bool all_done = true;
    RETURN_IF_ERROR(for_each_line(
        lines, [&](std::string_view line, uint64_t number) -> Status { return batch_line(line, number, all_done); }));
    return all_done;
  }

 private:
  Status batch_line(std::string_view line, uint64_t number, bool& all_done) const {
    ASSIGN_OR_RETURN(const JsonDocument document, parsed(line, number));
    const auto id = document.root().member("id");
    const auto text = document.root().member("query");
    SearchRequest request = base_;
    if (!text || !text->string()) return Error{Code::kCorrupt, fmt::format("line {} has no \"query\"", number)};
    request.query = std::string(*text->string());
    const std::string id_text = id ? id->text() : "null";
    const Result<SearchAnswer> answer = searcher_.search(request);
    all_done = all_done && answer.ok();
    return print_line(answer.ok() ? search_json(id_text, request, *answer)
                                  : search_error_json(id_text, request, answer.error().message));
  }

  static Result<JsonDocument> parsed(std::string_view line, uint64_t number) {
    Result<JsonDocument> document = JsonDocument::parse(line);
    if (document.ok()) return document;
    return Error{Code::kCorrupt, fmt::format("line {} of the queries: {}", number, document.error().message)};
  }

  const query::Searcher& searcher_;
  const bool json_;
  SearchRequest base_;
};

int run_prompt(const SearchSession& session) {
  read_lines_from_user("custos> ", [&](const std::string& line) {
    if (const Status done = session.one(line); !done.ok()) report(done.error());
    std::fflush(stdout);
  });
  return kExitDone;
}

}  // namespace

int run_search(const CommonOptions& common, const SearchCommand& command) {
  auto config = load_config(common, command.archive);
  if (!config.ok()) return report(config.error());
  const auto archive = store::Archive::open_for_reading(command.archive, config->archive);
  if (!archive.ok()) return report(archive.error());
  std::shared_ptr<const model::Encoder> encoder;
  if (command.mode != "keyword" && !command.request.all) {
    auto loaded = load_encoder(common);
    if (!loaded.ok()) return report(loaded.error());
    encoder = *loaded;
    if (encoder) {
      auto vectors = open_vectors(*config, encoder->version(), encoder->width());
      if (!vectors.ok()) return report(vectors.error());
      config->search.vectors = std::move(*vectors);
    }
  }
  const auto searcher = query::Searcher::create(**archive, encoder, config->search);
  if (!searcher.ok()) return report(searcher.error());
  const SearchSession session(**searcher, common, command);
  if (!command.queries.empty())
    return run_batch(command.queries, [&](std::FILE* lines) { return session.batch(lines); });
  if (!command.has_query) return run_prompt(session);
  const Status done = session.one(command.query);
  if (done.ok()) return kExitDone;
  const int code = report(done.error());
  return done.error().code == Code::kLimit ? kExitUsage : code;  // a query too long or too deep
}

}  // namespace custos::app
