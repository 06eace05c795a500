#include "client/qdrant.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <utility>

#include "base/json_writer.h"

namespace custos::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr milliseconds kFirstWait{100};
constexpr milliseconds kLongestWait{5000};
constexpr milliseconds kPollTime{200};
constexpr uint64_t kAnswerBytesMax = 64ULL << 20;
constexpr size_t kReasonBytesMax = 200;

// Only what may stand in a path is let into one.
std::string path_of(const std::string& collection, std::string_view rest) {
  std::string name = collection;
  std::ranges::replace_if(
      name, [](char c) { return c == '/' || c == '?' || c == '#' || c == '%' || c <= ' '; }, '_');
  return fmt::format("/collections/{}{}", name, rest);
}

bool passes(int status) { return status == 429 || status == 502 || status == 503 || status == 504; }

std::optional<uint64_t> whole(std::optional<JsonValue> value) {
  if (!value) return {};
  const std::optional<std::string> digits = value->whole_number();
  if (!digits) return {};
  uint64_t number = 0;
  const auto [end, fault] = std::from_chars(digits->data(), digits->data() + digits->size(), number);
  if (fault != std::errc() || end != digits->data() + digits->size()) return {};
  return number;
}

Status sleep(milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any never;
  never.wait_for(lock, stop, time, [] { return false; });
  if (stop.stop_requested()) return Error{Code::kCancelled, "stopped while waiting for Qdrant"};
  return {};
}

void write_vector(JsonWriter& json, std::span<const float> vector) {
  json.begin_array();
  for (const float value : vector) json.value(value);
  json.end_array();
}

const auto kIgnore = [](JsonValue) { return Status(); };

}  // namespace

Qdrant::Qdrant(const QdrantOptions& options, std::stop_token stop)
    : options_(options),
      stop_(std::move(stop)),
      http_({.idle_seconds = options.idle_seconds, .ca_file = options.ca_file}, stop_),
      random_(std::random_device{}()) {}

Result<std::unique_ptr<Qdrant>> Qdrant::connect(const QdrantOptions& options, std::stop_token stop) {
  std::unique_ptr<Qdrant> client(new Qdrant(options, std::move(stop)));
  const auto end = steady_clock::now() + seconds(options.ready_seconds);
  while (true) {
    const Result<HttpAnswer> answer = client->send("GET", "/readyz", {});
    if (answer.ok() && answer->status == 200) return client;
    if (!answer.ok() && answer.error().code != Code::kIo) return answer.error();
    if (answer.ok() && !passes(answer->status)) return client->error("connecting", *answer);
    if (steady_clock::now() >= end) {
      return Error{Code::kIo, fmt::format("Qdrant at {} is not ready after {} s; see that it runs there and that its "
                                          "address is right",
                                          options.url, options.ready_seconds)};
    }
    RETURN_IF_ERROR(sleep(kPollTime, client->stop_));
  }
}

Result<HttpAnswer> Qdrant::send(const char* method, const std::string& path, std::string_view body) {
  HttpRequest request;
  request.method = method;
  request.url = options_.url + path;
  request.body = body;
  request.answer_bytes_max = kAnswerBytesMax;
  if (!body.empty()) request.headers.push_back({"Content-Type", "application/json"});
  if (!options_.api_key.empty()) request.headers.push_back({"api-key", options_.api_key});
  return http_.send(request);
}

Error Qdrant::error(std::string_view what, const HttpAnswer& answer) const {
  Code code = Code::kIo;
  if (answer.status == 404) code = Code::kNotFound;
  if (answer.status == 409) code = Code::kConflict;
  if (answer.status == 413 || answer.status == 429) code = Code::kLimit;
  if (answer.status == 400 || answer.status == 401 || answer.status == 403 || answer.status == 422) {
    code = Code::kInvalidArgument;
  }
  std::string reason;
  if (const auto document = JsonDocument::parse(answer.body); document.ok()) {
    const auto status = document->root().member("status");
    const auto text = status ? status->member("error") : std::nullopt;
    if (text && text->string()) reason = ": " + std::string(text->string()->substr(0, kReasonBytesMax));
  }
  return {code, fmt::format("Qdrant at {}: {} failed with HTTP {}{}", options_.url, what, answer.status, reason)};
}

