#include "app/config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <concepts>
#include <optional>
#include <sstream>
#include <utility>

#include "base/file.h"

namespace custos::app {
namespace {

constexpr uint64_t kConfigBytesMax = 1 << 20;

Error wrong_value(std::string_view key, std::string_view wants) {
  return {Code::kInvalidArgument, fmt::format("{} takes {}", key, wants)};
}

// The value of "key = <text>", or nothing where the text is no TOML value.
std::optional<toml::table> parse_value(std::string_view text) {
  try {
    return toml::parse(fmt::format("value = {}", text));
  } catch (const toml::parse_error&) {
    return std::nullopt;
  }
}

template <std::integral Integer>
Setting setting(std::string key, Integer& value) {
  return {key,
          [key, &value](std::string_view text) -> Status {
            const auto table = parse_value(text);
            const auto number = table ? (*table)["value"].value<int64_t>() : std::nullopt;
            if (!number || *number < 0 || !std::in_range<Integer>(*number)) return wrong_value(key, "a whole number");
            value = static_cast<Integer>(*number);
            return {};
          },
          [&value] { return fmt::format("{}", value); }};
}

Setting setting(std::string key, bool& value) {
  return {key,
          [key, &value](std::string_view text) -> Status {
            if (text != "true" && text != "false") return wrong_value(key, "true or false");
            value = text == "true";
            return {};
          },
          [&value] { return std::string(value ? "true" : "false"); }};
}

template <std::floating_point Real>
Setting setting(std::string key, Real& value) {
  return {key,
          [key, &value](std::string_view text) -> Status {
            const auto table = parse_value(text);
            const auto number = table ? (*table)["value"].value<double>() : std::nullopt;
            if (!number) return wrong_value(key, "a number");
            value = static_cast<Real>(*number);
            return {};
          },
          [&value] { return fmt::format("{}", value); }};
}

Setting setting(std::string key, std::filesystem::path& value) {
  return {key,
          [&value](std::string_view text) -> Status {
            const auto table = parse_value(text);
            const auto path = table ? (*table)["value"].value<std::string>() : std::nullopt;
            value = path.value_or(std::string(text));
            return {};
          },
          [&value] { return fmt::format("\"{}\"", value.string()); }};
}

Setting setting(std::string key, std::string& value) {
  return {key,
          [&value](std::string_view text) -> Status {
            const auto table = parse_value(text);
            const auto written = table ? (*table)["value"].value<std::string>() : std::nullopt;
            value = written.value_or(std::string(text));
            return {};
          },
          [&value] { return fmt::format("\"{}\"", value); }};
}

Setting setting(std::string key, std::vector<std::string>& value) {
  return {key,
          [key, &value](std::string_view text) -> Status {
            const auto table = parse_value(text);
            const toml::array* array = table ? (*table)["value"].as_array() : nullptr;
            if (array == nullptr) return wrong_value(key, "a list of strings: [\"a\", \"b\"]");
            std::vector<std::string> items;
            for (const toml::node& node : *array) {
              const auto item = node.value<std::string>();
              if (!item) return wrong_value(key, "a list of strings: [\"a\", \"b\"]");
              items.push_back(*item);
            }
            value = std::move(items);
            return {};
          },
          [&value] {
            std::string text;
            for (const std::string& item : value) text += fmt::format("{}\"{}\"", text.empty() ? "" : ", ", item);
            return fmt::format("[{}]", text);
          }};
}

template <typename Enum>
Setting choice(std::string key, Enum& value, std::vector<std::pair<std::string, Enum>> names) {
  return {key,
          [key, &value, names](std::string_view text) -> Status {
            const auto table = parse_value(text);
            const auto written = table ? (*table)["value"].value<std::string>() : std::nullopt;
            std::string all;
            for (const auto& [name, meaning] : names) {
              if (name == written.value_or(std::string(text))) return value = meaning, Status{};
              all += fmt::format("{}{}", all.empty() ? "" : ", ", name);
            }
            return wrong_value(key, "one of " + all);
          },
          [&value, names] {
            for (const auto& [name, meaning] : names) {
              if (meaning == value) return fmt::format("\"{}\"", name);
            }
            return std::string();
          }};
}

void add_source(std::vector<Setting>& all, source::SourceOptions& source) {
  all.push_back(setting("source.document_bytes_max", source.document_bytes_max));
  all.push_back(setting("source.expanded_bytes_max", source.expanded_bytes_max));
  all.push_back(setting("source.expansion_ratio_max", source.expansion_ratio_max));
  all.push_back(setting("source.container_depth_max", source.container_depth_max));
  all.push_back(setting("source.folder_depth_max", source.folder_depth_max));
  all.push_back(setting("source.poll_seconds", source.poll_seconds));
}

void add_archive(std::vector<Setting>& all, store::ArchiveOptions& archive) {
  all.push_back(setting("archive.key_file", archive.key_file));
  all.push_back(setting("archive.pack_bytes_max", archive.pack_bytes_max));
  all.push_back(setting("archive.catalog", archive.catalog));
  all.push_back(setting("archive.schema", archive.schema));
  all.push_back(setting("archive.storage", archive.storage));
  all.push_back(setting("archive.lock_days", archive.lock_days));
  all.push_back(
      choice("archive.lock_mode", archive.lock_mode,
             {{"governance", client::S3Lock::Mode::kGovernance}, {"compliance", client::S3Lock::Mode::kCompliance}}));
  all.push_back(setting("archive.cache_bytes_max", archive.cache_bytes_max));
}

void add_s3(std::vector<Setting>& all, client::S3Options& s3) {
  all.push_back(setting("s3.endpoint", s3.endpoint));
  all.push_back(setting("s3.region", s3.region));
  all.push_back(choice("s3.path_style", s3.path_style,
                       {{"auto", client::S3PathStyle::kAuto},
                        {"always", client::S3PathStyle::kAlways},
                        {"never", client::S3PathStyle::kNever}}));
  all.push_back(setting("s3.attempts", s3.attempts));
  all.push_back(setting("s3.retry_seconds", s3.retry_seconds));
  all.push_back(setting("s3.multipart_bytes", s3.multipart_bytes));
  all.push_back(setting("s3.ca_file", s3.ca_file));
}

void add_vectors(std::vector<Setting>& all, std::string& url, store::VectorStoreOptions& vectors) {
  using store::VectorConsistency;
  using store::VectorIndexKind;
  all.push_back(setting("vectors.url", url));
  all.push_back(choice<VectorIndexKind>(
      "vectors.index", vectors.index,
      {{"hnsw", VectorIndexKind::kHnsw}, {"ivf_flat", VectorIndexKind::kIvfFlat}, {"flat", VectorIndexKind::kFlat}}));
  all.push_back(setting("vectors.hnsw_m", vectors.hnsw_m));
  all.push_back(setting("vectors.hnsw_ef_construction", vectors.hnsw_ef_construction));
  all.push_back(setting("vectors.hnsw_ef", vectors.hnsw_ef));
  all.push_back(setting("vectors.ivf_nlist", vectors.ivf_nlist));
  all.push_back(setting("vectors.ivf_nprobe", vectors.ivf_nprobe));
  all.push_back(choice<VectorConsistency>("vectors.consistency", vectors.consistency,
                                          {{"bounded", VectorConsistency::kBounded},
                                           {"session", VectorConsistency::kSession},
                                           {"strong", VectorConsistency::kStrong}}));
  all.push_back(setting("vectors.call_seconds", vectors.call_seconds));
  all.push_back(setting("vectors.ready_seconds", vectors.ready_seconds));
  all.push_back(setting("vectors.user", vectors.user));
  all.push_back(setting("vectors.ca_file", vectors.ca_file));
}

void add_kafka(std::vector<Setting>& all, source::KafkaSourceOptions& kafka) {
  client::KafkaOptions& connection = kafka.connection;
  all.push_back(setting("kafka.client_id", connection.client_id));
  all.push_back(setting("kafka.security_protocol", connection.security_protocol));
  all.push_back(setting("kafka.sasl_mechanism", connection.sasl_mechanism));
  all.push_back(setting("kafka.sasl_username", connection.sasl_username));
  all.push_back(setting("kafka.sasl_password_file", connection.sasl_password_file));
  all.push_back(setting("kafka.ca_file", connection.ca_file));
  all.push_back(setting("kafka.certificate_file", connection.certificate_file));
  all.push_back(setting("kafka.key_file", connection.key_file));
  all.push_back(setting("kafka.connect_timeout_ms", connection.connect_timeout_ms));
  all.push_back(setting("kafka.properties", connection.properties));
  all.push_back(setting("kafka.until_end", kafka.until_end));
  all.push_back(setting("kafka.dead_letter_topic", kafka.dead_letter_topic));
  all.push_back(setting("kafka.file_root", kafka.file_root));
  all.push_back(setting("kafka.buffer_bytes_max", kafka.buffer_bytes_max));
  all.push_back(setting("kafka.max_poll_interval_ms", kafka.max_poll_interval_ms));
  all.push_back(setting("kafka.revoke_wait_ms", kafka.revoke_wait_ms));
}

void add_parse(std::vector<Setting>& all, stage::ParseLimits& parse) {
  all.push_back(setting("parse.parts_max", parse.parts_max));
  all.push_back(setting("parse.depth_max", parse.depth_max));
  all.push_back(setting("parse.headers_max", parse.headers_max));
  all.push_back(setting("parse.header_bytes_max", parse.header_bytes_max));
  all.push_back(setting("parse.text_bytes_max", parse.text_bytes_max));
  all.push_back(setting("parse.html_bytes_max", parse.html_bytes_max));
}

void add_redact(std::vector<Setting>& all, stage::RedactOptions& redact) {
  using stage::Mask;
  using stage::Profile;
  all.push_back(setting("redact.threshold", redact.threshold));
  all.push_back(choice<Profile>("redact.profile", redact.profile,
                                {{"identifiers", Profile::kIdentifiers}, {"full", Profile::kFull}}));
  all.push_back(choice<Mask>(
      "redact.mask", redact.mask,
      {{"tag", Mask::kTag}, {"hash", Mask::kHash}, {"pseudonym", Mask::kPseudonym}, {"last_four", Mask::kLastFour}}));
  all.push_back(setting("redact.pseudonym_digits", redact.pseudonym_digits));
  all.push_back(setting("redact.disabled", redact.disabled));
}

void add_clean_and_chunk(std::vector<Setting>& all, stage::StageOptions& stages) {
  all.push_back(setting("clean.find_signatures", stages.clean.find_signatures));
  all.push_back(setting("clean.find_disclaimers", stages.clean.find_disclaimers));
  all.push_back(setting("clean.find_list_footers", stages.clean.find_list_footers));
  all.push_back(setting("clean.disclaimer_openings", stages.clean.disclaimer_openings));
  all.push_back(setting("chunk.tokens_max", stages.chunk.tokens_max));
  all.push_back(setting("chunk.overlap_tokens", stages.chunk.overlap_tokens));
  all.push_back(setting("chunk.bytes_max", stages.chunk.bytes_max));
  all.push_back(setting("chunk.attachments", stages.chunk_scope.attachments));
  all.push_back(setting("chunk.with_quoted", stages.chunk_scope.with_quoted));
}

void add_pipeline(std::vector<Setting>& all, pipeline::IngestOptions& pipeline) {
  all.push_back(setting("pipeline.workers", pipeline.workers));
  all.push_back(setting("pipeline.batch_documents", pipeline.batch_documents));
  all.push_back(setting("pipeline.batch_bytes", pipeline.batch_bytes));
  all.push_back(setting("pipeline.batches_ahead", pipeline.batches_ahead));
  all.push_back(setting("pipeline.segment_messages", pipeline.segment_messages));
  all.push_back(setting("pipeline.segment_bytes", pipeline.segment_bytes));
  all.push_back(setting("pipeline.commit_seconds", pipeline.commit_seconds));
  all.push_back(setting("pipeline.pause_ms", pipeline.pause_ms));
  all.push_back(setting("pipeline.merge", pipeline.merge));
  all.push_back(choice("pipeline.stages", pipeline.null_stages, {{"all", false}, {"null", true}}));
}

Result<stage::Recognizer> kind_from(const toml::table& table) {
  stage::Recognizer kind;
  kind.type = table["type"].value_or(std::string());
  kind.pattern = table["pattern"].value_or(std::string());
  if (kind.type.empty() || kind.pattern.empty()) {
    return Error{Code::kInvalidArgument, "a [[redact.kind]] needs type and pattern"};
  }
  kind.score = static_cast<float>(table["score"].value_or(static_cast<double>(kind.score)));
  kind.validator = table["validator"].value_or(std::string());
  kind.ignore_case = table["ignore_case"].value_or(false);
  kind.word_edges = table["word_edges"].value_or(true);
  if (const toml::array* words = table["context"].as_array()) {
    for (const toml::node& word : *words) kind.context.push_back(word.value_or(std::string()));
  }
  return kind;
}

Status apply_kinds(Config& config, const toml::array& kinds) {
  for (const toml::node& node : kinds) {
    const toml::table* table = node.as_table();
    if (table == nullptr) return Error{Code::kInvalidArgument, "redact.kind is a list of tables: [[redact.kind]]"};
    ASSIGN_OR_RETURN(stage::Recognizer kind, kind_from(*table));
    config.stages.redact.extra.push_back(std::move(kind));
  }
  return {};
}

Status apply_node(std::vector<Setting>& settings, const std::string& key, const toml::node& node) {
  for (Setting& known : settings) {
    if (known.key != key) continue;
    std::ostringstream text;
    node.visit([&](const auto& value) { text << value; });
    return known.set(text.str());
  }
  return Error{Code::kInvalidArgument, fmt::format("there is no setting {}; config/default.toml lists them", key)};
}

Status apply_table(Config& config, std::vector<Setting>& settings, const std::string& prefix,
                   const toml::table& table) {
  for (const auto& [name, node] : table) {
    const std::string key = prefix + std::string(name.str());
    if (key == "redact.kind" && node.is_array()) {
      RETURN_IF_ERROR(apply_kinds(config, *node.as_array()));
    } else if (node.is_table()) {
      RETURN_IF_ERROR(apply_table(config, settings, key + ".", *node.as_table()));
    } else {
      RETURN_IF_ERROR(apply_node(settings, key, node));
    }
  }
  return {};
}

}  // namespace

std::vector<Setting> settings_of(Config& config) {
  std::vector<Setting> all;
  add_source(all, config.source);
  add_kafka(all, config.source.kafka);
  add_parse(all, config.stages.parse);
  add_redact(all, config.stages.redact);
  add_clean_and_chunk(all, config.stages);
  add_pipeline(all, config.pipeline);
  add_archive(all, config.archive);
  add_s3(all, config.source.s3);
  add_vectors(all, config.vectors.url, config.vectors.store);
  all.push_back(setting("sink.mask_participants", config.pipeline.mask_participants_in_sinks));
  all.push_back(setting("sink.part_bytes_max", config.sink.part_bytes_max));
  all.push_back(setting("sink.part_rows_max", config.sink.part_rows_max));
  all.push_back(setting("sink.row_group_rows", config.sink.table.row_group_rows));
  all.push_back(setting("index.subject", config.pipeline.index_subject));
  all.push_back(setting("search.keyword_weight", config.search.keyword_weight));
  all.push_back(setting("search.candidates", config.search.candidates));
  all.push_back(setting("search.fold", config.search.fold));
  all.push_back(setting("answer.confidence", config.answer.confidence_min));
  all.push_back(setting("answer.overlap", config.answer.support.overlap_min));
  all.push_back(setting("answer.overlap_enough", config.answer.support.overlap_enough));
  all.push_back(setting("answer.missing_run", config.answer.support.missing_run_max));
  all.push_back(setting("answer.similarity", config.answer.support.similarity_min));
  return all;
}

Status apply_file(Config& config, const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const std::string text, read_file(path, kConfigBytesMax));
  try {
    const toml::table table = toml::parse(text);
    std::vector<Setting> settings = settings_of(config);
    if (Status applied = apply_table(config, settings, "", table); !applied.ok()) {
      return Error{applied.error().code, fmt::format("{}: {}", path.string(), applied.error().message)};
    }
    return {};
  } catch (const toml::parse_error& error) {
    return Error{Code::kInvalidArgument,
                 fmt::format("{}: line {}: {}", path.string(), error.source().begin.line, error.description())};
  }
}

Status apply_assignment(Config& config, std::string_view assignment) {
  const size_t equals = assignment.find('=');
  if (equals == std::string_view::npos) {
    return Error{Code::kInvalidArgument, fmt::format("--set takes key=value, not \"{}\"", assignment)};
  }
  const std::string_view key = assignment.substr(0, equals);
  for (Setting& known : settings_of(config)) {
    if (known.key == key) return known.set(assignment.substr(equals + 1));
  }
  return Error{Code::kInvalidArgument, fmt::format("there is no setting {}; config/default.toml lists them", key)};
}

}  // namespace custos::app
