// SqlCatalog: counting and checking.
#include <fmt/format.h>

#include <utility>

#include "store/catalog/sql_catalog.h"

namespace custos::store {
namespace {

struct Reference {
  const char* sql;  // counts rows that point to nothing
  const char* what;
};

constexpr Reference kReferences[] = {
    {"SELECT count(*) FROM ledger l WHERE l.status IN (0, 1) AND NOT EXISTS (SELECT 1 FROM message m WHERE m.key = "
     "l.message)",
     "ledger rows are stored or duplicates of a message that is not there"},
    {"SELECT count(*) FROM message m LEFT JOIN ledger l ON l.path = m.path AND l.generation = m.generation AND l.begin "
     "= m.begin WHERE l.status IS DISTINCT FROM 0 OR l.message IS DISTINCT FROM m.key",
     "messages have no ledger row"},
    {"SELECT abs((SELECT count(*) FROM message) - (SELECT count(*) FROM ledger WHERE status = 0))",
     "messages more or less than ledger rows that are stored"},
    {"SELECT count(*) FROM file f JOIN path p ON p.source = f.source AND p.path = f.file WHERE f.complete <> 0 AND 0 = "
     "(SELECT "
     "l.last FROM ledger l WHERE l.path = p.id AND l.generation = f.generation ORDER BY l.begin DESC LIMIT 1)",
     "files were read to their end, and the ledger does not reach it"},
    {"SELECT count(*) FROM message m WHERE NOT EXISTS (SELECT 1 FROM segment s WHERE s.id = m.segment)",
     "messages are in no segment"},
    {"SELECT count(*) FROM message m WHERE NOT EXISTS (SELECT 1 FROM message_thread t WHERE t.message = m.key)",
     "messages have no thread"},
    {"SELECT count(*) FROM message_thread t WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.key = t.message)",
     "thread rows name a message that is not there"},
    {"SELECT count(*) FROM ledger l WHERE l.pack IS NOT NULL AND NOT EXISTS (SELECT 1 FROM pack p WHERE p.id = l.pack)",
     "ledger rows name a pack that is not there"},
    {"SELECT count(*) FROM person_name n WHERE NOT EXISTS (SELECT 1 FROM person p WHERE p.id = n.person)",
     "further names are of a person who is not there"},
    {"SELECT count(*) FROM participants a WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.key = a.message)",
     "lists of participants are of a message that is not there"},
    {"SELECT count(*) FROM path p WHERE NOT EXISTS (SELECT 1 FROM source s WHERE s.id = p.source)",
     "paths name a source that is not there"},
};

}  // namespace

Result<ArchiveStatus> SqlCatalog::status() {
  ArchiveStatus status;
  Query query = database_->query("SELECT name, value FROM counter");
  const std::pair<std::string_view, uint64_t*> fields[] = {
      {"stored", &status.stored},   {"duplicates", &status.duplicates},
      {"failed", &status.failed},   {"skipped", &status.skipped},
      {"threads", &status.threads}, {"chunks", &status.chunks},
      {"vectors", &status.vectors}, {"bytes", &status.bytes}};
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) break;
    for (const auto& [name, field] : fields) {
      if (query.view(0) == name) *field = query.count(1);
    }
  }
  status.found = status.stored + status.duplicates + status.failed;
  ASSIGN_OR_RETURN(const int64_t segments, database_->integer("SELECT count(*) FROM segment"));
  status.segments = static_cast<uint64_t>(segments);
  return status;
}

Result<ArchiveStatus> SqlCatalog::recount() {
  ArchiveStatus status;
  Query query = database_->query(
      "SELECT status, count(*), CAST(coalesce(sum(raw_bytes), 0) AS BIGINT) FROM ledger GROUP BY status");
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) break;
    const uint64_t count = query.count(1);
    switch (static_cast<LedgerStatus>(query.integer(0))) {
      case LedgerStatus::kStored:
        status.stored += count;
        break;
      case LedgerStatus::kDuplicate:
        status.duplicates += count;
        break;
      case LedgerStatus::kFailed:
      case LedgerStatus::kFailedSpan:
        status.failed += count;
        break;
      case LedgerStatus::kSkipped:
        status.skipped += count;
        break;
    }
    status.bytes += query.count(2);
  }
  status.found = status.stored + status.duplicates + status.failed;
  ASSIGN_OR_RETURN(const int64_t threads, database_->integer("SELECT count(DISTINCT thread) FROM message_thread"));
  ASSIGN_OR_RETURN(const int64_t chunks,
                   database_->integer("SELECT CAST(coalesce(sum(chunks), 0) AS BIGINT) FROM segment"));
  ASSIGN_OR_RETURN(const int64_t segments, database_->integer("SELECT count(*) FROM segment"));
  status.threads = static_cast<uint64_t>(threads);
  ASSIGN_OR_RETURN(const int64_t vectors,
                   database_->integer("SELECT CAST(coalesce(sum(vectors), 0) AS BIGINT) FROM segment"));
  status.chunks = static_cast<uint64_t>(chunks);
  status.vectors = static_cast<uint64_t>(vectors);
  status.segments = static_cast<uint64_t>(segments);
  return status;
}

Result<std::vector<ReasonCount>> SqlCatalog::reasons() {
  std::vector<ReasonCount> reasons;
  Query query = database_->query(
      "SELECT r.text, l.status <> 3, count(*) FROM ledger l JOIN reason r ON r.id = l.reason GROUP BY 1, 2 "
      "ORDER BY 3 DESC, 1, 2");
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) return reasons;
    reasons.push_back({query.text(0), query.integer(1) != 0, query.count(2)});
  }
}

Status SqlCatalog::for_each_placement(const PlacementVisitor& visit) {
  Query query = database_->query("SELECT key, segment, row, id FROM message ORDER BY key");
  query.stream();
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) return {};
    RETURN_IF_ERROR(visit(MessageKey{query.integer(0)}, {query.integer(1), query.count(2)}, query.view(3)));
  }
}

// Of a file "box" that is read in parts, the progress of "box//part=70-" is kept.
Result<std::vector<int64_t>> SqlCatalog::paths_being_read() {
  std::vector<int64_t> paths;
  Query query = database_->query(
      "SELECT DISTINCT p.id FROM (SELECT source, rtrim(file, '0123456789-') AS head FROM file) f JOIN path p ON "
      "p.source = f.source AND p.path = substr(f.head, 1, length(f.head) - 7) WHERE f.head LIKE '%//part=' AND EXISTS "
      "(SELECT 1 FROM task t WHERE t.source = f.source AND t.state < 2)");
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) return paths;
    paths.push_back(query.integer(0));
  }
}

Result<std::vector<std::string>> SqlCatalog::faults() {
  std::vector<std::string> faults;
  RETURN_IF_ERROR(check_database(faults));
  for (const Reference& reference : kReferences) {
    ASSIGN_OR_RETURN(const int64_t count, database_->integer(reference.sql));
    if (count != 0) faults.push_back(fmt::format("catalog: {} {}", count, reference.what));
  }
  ASSIGN_OR_RETURN(const uint64_t strangers, People::count_strangers(*database_));
  if (strangers != 0)
    faults.push_back(fmt::format("catalog: {} participants name a person who is not there", strangers));
  return faults;
}

}  // namespace custos::store
