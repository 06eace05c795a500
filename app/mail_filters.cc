// parse and thread: mail to JSON lines, and these lines to their threads.
#include <fmt/format.h>

#include <cstdio>
#include <utility>

#include "app/commands.h"
#include "app/json_lines.h"
#include "app/message_json.h"
#include "source/source.h"
#include "stage/clean/clean.h"
#include "stage/deduplicate/deduplicate.h"
#include "stage/parse/parse.h"
#include "stage/thread/jwz.h"
#include "stage/thread/thread_keys.h"

namespace custos::app {
namespace {

using document::Message;
using document::Part;
using document::RawDocument;
using document::RawKind;

class ParseFilter {
 public:
  static Result<ParseFilter> create(const Config& config) {
    ASSIGN_OR_RETURN(stage::MailParser parser, stage::MailParser::create(config.stages.parse));
    ASSIGN_OR_RETURN(stage::Cleaner cleaner, stage::Cleaner::create(config.stages.clean));
    return ParseFilter(config, std::move(parser), std::move(cleaner));
  }

  // Prints a line for each message of `file`.
  [[nodiscard]] Status run(const std::filesystem::path& file);
  [[nodiscard]] bool some_failed() const { return some_failed_; }

 private:
  ParseFilter(const Config& config, stage::MailParser parser, stage::Cleaner cleaner)
      : config_(config), parser_(std::move(parser)), cleaner_(std::move(cleaner)) {}

  [[nodiscard]] Status print(const RawDocument& raw);
  void complain(const document::Place& place, const std::string& reason);

  Config config_;
  stage::MailParser parser_;
  stage::Cleaner cleaner_;
  bool some_failed_ = false;
};

void ParseFilter::complain(const document::Place& place, const std::string& reason) {
  some_failed_ = true;
  fmt::print(stderr, "custos: {} at byte {}: {}\n", place.path, place.begin, reason);
}

Status ParseFilter::print(const RawDocument& raw) {
  auto message =
      raw.kind == RawKind::kMail ? parser_.parse(raw.bytes) : stage::parse_record(raw.bytes, config_.stages.parse);
  if (!message.ok()) {
    complain(raw.place, message.error().message);
    return {};
  }
  message->id = stage::message_public_id(*message, stage::content_key(*message));
  for (Part& part : message->parts) {
    if (!part.is_body) continue;
    part.removed = cleaner_.find_removed(part.text, stage::clean_hints(*message, part.content_type == "text/html"));
  }
  return print_line(parsed_json(*message));
}

Status ParseFilter::run(const std::filesystem::path& file) {
  const auto never_read = [](const std::string&) -> std::optional<source::FileState> { return std::nullopt; };
  ASSIGN_OR_RETURN(const auto source, source::open_source(file, config_.source, never_read));
  while (true) {
    ASSIGN_OR_RETURN(const auto item, source->next());
    if (!item) return {};
    if (const auto* raw = std::get_if<RawDocument>(&item->what)) RETURN_IF_ERROR(print(*raw));
    if (const auto* span = std::get_if<document::SkippedSpan>(&item->what); span != nullptr && span->failed) {
      complain(span->place, span->reason);
    }
  }
}

struct ParsedLine {
  std::string id;
  stage::ThreadInput input;
};

stage::ThreadInput thread_input(Message message, const stage::Cleaner& cleaner) {
  stage::ThreadInput input;
  std::vector<stage::QuotedBlock> blocks;
  if (!message.parts.empty()) {
    Part& body = message.parts.front();
    body.removed = cleaner.find_removed(body.text, stage::clean_hints(message, false));
    blocks = stage::quoted_blocks(body.text, body.removed);
  }
  std::vector<stage::QuotedText> quoted;
  for (const stage::QuotedBlock& block : blocks) {
    quoted.push_back({block.subject, block.body.of(message.parts.front().text)});
  }
  input.keys = stage::thread_keys(message, quoted);
  if (message.date) input.date = message.date->utc_seconds;
  input.message_id = std::move(message.message_id);
  input.in_reply_to = std::move(message.in_reply_to);
  input.references = std::move(message.references);
  input.subject = std::move(message.subject);
  return input;
}

Result<std::vector<ParsedLine>> read_parsed_lines(const Config& config, bool& some_failed) {
  ASSIGN_OR_RETURN(const stage::Cleaner cleaner, stage::Cleaner::create(config.stages.clean));
  std::vector<ParsedLine> lines;
  RETURN_IF_ERROR(for_each_line(stdin, [&](std::string_view line, uint64_t number) -> Status {
    auto message = stage::parse_record(line, config.stages.parse);
    if (!message.ok()) {
      some_failed = true;
      fmt::print(stderr, "custos: line {}: {}\n", number, message.error().message);
      return {};
    }
    std::string id = message->id;
    lines.push_back({std::move(id), thread_input(std::move(*message), cleaner)});
    return {};
  }));
  return lines;
}

Status print_threads(const std::vector<ParsedLine>& lines, const std::vector<stage::ThreadPlace>& places) {
  for (size_t i = 0; i < places.size(); ++i) {
    const stage::ThreadPlace& place = places[i];
    JsonWriter w;
    w.begin_object().key("id").value(lines[i].id).key("thread").value(lines[place.thread].id).key("parent");
    place.parent < 0 ? w.null() : w.value(lines[static_cast<size_t>(place.parent)].id);
    w.key("order").value(place.order).end_object();
    RETURN_IF_ERROR(print_line(w.text()));
  }
  return {};
}

}  // namespace

int run_parse(const CommonOptions& common, const std::vector<std::string>& files) {
  const auto config = load_config(common, {});
  if (!config.ok()) return report(config.error());
  auto filter = ParseFilter::create(*config);
  if (!filter.ok()) return report(filter.error());
  bool some_failed = false;
  for (const std::string& file : files.empty() ? std::vector<std::string>{"-"} : files) {
    const Status done = filter->run(file);
    if (done.ok()) continue;
    some_failed = true;
    if (const int code = report(done.error()); files.size() < 2) return code;
  }
  return some_failed || filter->some_failed() ? kExitSomeFailed : kExitDone;
}

int run_thread(const CommonOptions& common, const ThreadCommand& command) {
  const auto config = load_config(common, {});
  if (!config.ok()) return report(config.error());
  const auto algorithm = stage::thread_algorithm_from_name(command.algorithm);
  if (!algorithm.ok()) return report(algorithm.error());
  bool some_failed = false;
  auto lines = read_parsed_lines(*config, some_failed);
  if (!lines.ok()) return report(lines.error());
  std::vector<stage::ThreadInput> inputs;
  for (ParsedLine& line : *lines) inputs.push_back(std::move(line.input));
  const Status printed = print_threads(*lines, stage::thread_messages(inputs, *algorithm));
  if (!printed.ok()) return report(printed.error());
  return some_failed ? kExitSomeFailed : kExitDone;
}

}  // namespace custos::app