Error Qdrant::misread(std::string_view what) const {
  return {Code::kCorrupt,
          fmt::format("Qdrant at {}: the answer to {} is not of the documented form", options_.url, what)};
}

Status Qdrant::wait_before(uint32_t attempt) {
  const milliseconds longest = std::min(kLongestWait, kFirstWait * (1 << std::min<uint32_t>(attempt, 10)));
  milliseconds time = longest / 2;
  {
    const std::scoped_lock lock(random_mutex_);
    time += milliseconds(std::uniform_int_distribution<int64_t>(0, longest.count() / 2)(random_));
  }
  return sleep(time, stop_);
}

Status Qdrant::call(std::string_view what, const char* method, const std::string& path, std::string_view body,
                    const std::function<Status(JsonValue)>& take) {
  for (uint32_t attempt = 1;; ++attempt) {
    const Result<HttpAnswer> answer = send(method, path, body);
    const bool again = answer.ok() ? passes(answer->status) : answer.error().code == Code::kIo;
    if (again && attempt < options_.attempts_max) {
      RETURN_IF_ERROR(wait_before(attempt));
      continue;
    }
    if (!answer.ok()) {
      return Error{answer.error().code,
                   fmt::format("Qdrant: {} failed after {} attempts: {}", what, attempt, answer.error().message)};
    }
    if (answer->status != 200) return error(what, *answer);
    const auto document = JsonDocument::parse(answer->body);
    const auto result = document.ok() ? document->root().member("result") : std::nullopt;
    return result ? take(*result) : misread(what);
  }
}

Status Qdrant::create_collection(const QdrantCollection& collection) {
  JsonWriter json;
  json.begin_object().key("vectors").begin_object().key("size").value(collection.width);
  json.key("distance").value("Dot").end_object();
  json.key("hnsw_config").begin_object().key("m").value(collection.hnsw_m);
  json.key("ef_construct").value(collection.hnsw_ef_construction).end_object().end_object();
  const Status made =
      call("creating collection " + collection.name, "PUT", path_of(collection.name, ""), json.text(), kIgnore);
  if (made.ok()) return made;
  const Result<std::optional<uint32_t>> width = width_of(collection.name);
  if (!width.ok() || !*width) return made;
  if (**width == collection.width) return {};
  return Error{Code::kConflict, fmt::format("Qdrant at {}: collection {} has vectors of {} numbers, not {}",
                                            options_.url, collection.name, **width, collection.width)};
}

Status Qdrant::drop_collection(const std::string& name) {
  const Status done = call("dropping collection " + name, "DELETE", path_of(name, ""), {}, kIgnore);
  return !done.ok() && done.error().code == Code::kNotFound ? Status() : done;
}

Result<std::vector<std::string>> Qdrant::collections() {
  std::vector<std::string> names;
  RETURN_IF_ERROR(call("listing collections", "GET", "/collections", {}, [&](JsonValue result) -> Status {
    const auto list = result.member("collections");
    if (!list) return misread("listing collections");
    list->for_each([&](JsonValue one) {
      const auto name = one.member("name");
      if (name && name->string()) names.emplace_back(*name->string());
    });
    return {};
  }));
  return names;
}

Result<std::optional<uint32_t>> Qdrant::width_of(const std::string& name) {
  std::optional<uint32_t> width;
  const Status asked = call("describing collection " + name, "GET", path_of(name, ""), {}, [&](JsonValue result) {
    std::optional<JsonValue> at = result;
    for (const char* key : {"config", "params", "vectors", "size"}) at = at ? at->member(key) : std::nullopt;
    const std::optional<uint64_t> size = whole(at);
    if (!size) return Status(misread("describing collection " + name));
    width = static_cast<uint32_t>(*size);
    return Status();
  });
  if (!asked.ok() && asked.error().code == Code::kNotFound) return std::optional<uint32_t>();
  RETURN_IF_ERROR(asked);
  return width;
}

