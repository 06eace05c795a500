// custos support: does the cited text say what a sentence says? A filter for trying the check of citations.
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "agent/citation.h"
#include "app/commands.h"
#include "app/json_lines.h"
#include "base/json_reader.h"
#include "base/json_writer.h"

namespace custos::app {
namespace {

struct Claim {
  std::string id;  // as JSON
  std::string sentence;
  std::vector<std::string> cited;
};

Result<Claim> parse_claim(std::string_view line, uint64_t number) {
  const Result<JsonDocument> document = JsonDocument::parse(line);
  if (!document.ok()) return Error{Code::kCorrupt, fmt::format("line {}: {}", number, document.error().message)};
  Claim claim;
  const auto id = document->root().member("id");
  const auto sentence = document->root().member("sentence");
  const auto cited = document->root().member("cited");
  if (!sentence || !sentence->string() || !cited || !cited->is_array()) {
    return Error{Code::kCorrupt,
                 fmt::format("line {} needs \"sentence\", a text, and \"cited\", a list of texts", number)};
  }
  claim.id = id ? id->text() : "null";
  claim.sentence = *sentence->string();
  cited->for_each([&](JsonValue text) {
    if (text.string()) claim.cited.emplace_back(*text.string());
  });
  return claim;
}

std::string verdict_json(const Claim& claim, const agent::Verdict& verdict) {
  JsonWriter w;
  w.begin_object().key("id").raw(claim.id).key("supported").value(verdict.supported());
  w.key("fault");
  verdict.supported() ? w.null() : w.value(agent::fault_name(verdict.fault));
  w.key("overlap").value(verdict.overlap).key("similarity").value(verdict.similarity).end_object();
  return w.take();
}

}  // namespace

int run_support(const CommonOptions& common) {
  const Result<Config> config = load_config(common, {});
  if (!config.ok()) return report(config.error());
  const auto encoder = load_encoder(common);
  if (!encoder.ok()) return report(encoder.error());
  std::unique_ptr<model::EncoderSessions> sessions;
  if (*encoder) sessions = std::make_unique<model::EncoderSessions>(*encoder);
  bool some_failed = false;
  const Status done = for_each_line(stdin, [&](std::string_view line, uint64_t number) -> Status {
    const Result<Claim> read = parse_claim(line, number);
    if (!read.ok()) {
      some_failed = true;
      fmt::print(stderr, "custos: {}\n", read.error().message);
      return {};
    }
    const Claim& claim = *read;
    const std::vector<std::string_view> cited(claim.cited.begin(), claim.cited.end());
    ASSIGN_OR_RETURN(const agent::Verdict verdict,
                     agent::check_support(claim.sentence, cited, "", sessions.get(), config->answer.support));
    return print_line(verdict_json(claim, verdict));
  });
  if (!done.ok()) return report(done.error());
  return some_failed ? kExitSomeFailed : kExitDone;
}

}  // namespace custos::app
