#include "app/search_json.h"

#include "app/message_json.h"
#include "base/json_writer.h"

namespace custos::app {
namespace {

void write_or_null(JsonWriter& w, const std::string& text) { text.empty() ? w.null() : w.value(text); }

// [[begin, end], …]
void write_pairs(JsonWriter& w, const std::vector<document::Span>& spans) {
  w.begin_array();
  for (const document::Span span : spans) w.begin_array().value(span.begin).value(span.end).end_array();
  w.end_array();
}

void write_shares(JsonWriter& w, const std::vector<query::ScoreShare>& shares) {
  w.key("shares").begin_array();
  for (const query::ScoreShare& share : shares) {
    w.begin_object().key("name").value(share.name).key("score").value(share.score);
    w.key("weight").value(share.weight).key("share").value(share.share).end_object();
  }
  w.end_array();
}

void write_result(JsonWriter& w, const query::SearchResult& result, bool explain) {
  w.begin_object().key("id").value(result.message.id);
  write_or_null(w.key("message_id"), result.message.message_id);
  w.key("score").value(result.score);
  write_date(w, result.message.date);
  write_participants(w.key("from"), result.from);
  write_participants(w.key("to"), result.to);
  w.key("subject").value(result.message.subject).key("thread").value(result.message.thread);
  w.key("thread_messages").value(result.thread_messages).key("near_identical").value(result.folded);
  w.key("passage").value(result.passage.text());
  write_pairs(w.key("highlights"), result.highlights);
  w.key("span").begin_object().key("part").value(result.passage_part);
  w.key("begin").value(result.passage_span.begin).key("end").value(result.passage_span.end).end_object();
  write_places(w.key("places"), result.places);
  if (explain) write_shares(w, result.shares);
  w.end_object();
}

void write_head(JsonWriter& w, std::string_view id, const query::SearchRequest& request) {
  w.begin_object().key("id").raw(id).key("query").value(request.query).key("mode").value(mode_name(request.mode));
}

}  // namespace

std::string_view mode_name(query::Mode mode) {
  switch (mode) {
    case query::Mode::kHybrid:
      return "hybrid";
    case query::Mode::kKeyword:
      return "keyword";
    case query::Mode::kVector:
      return "vector";
  }
  return "";
}

std::string search_json(std::string_view id, const query::SearchRequest& request, const query::SearchAnswer& answer) {
  JsonWriter w;
  write_head(w, id, request);
  w.key("total").value(answer.total).key("exhaustive").value(request.all);
  w.key("took_ms").value(answer.took_ms);
  if (request.explain) w.key("plan").value(answer.plan);
  w.key("results").begin_array();
  for (const query::SearchResult& result : answer.results) write_result(w, result, request.explain);
  w.end_array().end_object();
  return w.take();
}

std::string search_error_json(std::string_view id, const query::SearchRequest& request, std::string_view message) {
  JsonWriter w;
  write_head(w, id, request);
  w.key("error").value(message).key("total").value(0).key("took_ms").value(0.0);
  w.key("results").begin_array().end_array().end_object();
  return w.take();
}

}  // namespace custos::app