Status Qdrant::create_field_index(const std::string& collection, const std::string& field, std::string_view schema) {
  JsonWriter json;
  json.begin_object().key("field_name").value(field).key("field_schema").raw(schema).end_object();
  return call("indexing field " + field, "PUT", path_of(collection, "/index?wait=true"), json.text(), kIgnore);
}

Status Qdrant::set_alias(const std::string& alias, const std::string& collection) {
  JsonWriter json;
  json.begin_object().key("actions").begin_array();
  json.begin_object().key("delete_alias").begin_object().key("alias_name").value(alias).end_object().end_object();
  json.begin_object().key("create_alias").begin_object().key("collection_name").value(collection);
  json.key("alias_name").value(alias).end_object().end_object();
  json.end_array().end_object();
  return call("setting alias " + alias, "POST", "/collections/aliases", json.text(), kIgnore);
}

Status Qdrant::upsert(const std::string& collection, std::span<const QdrantPoint> points) {
  JsonWriter json;
  json.begin_object().key("points").begin_array();
  for (const QdrantPoint& point : points) {
    json.begin_object().key("id").value(point.id).key("vector");
    write_vector(json, point.vector);
    json.key("payload").raw(point.payload).end_object();
  }
  json.end_array().end_object();
  return call("upserting into " + collection, "PUT", path_of(collection, "/points?wait=true"), json.text(), kIgnore);
}

Status Qdrant::remove(const std::string& collection, std::span<const uint64_t> ids) {
  JsonWriter json;
  json.begin_object().key("points").begin_array();
  for (const uint64_t id : ids) json.value(id);
  json.end_array().end_object();
  return call("removing from " + collection, "POST", path_of(collection, "/points/delete?wait=true"), json.text(),
              kIgnore);
}

Result<std::vector<QdrantHit>> Qdrant::search(const QdrantSearch& search) {
  JsonWriter json;
  json.begin_object().key("query");
  write_vector(json, search.vector);
  json.key("limit").value(search.limit).key("with_payload").value(false).key("with_vector").value(false);
  json.key("params").begin_object();
  json.key("hnsw_ef").value(std::max(search.hnsw_ef, search.limit)).key("exact").value(search.is_exact).end_object();
  if (!search.filter.empty()) json.key("filter").raw(search.filter);
  json.end_object();
  std::vector<QdrantHit> hits;
  bool is_whole = true;
  const std::string path =
      path_of(search.collection, search.strong ? "/points/query?consistency=majority" : "/points/query");
  RETURN_IF_ERROR(call("searching " + search.collection, "POST", path, json.text(), [&](JsonValue result) -> Status {
    const auto points = result.member("points");
    if (!points) return misread("searching");
    points->for_each([&](JsonValue one) {
      const auto id = whole(one.member("id"));
      const auto score = one.member("score");
      is_whole = is_whole && id && score && score->number();
      if (is_whole) hits.push_back({*id, static_cast<float>(*score->number())});
    });
    return {};
  }));
  if (!is_whole) return misread("searching");
  return hits;
}

Result<uint64_t> Qdrant::count(const std::string& collection) {
  std::optional<uint64_t> count;
  RETURN_IF_ERROR(call("counting", "POST", path_of(collection, "/points/count"), R"({"exact":true})",
                       [&](JsonValue result) -> Status {
                         count = whole(result.member("count"));
                         return count ? Status() : misread("counting");
                       }));
  return *count;
}

Result<std::vector<uint64_t>> Qdrant::scroll(const std::string& collection, uint64_t begin, uint32_t limit) {
  JsonWriter json;
  json.begin_object().key("offset").value(begin).key("limit").value(limit);
  json.key("with_payload").value(false).key("with_vector").value(false).end_object();
  std::vector<uint64_t> ids;
  bool is_whole = true;
  RETURN_IF_ERROR(
      call("reading ids", "POST", path_of(collection, "/points/scroll"), json.text(), [&](JsonValue result) -> Status {
        const auto points = result.member("points");
        if (!points) return misread("reading ids");
        points->for_each([&](JsonValue one) {
          const auto id = whole(one.member("id"));
          is_whole = is_whole && id;
          if (id) ids.push_back(*id);
        });
        return {};
      }));
  if (!is_whole) return misread("reading ids");
  return ids;
}

}  // namespace custos::client
