#include "store/catalog/people.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/digest.h"
#include "base/json_reader.h"
#include "base/json_writer.h"
#include "store/catalog/person_filter.h"

namespace custos::store {
namespace {

constexpr size_t kBuckets = 1 << 14;  // 4 MiB

constexpr char kFindPerson[] = "SELECT id, name FROM person WHERE address = ?";
constexpr char kAddPerson[] = "INSERT INTO person(address, name) VALUES(?, ?) ON CONFLICT DO NOTHING RETURNING id";
constexpr char kAddName[] = "INSERT INTO person_name(person, name) VALUES(?, ?) ON CONFLICT DO NOTHING";
constexpr char kPerson[] = "SELECT name, address FROM person WHERE id = ?";
// Once for each name. Both sides are in the order of their keys, so nothing is sorted.
constexpr char kAllPersons[] =
    "SELECT id, address, name FROM person UNION ALL "
    "SELECT p.id, p.address, n.name FROM person_name n JOIN person p ON p.id = n.person ORDER BY 1";
constexpr char kAddParticipants[] = "INSERT INTO participants(message, people) VALUES(?, ?)";
constexpr char kParticipants[] = "SELECT people FROM participants WHERE message = ?";
constexpr char kAllParticipants[] = "SELECT people FROM participants ORDER BY message";

struct Part {
  size_t role = 0;
  int64_t person = 0;
  std::optional<std::string> name;  // where it is another than the person's
};

int64_t integer_of(JsonValue value) {
  const auto digits = value.whole_number();
  int64_t number = 0;
  if (digits) std::from_chars(digits->data(), digits->data() + digits->size(), number);
  return number;
}

// Of one message, in the order of the headers.
Result<std::vector<Part>> read_parts(std::string_view json) {
  std::vector<Part> parts;
  ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::parse(json));
  document.root().for_each([&](JsonValue entry) {
    Part part;
    size_t at = 0;
    entry.for_each([&](JsonValue value) {
      if (at == 0) part.role = static_cast<size_t>(std::clamp<int64_t>(integer_of(value), 0, 3));
      if (at == 1) part.person = integer_of(value);
      if (at == 2) part.name = std::string(value.string().value_or(""));
      ++at;
    });
    parts.push_back(std::move(part));
  });
  return parts;
}

Result<std::vector<Part>> parts_of(Sql& database, int64_t message) {
  Query query = database.query(kParticipants);
  ASSIGN_OR_RETURN(const bool found, query.bind(message).next());
  return found ? read_parts(query.view(0)) : std::vector<Part>();
}

void make_unique(std::vector<uint64_t>& numbers) {
  std::ranges::sort(numbers);
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
}

void make_unique(PersonNumbers& numbers) {
  make_unique(numbers.from);
  make_unique(numbers.to);
}

}  // namespace

Result<People::Known> People::find_or_add(Sql& database, const document::Participant& participant) {
  const auto look_up = [&]() -> Result<std::optional<Known>> {
    Query find = database.query(kFindPerson);
    ASSIGN_OR_RETURN(const bool found, find.bind(participant.address).next());
    if (!found) return std::optional<Known>();
    return std::optional(Known{find.integer(0), hash64(find.view(1))});
  };
  ASSIGN_OR_RETURN(const auto known, look_up());
  if (known) return *known;
  {
    Query add = database.query(kAddPerson);
    ASSIGN_OR_RETURN(const bool added, add.bind(participant.address, participant.name).next());
    if (added) return Known{add.integer(0), hash64(participant.name)};
  }
  ASSIGN_OR_RETURN(const auto others, look_up());  // somebody else added it meanwhile
  if (others) return *others;
  return Error{Code::kConflict, "catalog: a person was removed while messages were added; run again"};
}

Result<People::Known*> People::person(Sql& database, const document::Participant& participant) {
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

Status People::add_name(Sql& database, Known& known, const std::string& name, uint64_t hash) {
  if (known.other_name_hash == hash || name.empty()) return {};
  known.other_name_hash = hash;
  return database.query(kAddName).bind(known.id, name).run();
}

Status People::append_role(Sql& database, int role, const std::vector<document::Participant>& people,
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

Result<PersonNumbers> People::numbers_of(Sql& database, const document::Record& record) {
  json_.clear();
  PersonNumbers numbers;
  const std::vector<document::Participant>* const roles[] = {&record.from, &record.to, &record.cc, &record.bcc};
  for (int role = 0; role < 4; ++role) {
    RETURN_IF_ERROR(append_role(database, role, *roles[role], role == 0 ? numbers.from : numbers.to));
  }
  if (!json_.empty()) json_ += ']';
  make_unique(numbers);
  return numbers;
}

Result<PersonNumbers> People::add(Sql& database, int64_t message, const document::Record& record) {
  ASSIGN_OR_RETURN(PersonNumbers numbers, numbers_of(database, record));
  if (!json_.empty()) RETURN_IF_ERROR(database.query(kAddParticipants).bind(message, json_).run());
  return numbers;
}

Result<PersonNumbers> People::numbers(Sql& database, int64_t message) {
  PersonNumbers numbers;
  ASSIGN_OR_RETURN(const std::vector<Part> parts, parts_of(database, message));
  for (const Part& part : parts) {
    (part.role == 0 ? numbers.from : numbers.to).push_back(static_cast<uint64_t>(part.person));
  }
  make_unique(numbers);
  return numbers;
}

Result<std::vector<uint64_t>> People::find(Sql& database, std::string_view text, size_t limit) {
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

Result<Participants> People::read(Sql& database, int64_t message) {
  Participants all;
  std::vector<document::Participant>* const roles[] = {&all.from, &all.to, &all.cc, &all.bcc};
  ASSIGN_OR_RETURN(std::vector<Part> parts, parts_of(database, message));
  for (Part& part : parts) {
    Query query = database.query(kPerson);
    ASSIGN_OR_RETURN(const bool found, query.bind(part.person).next());
    if (!found) continue;  // a fault that verify tells of
    roles[part.role]->push_back({part.name ? std::move(*part.name) : query.text(0), query.text(1)});
  }
  return all;
}

Result<uint64_t> People::count_strangers(Sql& database) {
  std::unordered_set<int64_t> known;
  {
    Query persons = database.query("SELECT id FROM person");
    persons.stream();
    while (true) {
      ASSIGN_OR_RETURN(const bool more, persons.next());
      if (!more) break;
      known.insert(persons.integer(0));
    }
  }
  uint64_t strangers = 0;
  Query all = database.query(kAllParticipants);
  all.stream();
  while (true) {
    ASSIGN_OR_RETURN(const bool more, all.next());
    if (!more) return strangers;
    ASSIGN_OR_RETURN(const std::vector<Part> parts, read_parts(all.view(0)));
    for (const Part& part : parts) strangers += known.contains(part.person) ? 0 : 1;
  }
}

}  // namespace custos::store
