// Who takes part in a message: every person once, and of each message one list of them.
//   person(id, address, name)        the first name that came with the address
//   person_name(person, name)        every other name that came with it
//   participants(message, people)    JSON: [role, person] each, or [role, person, name] where the name is another one;
//                                    roles 0 from, 1 to, 2 cc, 3 bcc, in the order of the headers
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "document/record.h"
#include "store/catalog/row.h"
#include "store/catalog/sql.h"
#include "store/entry.h"

namespace custos::store {

class People {
 public:
  // The row of one message; none where it has no participants.
  [[nodiscard]] Result<PersonNumbers> add(Sql& database, int64_t message, const document::Record& record);
  // Their numbers; those who are new get theirs, and the message none of them.
  [[nodiscard]] Result<PersonNumbers> numbers_of(Sql& database, const document::Record& record);
  // Of the record that was given to numbers_of last; "" where it has no participants.
  [[nodiscard]] const std::string& json() const { return json_; }
  [[nodiscard]] static Result<Participants> read(Sql& database, int64_t message);
  [[nodiscard]] static Result<PersonNumbers> numbers(Sql& database, int64_t message);
  // Those whose address or names match (see PersonFilter): all are looked at. Ascending, at most `limit`.
  [[nodiscard]] static Result<std::vector<uint64_t>> find(Sql& database, std::string_view text, size_t limit);
  // Participants whose number no person has.
  [[nodiscard]] static Result<uint64_t> count_strangers(Sql& database);
  // REQUIRED after a rollback and after persons were deleted.
  void forget() { known_.clear(); }

 private:
  static constexpr size_t kAddressBytesKept = 103;  // longer ones are asked for each time

  struct Known {
    int64_t id = 0;  // 0: nobody
    uint64_t name_hash = 0;
    uint64_t other_name_hash = 0;  // the other name that was written down last
  };
  // Two lines of the processor's cache, which are fetched together: mail names the same few thousand people all the
  // time, between texts that push everything else out.
  struct alignas(128) Person {
    Known known;
    uint8_t address_bytes = 0;
    std::array<char, kAddressBytesKept> address;

    [[nodiscard]] bool is(std::string_view wanted) const {
      return known.id != 0 && std::string_view(address.data(), address_bytes) == wanted;
    }
  };
  struct Bucket {
    std::array<Person, 2> persons;  // the latest first
  };

  static Result<Known> find_or_add(Sql& database, const document::Participant& participant);
  // The one it gives is valid until the next call.
  Result<Known*> person(Sql& database, const document::Participant& participant);
  static Status add_name(Sql& database, Known& known, const std::string& name, uint64_t hash);
  Status append_role(Sql& database, int role, const std::vector<document::Participant>& people,
                     std::vector<uint64_t>& numbers);

  Known uncached_;             // of an address that is too long
  std::vector<Bucket> known_;  // by hash of the address; empty or kBuckets
  std::string json_;
};

}  // namespace custos::store
