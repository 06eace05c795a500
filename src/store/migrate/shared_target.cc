#include "store/migrate/shared_target.h"

#include <fmt/format.h>

#include <utility>

#include "store/local/archive_parts.h"
#include "store/local/create_archive.h"
#include "store/local/layout.h"
#include "store/migrate/object_copy.h"
#include "store/storage/open_objects.h"

namespace custos::store {
namespace {

// Held as long as the connection, so that two do not copy into one schema.
constexpr char kTakeLock[] = "SELECT pg_try_advisory_lock('meta'::regclass::oid::bigint)";
constexpr char kGetMeta[] = "SELECT value FROM meta WHERE name = ?";
constexpr char kMark[] = "INSERT INTO meta(name, value) VALUES(?, ?)";
// What an init that was cut short has left.
constexpr char kEmpty[] = "DELETE FROM meta; DELETE FROM counter; DELETE FROM lease; DELETE FROM task;";
constexpr char kAnalyze[] =
    "ANALYZE source, file, path, reason, pack, segment, ledger, message, person, person_name, participants, "
    "message_thread, thread_key, thread_owner";

Result<std::string> meta(Sql& sql, const char* name) {
  Query query = sql.query(kGetMeta);
  ASSIGN_OR_RETURN(const bool found, query.bind(name).next());
  return found ? query.text(0) : std::string();
}

}  // namespace

Status SharedTarget::claim_parts() {
  RETURN_IF_ERROR(make_shared_catalog(place_.options));
  ASSIGN_OR_RETURN(auto postgres, client::Postgres::connect(postgres_options(place_.options)));
  sql_ = std::make_unique<PostgresSql>(std::move(postgres));
  ASSIGN_OR_RETURN(const int64_t locked, sql_->integer(kTakeLock));
  const auto refuse = [&](std::string_view what) {
    return Error{Code::kConflict,
                 fmt::format("schema {} of the {} {}", place_.options.schema, sql_->postgres().place(), what)};
  };
  if (locked == 0) return refuse("is being copied into by another process: wait until it ends, or stop it");
  ASSIGN_OR_RETURN(const std::string archive, meta(*sql_, kMetaArchive));
  if (!archive.empty()) return refuse("has an archive's catalog already: name another one with --schema");
  ASSIGN_OR_RETURN(objects_, open_objects(place_.options));
  const std::string ours = fmt::format("{} {}", archive_id_, place_.options.storage);
  ASSIGN_OR_RETURN(const std::string mark, meta(*sql_, kMetaMigrating));
  if (mark.empty()) return claim_storage();
  if (mark == ours) return {};
  return refuse(
      "has an unfinished copy of another archive, or one into another storage: name another schema, or drop "
      "this one");
}

// What is there would be taken for this archive's.
Status SharedTarget::claim_storage() {
  ASSIGN_OR_RETURN(const bool any, has_parts(*objects_));
  if (any) {
    return Error{Code::kConflict, fmt::format("{} has segments or originals of another archive: name another storage",
                                              objects_->place())};
  }
  return sql_->query(kMark).bind(kMetaMigrating, fmt::format("{} {}", archive_id_, place_.options.storage)).run();
}

Result<CatalogDatabase> SharedTarget::begin_catalog() {
  RETURN_IF_ERROR(sql_->execute("BEGIN"));
  RETURN_IF_ERROR(sql_->execute(kEmpty));  // the mark too
  return CatalogDatabase{*sql_, true};
}

// Nobody has asked these tables yet: the planner would believe that they are empty.
Status SharedTarget::end_catalog() { return sql_->execute(kAnalyze); }

}  // namespace custos::store
