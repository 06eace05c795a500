// SqlCatalog: segments.
#include <fmt/format.h>

#include <cassert>
#include <utility>

#include "store/catalog/sql_catalog.h"

namespace custos::store {
namespace {

constexpr char kSegments[] =
    "SELECT id, name, first, last, messages, chunks, vectors, bytes, manifest FROM segment ORDER BY first";
constexpr char kAddSegment[] =
    "INSERT INTO segment(name, first, last, messages, chunks, vectors, bytes, manifest, id) "
    "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kReplaceSegment[] =
    "UPDATE segment SET name = ?, first = ?, last = ?, messages = ?, chunks = ?, vectors = ?, bytes = ?, "
    "manifest = ? WHERE id = ?";
constexpr char kMoveMessages[] =
    "UPDATE message SET segment = ?, row = row + ? WHERE key BETWEEN ? AND ? AND segment = ?";
constexpr char kKeys[] = "SELECT key, row FROM message WHERE key BETWEEN ? AND ? AND segment = ? ORDER BY key";

Status write(Query query, const SegmentRow& row) {
  return query
      .bind(row.name, static_cast<int64_t>(row.first), static_cast<int64_t>(row.last), row.messages, row.chunks,
            row.vectors, row.bytes, Blob{row.manifest.view()}, row.id)
      .run();
}

// Another one may have made them anew since they were looked at.
Status check_unchanged(Sql& database, std::span<const SegmentRow> segments) {
  for (const SegmentRow& segment : segments) {
    Query query = database.query("SELECT name FROM segment WHERE id = ?");
    ASSIGN_OR_RETURN(const bool found, query.bind(segment.id).next());
    if (found && query.view(0) == segment.name) continue;
    return Error{Code::kConflict, fmt::format("another worker has replaced {} meanwhile: run it again", segment.name)};
  }
  return {};
}

}  // namespace

Status SqlCatalog::add_segment(const SegmentRow& row) {
  growth_["chunks"] += static_cast<int64_t>(row.chunks);
  growth_["vectors"] += static_cast<int64_t>(row.vectors);
  return write(database_->query(kAddSegment), row);
}

Status SqlCatalog::replace_segment(const SegmentRow& row) {
  {
    Query query = database_->query("SELECT chunks, vectors FROM segment WHERE id = ?");
    ASSIGN_OR_RETURN(const bool found, query.bind(row.id).next());
    if (!found) return Error{Code::kNotFound, fmt::format("no segment {} to replace", row.id)};
    growth_["chunks"] += static_cast<int64_t>(row.chunks) - query.integer(0);
    growth_["vectors"] += static_cast<int64_t>(row.vectors) - query.integer(1);
  }
  return write(database_->query(kReplaceSegment), row);
}

Status SqlCatalog::join_segments(std::span<const SegmentRow> segments, const SegmentRow& joined) {
  assert(!segments.empty() && segments.front().id == joined.id);
  RETURN_IF_ERROR(check_unchanged(*database_, segments));
  uint64_t rows = segments.front().messages;
  for (const SegmentRow& segment : segments.subspan(1)) {
    RETURN_IF_ERROR(
        database_->query(kMoveMessages)
            .bind(joined.id, rows, static_cast<int64_t>(segment.first), static_cast<int64_t>(segment.last), segment.id)
            .run());
    if (database_->changes() != static_cast<int64_t>(segment.messages)) {
      return Error{Code::kCorrupt, fmt::format("catalog.sqlite: {} has {} messages, {} were counted; run custos verify",
                                               segment.name, database_->changes(), segment.messages)};
    }
    RETURN_IF_ERROR(database_->query("DELETE FROM segment WHERE id = ?").bind(segment.id).run());
    growth_["chunks"] -= static_cast<int64_t>(segment.chunks);
    growth_["vectors"] -= static_cast<int64_t>(segment.vectors);
    rows += segment.messages;
  }
  return replace_segment(joined);
}

Result<std::vector<SegmentRow>> SqlCatalog::segments() {
  std::vector<SegmentRow> rows;
  Query query = database_->query(kSegments);
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) return rows;
    SegmentRow row{query.integer(0),
                   query.text(1),
                   MessageKey{query.integer(2)},
                   MessageKey{query.integer(3)},
                   query.count(4),
                   query.count(5),
                   query.count(6),
                   query.count(7),
                   {}};
    if (query.view(8).size() == row.manifest.bytes.size()) row.manifest = Digest::from_view(query.view(8));
    rows.push_back(std::move(row));
  }
}

Result<std::vector<MessageKey>> SqlCatalog::keys_of_segment(const SegmentRow& row) {
  std::vector<MessageKey> keys;
  const auto first = static_cast<int64_t>(row.first);
  const auto last = static_cast<int64_t>(row.last);
  // Nothing deleted: each key is the one before and 1, and no row needs to be read.
  if (static_cast<uint64_t>(last - first) + 1 == row.messages) {
    for (int64_t key = first; key <= last; ++key) keys.push_back(MessageKey{key});
    return keys;
  }
  Query query = database_->query(kKeys);
  query.bind(first, last, row.id);
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) break;
    if (query.count(1) != keys.size()) break;
    keys.push_back(MessageKey{query.integer(0)});
  }
  if (keys.size() == row.messages) return keys;
  return Error{Code::kCorrupt,
               fmt::format("catalog.sqlite: the messages of {} are not one a row; run custos verify", row.name)};
}

}  // namespace custos::store
