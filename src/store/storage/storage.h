// Where segments and packs lie: the archive's own folder, or a place that many machines share. What was put is never
// changed; the catalog alone says what of it exists.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <set>
#include <span>
#include <string>

#include "base/result.h"

namespace custos::store {

class Storage {
 public:
  virtual ~Storage() = default;

  // -- Reading: thread-safe.
  // A folder with these files of a segment, and its manifest; fetched where they are elsewhere. Files that the segment
  // does not have are not there. kNotFound where the segment is gone: replaced, as the catalog then says.
  [[nodiscard]] virtual Result<std::filesystem::path> segment(const std::string& name,
                                                              std::span<const char* const> files) const = 0;
  // kNotFound where there is no such pack.
  [[nodiscard]] virtual Result<uint64_t> pack_bytes(uint32_t pack) const = 0;
  // Fills `bytes`; kCorrupt where the pack ends before.
  [[nodiscard]] virtual Status read_pack(uint32_t pack, uint64_t offset, std::span<char> bytes) const = 0;
  // "originals/000001.pack", with the place: for messages to people.
  [[nodiscard]] virtual std::string pack_place(uint32_t pack) const = 0;
  // Everything that lies beside each other in segments/ and originals/: for a check. `parent` is one of the two names.
  using NameVisitor = std::function<void(const char* parent, const std::string& name)>;
  [[nodiscard]] virtual Status list(const NameVisitor& visit) const = 0;
  // Whether somebody may be putting what the catalog does not name yet.
  [[nodiscard]] virtual bool is_being_written() const = 0;

  // -- Writing: one thread.
  // Where segments and packs are made.
  [[nodiscard]] virtual const std::filesystem::path& new_segments() const = 0;
  [[nodiscard]] virtual const std::filesystem::path& new_packs() const = 0;
  // A segment or pack that is whole and synced in its folder becomes durable where all can read it.
  [[nodiscard]] virtual Status put_segment(const std::string& name) = 0;
  [[nodiscard]] virtual Status put_pack(uint32_t pack) = 0;
  // No fault where they are gone already.
  [[nodiscard]] virtual Status remove_segment(const std::string& name) = 0;
  [[nodiscard]] virtual Status remove_pack(uint32_t pack) = 0;
  // At the start of writing: removes what interrupted runs left in segments/, where nobody else can be writing.
  [[nodiscard]] virtual Status clean_up(const std::set<std::string>& segments) = 0;
};

}  // namespace custos::store
