#include "store/catalog/people.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "base/json_writer.h"

namespace custos::store {
namespace {

constexpr size_t kBuckets = 1 << 14;  // 4 MiB

constexpr char kFindPerson[] = "SELECT id, name FROM person WHERE address = ?";
constexpr char kAddPerson[] = "INSERT INTO person(address, name) VALUES(?, ?)";
constexpr char kAddParticipants[] = "INSERT INTO participants(message, people) VALUES(?, ?)";
constexpr char kParticipants[] =
    "SELECT json_extract(e.value, '$[0]'), coalesce(json_extract(e.value, '$[2]'), p.name), p.address "
    "FROM participants a, json_each(a.people) e JOIN person p ON p.id = json_extract(e.value, '$[1]') "
    "WHERE a.message = ? ORDER BY e.key";

}  // namespace

Result<People::Known> People::find_or_add(Sqlite& database, const document::Participant& participant) {
  Query find = database.query(kFindPerson);
  ASSIGN_OR_RETURN(const bool found, find.bind(participant.address).next());
  if (found) return Known{find.integer(0), hash64(find.view(1))};
  RETURN_IF_ERROR(database.query(kAddPerson).bind(participant.address, participant.name).run());
  return Known{database.last_row(), hash64(participant.name)};
}

Result<People::Known> People::person(Sqlite& database, const document::Participant& participant) {
  const std::string_view address = participant.address;
  if (address.size() > kAddressBytesKept) return find_or_add(database, participant);
  if (known_.empty()) known_.resize(kBuckets);
  auto& [first, second] = known_[hash64(address) % kBuckets].persons;
  if (first.is(address)) return first.known;
  if (!second.is(address)) {
    ASSIGN_OR_RETURN(second.known, find_or_add(database, participant));
    second.address_bytes = static_cast<uint8_t>(address.size());
    std::ranges::copy(address, second.address.begin());
  }
  std::swap(first, second);
  return first.known;
}

Status People::append_role(Sqlite& database, int role, const std::vector<document::Participant>& people) {
  for (const document::Participant& participant : people) {
    ASSIGN_OR_RETURN(const Known known, person(database, participant));
    json_ += json_.empty() ? "[" : ",";
    fmt::format_to(std::back_inserter(json_), "[{},{}", role, known.id);
    if (known.name_hash != hash64(participant.name)) {
      json_ += ',';
      append_json_string(json_, participant.name);
    }
    json_ += ']';
  }
  return {};
}

Status People::add(Sqlite& database, int64_t message, const document::Record& record) {
  json_.clear();
  const std::vector<document::Participant>* const roles[] = {&record.from, &record.to, &record.cc, &record.bcc};
  for (int role = 0; role < 4; ++role) RETURN_IF_ERROR(append_role(database, role, *roles[role]));
  if (json_.empty()) return {};
  json_ += ']';
  return database.query(kAddParticipants).bind(message, json_).run();
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
