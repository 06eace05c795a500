// Redacted texts of messages by key, as the segments' text files have them.
#pragma once

#include <memory>
#include <optional>

#include "base/result.h"
#include "index/text_file.h"
#include "query/key_rows.h"
#include "store/archive.h"

namespace custos::agent {

// Of one moment. Thread-safe.
class MessageTexts {
 public:
  [[nodiscard]] static Result<MessageTexts> open(const store::Archive& archive) {
    ASSIGN_OR_RETURN(std::shared_ptr<const store::Snapshot> snapshot, archive.snapshot());
    return MessageTexts(std::move(snapshot));
  }

  // Nothing where the message was published later, or is gone.
  [[nodiscard]] Result<std::optional<index::StoredText>> read(store::MessageKey key) const {
    const auto at = rows_->find(key);
    if (!at) return std::optional<index::StoredText>();
    ASSIGN_OR_RETURN(index::StoredText text, rows_->snapshot()->segments[at->segment].texts->read(at->row));
    return std::optional(std::move(text));
  }
  [[nodiscard]] const store::Snapshot& snapshot() const { return *rows_->snapshot(); }

 private:
  explicit MessageTexts(std::shared_ptr<const store::Snapshot> snapshot)
      : rows_(std::make_shared<query::KeyRows>(std::move(snapshot))) {}

  std::shared_ptr<const query::KeyRows> rows_;
};

}  // namespace custos::agent
