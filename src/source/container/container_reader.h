// tar, zip and compressed files: each member is a logical file of its own, read by whatever reader its content asks
// for.
#pragma once

#include <memory>
#include <optional>

#include "source/container/archive.h"
#include "source/container/member_name.h"
#include "source/reader/open_reader.h"
#include "source/reader/reader.h"

namespace custos::source {

// The bytes of the current member, within the limits on how much a container may grow.
class MemberStream : public ByteStream {
 public:
  MemberStream(Archive& archive, const SourceOptions& options, Expansion& total)
      : archive_(archive), options_(options), total_(total) {}

  [[nodiscard]] Result<size_t> read(std::span<char> buffer) override;
  // A limit was reached: nothing more of this container is read.
  [[nodiscard]] bool stopped() const { return stopped_; }

 private:
  [[nodiscard]] bool exceeds(uint64_t expanded, uint64_t compressed) const;

  Archive& archive_;
  const SourceOptions& options_;
  Expansion& total_;
  uint64_t expanded_ = 0;
  bool stopped_ = false;
};

// What was read before the container turned out to be truncated, corrupt, or a bomb counts; then a failed span says so
// and the container ends. A compressed file is one logical file under the container's own path.
class ContainerReader : public Reader {
 public:
  ContainerReader(Window& window, LogicalFile file, const ReadContext& context);
  ~ContainerReader() override;
  [[nodiscard]] std::optional<Piece> next() override;

 private:
  // Opens the next member; a piece where that is no file to be read.
  [[nodiscard]] std::optional<Piece> advance();
  [[nodiscard]] std::optional<Piece> begin(const Member& member);
  [[nodiscard]] Piece end(std::string reason, bool failed);
  void read_member(LogicalFile member);
  [[nodiscard]] std::string member_path(const Member& member);

  Window& input_;
  LogicalFile file_;
  ReadContext context_;
  std::unique_ptr<Archive> archive_;
  std::unique_ptr<MemberStream> stream_;
  Window window_;
  UniqueNames names_;
  std::unique_ptr<Reader> reader_;  // uses window_
  uint64_t members_ = 0;
  bool done_ = false;
};

}  // namespace custos::source
