// What is about to be looked up one by one, asked of PostgreSQL in one go: what is not there, as new mail mostly is,
// needs no round trip of its own. New persons are added in one statement, instead of with a commit for each.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/digest.h"
#include "store/catalog/postgres_sql.h"
#include "store/publication.h"

namespace custos::store {

// For one thread. What others commit after ask() may be missed: prepare() finds it.
class PostgresLookahead {
 public:
  // Forgets what was asked before.
  [[nodiscard]] Status ask(PostgresSql& database, std::span<const Expected> expected);
  void clear();

  [[nodiscard]] bool lacks_content(const Digest& content_key) const { return contents_.contains(content_key); }
  [[nodiscard]] bool lacks_id(std::string_view id) const { return ids_.contains(std::string(id)); }
  [[nodiscard]] bool lacks_place(SourceId source, const document::Place& place, uint64_t generation) const;

  // Those of `keys` with which no message is stored.
  [[nodiscard]] static Result<std::unordered_set<Digest>> missing(PostgresSql& database, std::span<const Digest> keys);

 private:
  [[nodiscard]] Status add_people(PostgresSql& database, std::span<const Expected> expected);
  [[nodiscard]] Status ask_ids(PostgresSql& database, std::span<const Expected> expected);
  [[nodiscard]] Status ask_places(PostgresSql& database, std::span<const Expected> expected);

  std::unordered_set<Digest> contents_;
  std::unordered_set<std::string> ids_;
  std::unordered_set<std::string> places_;
  std::unordered_set<uint64_t> people_;  // hashes of addresses that were seen to
};

}  // namespace custos::store
