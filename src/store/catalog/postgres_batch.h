// What one publication adds to a catalog in PostgreSQL, held until it is committed: at most kPublicationMessagesMax
// messages without their texts.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "store/catalog/catalog.h"
#include "store/catalog/message_header.h"
#include "store/catalog/postgres_sql.h"

namespace custos::store {

// A message of the batch, as table `message` has it; its ledger row is that of the same number.
struct BatchMessage {
  MessageKey key{};
  std::string id;
  Digest content_key;
  RowRef where;
  size_t ledger = 0;  // index
  std::string message_id, in_reply_to, references, subject, participants;
  OptionalInteger date, offset, hash;
  document::ThreadKeys thread_keys;
  PersonNumbers people;
};

// For one thread.
class PostgresBatch {
 public:
  void clear();
  [[nodiscard]] const std::vector<BatchMessage>& messages() const { return messages_; }
  [[nodiscard]] const std::vector<LedgerRow>& ledger() const { return ledger_; }

  // -- Filling
  void add_message(const document::Record& record, RowRef where, const LedgerRow& row, PersonNumbers people,
                   std::string participants);
  void add_ledger(const LedgerRow& row);
  void set_progress(SourceId source, const std::string& file, const FileProgress& progress);

  // -- Looking up in what is held: null where it is not there.
  [[nodiscard]] const BatchMessage* by_content_key(const Digest& content_key) const;
  [[nodiscard]] const BatchMessage* by_id(std::string_view id) const;
  [[nodiscard]] const BatchMessage* by_key(MessageKey key) const;
  [[nodiscard]] const LedgerRow* ledger_at(SourceId source, const std::string& path, uint64_t generation,
                                           uint64_t begin) const;
  [[nodiscard]] const FileProgress* progress_of(SourceId source, const std::string& file) const;

  // -- Before the commit, in its transaction
  // The messages that others stored meanwhile, with what is stored.
  [[nodiscard]] Result<std::unordered_map<int64_t, StoredMessage>> find_stored(PostgresSql& database) const;
  // kConflict where others have an id of these.
  [[nodiscard]] Status check_ids(PostgresSql& database) const;
  // These are duplicates of what is stored; the rows behind them in their segment move up.
  void drop(const std::unordered_map<int64_t, StoredMessage>& stored);

  // -- The commit. kConflict where another has written one of the places.
  [[nodiscard]] Status write(PostgresSql& database);

 private:
  [[nodiscard]] Status write_paths(PostgresSql& database, std::vector<int64_t>& paths) const;
  [[nodiscard]] Status write_reasons(PostgresSql& database, std::unordered_map<std::string, int64_t>& reasons) const;
  [[nodiscard]] Status write_ledger(PostgresSql& database, const std::vector<int64_t>& paths) const;
  [[nodiscard]] Status write_messages(PostgresSql& database, const std::vector<int64_t>& paths) const;
  [[nodiscard]] Status write_participants(PostgresSql& database) const;
  [[nodiscard]] Status write_progress(PostgresSql& database) const;
  void index_messages();

  std::vector<BatchMessage> messages_;
  std::vector<LedgerRow> ledger_;
  std::map<std::pair<int64_t, std::string>, FileProgress> progress_;
  std::unordered_map<Digest, size_t> content_keys_;
  std::unordered_map<std::string, size_t> ids_;
  std::unordered_map<int64_t, size_t> keys_;
  std::unordered_map<std::string, size_t> places_;
};

}  // namespace custos::store
