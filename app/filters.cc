// The filters: JSON lines in, JSON lines out, no archive needed.
#include <fmt/format.h>

#include <cstdio>

#include "app/commands.h"
#include "app/json_lines.h"
#include "app/message_json.h"
#include "model/encoder.h"
#include "stage/chunk/chunk.h"
#include "stage/redact/redactor.h"
#include "stage/tokenize/tokenizer.h"

namespace custos::app {
namespace {

using document::RedactedText;
using stage::RedactOptions;
using stage::Redactor;

// Runs `convert` over every line of stdin and prints what it writes after the id.
template <typename Convert>
int run_filter(Convert convert) {
  bool some_failed = false;
  const Status all = for_each_line(stdin, [&](std::string_view line, uint64_t number) -> Status {
    auto read = parse_text_line(line, number);
    if (!read.ok()) {
      some_failed = true;
      fmt::print(stderr, "custos: {}\n", read.error().message);
      return {};
    }
    JsonWriter w;
    w.begin_object().key("id").raw(read->id);
    RETURN_IF_ERROR(convert(read->text, w));
    w.end_object();
    return print_line(w.text());
  });
  if (!all.ok()) return report(all.error());
  return some_failed ? kExitSomeFailed : kExitDone;
}

void write_entities(JsonWriter& w, const std::vector<document::Entity>& entities) {
  w.key("entities").begin_array();
  for (const document::Entity& entity : entities) {
    w.begin_object().key("type").value(entity.type).key("begin").value(entity.original.begin);
    w.key("end").value(entity.original.end).key("score").value(entity.score).end_object();
  }
  w.end_array();
}

Result<RedactOptions> redact_options(const CommonOptions& common, const RedactCommand& command) {
  CommonOptions with_flags = common;
  if (!command.mask.empty()) with_flags.assignments.push_back("redact.mask=" + command.mask);
  if (!command.profile.empty()) with_flags.assignments.push_back("redact.profile=" + command.profile);
  ASSIGN_OR_RETURN(Config config, load_config(with_flags, {}));
  RedactOptions options = std::move(config.stages.redact);
  if (command.threshold >= 0) options.threshold = command.threshold;
  // Without an archive there is no secret: the filter's pseudonyms only serve to try them out.
  if (options.mask != stage::Mask::kTag && options.salt.empty()) options.salt = "custos redact filter";
  return options;
}

// Below the default threshold a person explores: every candidate is listed, also kinds that overlap.
bool lists_candidates(const RedactOptions& options) { return options.threshold < RedactOptions{}.threshold; }

Result<Redactor> default_redactor(const CommonOptions& common) {
  ASSIGN_OR_RETURN(RedactOptions options, redact_options(common, {}));
  return Redactor::create(std::move(options));
}

}  // namespace

int run_redact(const CommonOptions& common, const RedactCommand& command) {
  auto options = redact_options(common, command);
  if (!options.ok()) return report(options.error());
  const bool candidates = lists_candidates(*options);
  const auto redactor = Redactor::create(std::move(*options));
  if (!redactor.ok()) return report(redactor.error());
  auto scratch = redactor->make_scratch();
  if (!scratch.ok()) return report(scratch.error());
  return run_filter([&](const std::string& text, JsonWriter& w) -> Status {
    const RedactedText redacted = redactor->redact(text, *scratch);
    w.key("redacted").value(redacted.text());
    write_entities(w, candidates ? redactor->find(text, *scratch) : redacted.entities());
    return {};
  });
}

int run_tokenize(const CommonOptions& common, const TokenizeCommand& command) {
  if (auto config = load_config(common, {}); !config.ok()) return report(config.error());
  const stage::Tokenizer tokenizer;
  return run_filter([&](const std::string& text, JsonWriter& w) -> Status {
    document::TokenList tokens;
    command.no_sentences ? tokenizer.tokenize_sentence(text, tokens) : tokenizer.tokenize_text(text, tokens);
    w.key("tokens").begin_array();
    for (const std::string_view token : tokens) w.value(token);
    w.end_array();
    return {};
  });
}

int run_chunk(const CommonOptions& common) {
  const auto config = load_config(common, {});
  if (!config.ok()) return report(config.error());
  const auto counter = load_token_counter(common);
  if (!counter.ok()) return report(counter.error());
  // Redacting first keeps the rule that only redacted text is chunked; text without personal data stays as it is.
  const auto redactor = default_redactor(common);
  if (!redactor.ok()) return report(redactor.error());
  auto scratch = redactor->make_scratch();
  if (!scratch.ok()) return report(scratch.error());
  const stage::Chunker chunker(**counter, config->stages.chunk);
  return run_filter([&](const std::string& text, JsonWriter& w) -> Status {
    const RedactedText redacted = redactor->redact(text, *scratch);
    const auto size = static_cast<uint32_t>(redacted.text().size());
    w.key("chunks").begin_array();
    for (const document::Chunk& chunk : chunker.chunk(redacted, {{0, size}}, 0)) {
      const document::Span given = redacted.unmap(chunk.span);
      w.begin_object().key("begin").value(given.begin).key("end").value(given.end);
      w.key("tokens").value(chunk.tokens).end_object();
    }
    w.end_array();
    return {};
  });
}

int run_embed(const CommonOptions& common) {
  const auto encoder = load_encoder(common);
  if (!encoder.ok()) return report(encoder.error());
  if (!*encoder)
    return report(
        {Code::kNotFound, "no embedding model found; custos model fetch gets it, or name its folder with --models"});
  auto session = model::EncoderSession::create(*encoder);
  if (!session.ok()) return report(session.error());
  const auto redactor = default_redactor(common);
  if (!redactor.ok()) return report(redactor.error());
  auto scratch = redactor->make_scratch();
  if (!scratch.ok()) return report(scratch.error());
  std::vector<float> vector;
  return run_filter([&](const std::string& text, JsonWriter& w) -> Status {
    const RedactedText redacted = redactor->redact(text, *scratch);
    const std::string_view view = redacted.text();
    vector.clear();
    RETURN_IF_ERROR((*session)->embed({&view, 1}, vector));
    w.key("vector").begin_array();
    for (const float value : vector) w.value(value);
    w.end_array();
    return {};
  });
}

}  // namespace custos::app
