#include "store/vectors/qdrant_filter.h"

#include <cassert>

#include "base/json_writer.h"

namespace custos::store {
namespace {

using Kind = VectorFilter::Kind;

const char* name_of(PointField field) {
  switch (field) {
    case PointField::kMessage:
      return kQdrantMessage;
    case PointField::kSource:
      return kQdrantSource;
    case PointField::kFrom:
      return kQdrantFrom;
    case PointField::kTo:
      return kQdrantTo;
  }
  return "";
}

void write(const VectorFilter& filter, JsonWriter& json);

void write_group(const char* clause, const VectorFilter& filter, JsonWriter& json) {
  json.begin_object().key(clause).begin_array();
  for (const VectorFilter& child : filter.children) write(child, json);
  json.end_array().end_object();
}

void write_set(const VectorFilter& filter, JsonWriter& json) {
  json.begin_object().key("key").value(name_of(filter.field));
  json.key("match").begin_object().key("any").begin_array();
  for (const int64_t number : filter.numbers) {
    if (filter.field == PointField::kSource) {
      json.value(std::to_string(number));
    } else {
      json.value(number);
    }
  }
  json.end_array().end_object().end_object();
}

// Numbers are compared as doubles there: exact within ±2^53, which keys and dates are.
void write_range(const char* field, const VectorFilter& filter, JsonWriter& json) {
  json.begin_object().key("key").value(field).key("range").begin_object().key("gte").value(filter.begin);
  if (filter.end != INT64_MAX) json.key("lt").value(filter.end);
  json.end_object().end_object();
}

void write(const VectorFilter& filter, JsonWriter& json) {
  switch (filter.kind) {
    case Kind::kAll:
    case Kind::kNone:
      assert(false);
      return;
    case Kind::kAnd:
      return write_group("must", filter, json);
    case Kind::kOr:
      return write_group("should", filter, json);
    case Kind::kNot:
      return write_group("must_not", filter, json);
    case Kind::kInSet:
      return write_set(filter, json);
    case Kind::kDates:
      return write_range(kQdrantDate, filter, json);
    case Kind::kMessages:
      return write_range(kQdrantMessage, filter, json);
  }
}

}  // namespace

std::string qdrant_filter(const VectorFilter& filter) {
  if (filter.kind == Kind::kAll) return {};
  JsonWriter json;
  json.begin_object().key("must").begin_array();
  write(filter, json);
  json.end_array().end_object();
  return json.take();
}

}  // namespace custos::store
