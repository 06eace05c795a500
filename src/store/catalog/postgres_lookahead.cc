#include "store/catalog/postgres_lookahead.h"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "client/postgres.h"
#include "store/catalog/postgres_paths.h"

namespace custos::store {
namespace {

using client::PostgresIntegers;
using client::PostgresTexts;

constexpr char kContents[] = "SELECT content_key FROM message WHERE substr(content_key, 1, 8) = ANY(?::bytea[])";
constexpr char kIds[] = "SELECT m.id FROM unnest(?::bytea[]) AS w(id) JOIN message m ON m.id = w.id";
// The paths' numbers come first: in one question, the planner may begin with the ledger.
constexpr char kPlaces[] =
    "SELECT w.number FROM unnest(?::bigint[], ?::bigint[], ?::bigint[]) WITH ORDINALITY AS w(path, generation, begin, "
    "number) JOIN ledger l ON l.path = w.path AND l.generation = w.generation AND l.begin = w.begin";
constexpr char kAddPeople[] =
    "INSERT INTO person(address, name) SELECT w.address, w.name FROM unnest(?::bytea[], ?::bytea[]) AS w(address, "
    "name) "
    "WHERE NOT EXISTS (SELECT 1 FROM person p WHERE p.address = w.address) ON CONFLICT DO NOTHING";
constexpr size_t kPeopleKnownMax = 1 << 20;
// A table that has grown since it was looked at must not be read from one end to the other for a few rows.
constexpr char kByIndex[] =
    "BEGIN; SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off";

std::string name_of(SourceId source, const document::Place& place, uint64_t generation) {
  return fmt::format("{}/{}/{}/", static_cast<int64_t>(source), generation, place.begin) + place.path;
}

Status by_index(PostgresSql& database, const std::function<Status()>& ask) {
  RETURN_IF_ERROR(database.execute(kByIndex));
  const Status asked = ask();
  const Status ended = database.execute("ROLLBACK");
  return asked.ok() ? ended : asked;
}

Status find_contents(PostgresSql& database, std::unordered_set<Digest>& missing) {
  PostgresTexts beginnings;
  for (const Digest& key : missing) beginnings.add(key.view().substr(0, 8));
  const std::string bytes(beginnings.bytes());
  Query query = database.query(kContents);
  query.bind(Blob{bytes});
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) return {};
    if (query.view(0).size() == sizeof(Digest)) missing.erase(Digest::from_view(query.view(0)));
  }
}

}  // namespace

void PostgresLookahead::clear() {
  contents_.clear();
  ids_.clear();
  places_.clear();
}

bool PostgresLookahead::lacks_place(SourceId source, const document::Place& place, uint64_t generation) const {
  return !places_.empty() && places_.contains(name_of(source, place, generation));
}

Status PostgresLookahead::ask_ids(PostgresSql& database, std::span<const Expected> expected) {
  PostgresTexts wanted;
  for (const Expected& item : expected) {
    if (item.id.empty()) continue;
    wanted.add(item.id);
    ids_.emplace(item.id);
  }
  if (ids_.empty()) return {};
  Query query = database.query(kIds);
  query.bind(Blob{wanted.bytes()});
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) return {};
    ids_.erase(query.text(0));
  }
}

Status PostgresLookahead::ask_places(PostgresSql& database, std::span<const Expected> expected) {
  PathNumbers paths;
  for (const Expected& item : expected) {
    paths.try_emplace({static_cast<int64_t>(item.source), item.place.path}, 0);
    places_.insert(name_of(item.source, item.place, item.generation));
  }
  RETURN_IF_ERROR(find_paths(database, paths));
  PostgresIntegers numbers, generations, begins;
  std::vector<std::string> names;
  for (const Expected& item : expected) {
    const int64_t path = paths[{static_cast<int64_t>(item.source), item.place.path}];
    if (path == 0) continue;
    numbers.add(path);
    generations.add(static_cast<int64_t>(item.generation));
    begins.add(static_cast<int64_t>(item.place.begin));
    names.push_back(name_of(item.source, item.place, item.generation));
  }
  if (names.empty()) return {};
  Query query = database.query(kPlaces);
  query.bind(Blob{numbers.bytes()}, Blob{generations.bytes()}, Blob{begins.bytes()});
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) return {};
    places_.erase(names[static_cast<size_t>(query.integer(0) - 1)]);
  }
}

// In the order of addresses: of two that add the same persons one waits for the other, and not both.
Status PostgresLookahead::add_people(PostgresSql& database, std::span<const Expected> expected) {
  if (people_.size() > kPeopleKnownMax) people_.clear();
  std::map<std::string_view, std::string_view> fresh;
  for (const Expected& item : expected) {
    if (item.record == nullptr) continue;
    for (const auto* list : {&item.record->from, &item.record->to, &item.record->cc, &item.record->bcc}) {
      for (const document::Participant& one : *list) {
        if (people_.insert(hash64(one.address)).second) fresh.try_emplace(one.address, one.name);
      }
    }
  }
  if (fresh.empty()) return {};
  PostgresTexts addresses, names;
  for (const auto& [address, name] : fresh) {
    addresses.add(address);
    names.add(name);
  }
  return database.query(kAddPeople).bind(Blob{addresses.bytes()}, Blob{names.bytes()}).run();
}

Status PostgresLookahead::ask(PostgresSql& database, std::span<const Expected> expected) {
  clear();
  if (expected.empty()) return {};
  RETURN_IF_ERROR(add_people(database, expected));
  for (const Expected& item : expected) {
    if (!item.id.empty()) contents_.insert(item.content_key);
  }
  const Status asked = by_index(database, [&]() -> Status {
    if (!contents_.empty()) RETURN_IF_ERROR(find_contents(database, contents_));
    RETURN_IF_ERROR(ask_ids(database, expected));
    return ask_places(database, expected);
  });
  if (!asked.ok()) clear();
  return asked;
}

Result<std::unordered_set<Digest>> PostgresLookahead::missing(PostgresSql& database, std::span<const Digest> keys) {
  std::unordered_set<Digest> missing(keys.begin(), keys.end());
  if (missing.empty()) return missing;
  RETURN_IF_ERROR(by_index(database, [&] { return find_contents(database, missing); }));
  return missing;
}

}  // namespace custos::store
