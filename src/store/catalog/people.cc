#include "store/catalog/people.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "base/json_writer.h"
#include "store/catalog/person_filter.h"

namespace custos::store {
namespace {

constexpr size_t kBuckets = 1 << 14;  // 4 MiB

constexpr char kFindPerson[] = "SELECT id, name FROM person WHERE address = ?";
constexpr char kAddPerson[] = "INSERT INTO person(address, name) VALUES(?, ?)";
constexpr char kAddName[] = "INSERT OR IGNORE INTO person_name(person, name) VALUES(?, ?)";
constexpr char kNumbers[] =
    "SELECT json_extract(e.value, '$[0]'), json_extract(e.value, '$[1]') FROM participants a, json_each(a.people) e "
    "WHERE a.message = ?";
// Once for each name. Both sides are in the order of their keys, so nothing is sorted.
constexpr char kAllPersons[] =
    "SELECT id, address, name FROM person UNION ALL "
    "SELECT p.id, p.address, n.name FROM person_name n JOIN person p ON p.id = n.person ORDER BY 1";
constexpr char kAddParticipants[] = "INSERT INTO participants(message, people) VALUES(?, ?)";
constexpr char kParticipants[] =
    "SELECT json_extract(e.value, '$[0]'), coalesce(json_extract(e.value, '$[2]'), p.name), p.address "
    "FROM participants a, json_each(a.people) e JOIN person p ON p.id = json_extract(e.value, '$[1]') "
    "WHERE a.message = ? ORDER BY e.key";

void make_unique(std::vector<uint64_t>& numbers) {
  std::ranges::sort(numbers);
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
}

void make_unique(PersonNumbers& numbers) {
  make_unique(numbers.from);
  make_unique(numbers.to);
}

}  // namespace

Result<People::Known> People::find_or_add(Sqlite& database, const document::Participant& participant) {
  Query find = database.query(kFindPerson);
  ASSIGN_OR_RETURN(const bool found, find.bind(participant.address).next());
  if (found) return Known{find.integer(0), hash64(find.view(1))};
  RETURN_IF_ERROR(database.query(kAddPerson).bind(participant.address, participant.name).run());
  return Known{database.last_row(), hash64(participant.name)};
}

Result<People::Known*> People::person(Sqlite& database, const document::Participant& participant) {
  const std::string_view address = participant.address;
  if (address.size() > kAddressBytesKept) {
    ASSIGN_OR_RETURN(uncached_, find_or_add(database, participant));
    return &uncached_;
  }
  if (known_.empty()) known_.resize(kBuckets);
  auto& [first, second] = known_[hash64(address) % kBuckets].persons;
  if (first.is(address)) return &first.known;
  if (!second.is(address)) {
    ASSIGN_OR_RETURN(second.known, find_or_add(database, participant));
    second.address_bytes = static_cast<uint8_t>(address.size());
    std::ranges::copy(address, second.address.begin());
  }
  std::swap(first, second);
  return &first.known;
}

Status People::add_name(Sqlite& database, Known& known, const std::string& name, uint64_t hash) {
  if (known.other_name_hash == hash || name.empty()) return {};
  known.other_name_hash = hash;
  return database.query(kAddName).bind(known.id, name).run();
}

Status People::append_role(Sqlite& database, int role, const std::vector<document::Participant>& people,
                           std::vector<uint64_t>& numbers) {
  for (const document::Participant& participant : people) {
    ASSIGN_OR_RETURN(Known* const known, person(database, participant));
    numbers.push_back(static_cast<uint64_t>(known->id));
    json_ += json_.empty() ? "[" : ",";
    fmt::format_to(std::back_inserter(json_), "[{},{}", role, known->id);
    if (const uint64_t hash = hash64(participant.name); known->name_hash != hash) {
      json_ += ',';
      append_json_string(json_, participant.name);
      RETURN_IF_ERROR(add_name(database, *known, participant.name, hash));
    }
    json_ += ']';
  }
  return {};
}

Result<PersonNumbers> People::add(Sqlite& database, int64_t message, const document::Record& record) {
  json_.clear();
  PersonNumbers numbers;
  const std::vector<document::Participant>* const roles[] = {&record.from, &record.to, &record.cc, &record.bcc};
  for (int role = 0; role < 4; ++role) {
    RETURN_IF_ERROR(append_role(database, role, *roles[role], role == 0 ? numbers.from : numbers.to));
  }
  if (json_.empty()) return numbers;
  json_ += ']';
  RETURN_IF_ERROR(database.query(kAddParticipants).bind(message, json_).run());
  make_unique(numbers);
  return numbers;
}

Result<PersonNumbers> People::numbers(Sqlite& database, int64_t message) {
  PersonNumbers numbers;
  Query query = database.query(kNumbers);
  query.bind(message);
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) break;
    (query.integer(0) == 0 ? numbers.from : numbers.to).push_back(query.count(1));
  }
  make_unique(numbers);
  return numbers;
}

Result<std::vector<uint64_t>> People::find(Sqlite& database, std::string_view text, size_t limit) {
  std::vector<uint64_t> found;
  const PersonFilter filter(text);
  if (filter.empty()) return found;
  Query query = database.query(kAllPersons);
  while (found.size() < limit) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) break;
    const uint64_t number = query.count(0);
    if (!found.empty() && found.back() == number) continue;
    if (filter.matches(query.view(1), query.view(2))) found.push_back(number);
  }
  return found;
}

Result<Participants> People::read(Sqlite& database, int64_t message) {
  Participants all;
  std::vector<document::Participant>* const roles[] = {&all.from, &all.to, &all.cc, &all.bcc};
  Query query = database.query(kParticipants);
  query.bind(message);
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) return all;
    const auto role = static_cast<size_t>(std::clamp<int64_t>(query.integer(0), 0, 3));
    roles[role]->push_back({query.text(1), query.text(2)});
  }
}

}  // namespace custos::store
