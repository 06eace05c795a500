#include "audit/log.h"

#include <fmt/format.h>
#include <sys/file.h>

#include <string_view>

#include "base/digest.h"
#include "base/file.h"
#include "base/json_writer.h"

namespace custos::audit {
namespace {

constexpr const char* kFile = "log.jsonl";
constexpr uint64_t kLogBytesMax = 1ULL << 32;
constexpr size_t kHashDigits = 64;
// A line ends with: ,"hash":"<64 hex digits>"}
constexpr std::string_view kHashField = ",\"hash\":\"";
constexpr size_t kHashTail = kHashField.size() + kHashDigits + 2;

std::string hash_of(std::string_view previous, std::string_view content) {
  return DigestBuilder().add(previous).add(content).finish().hex();
}

std::string content_of(const Entry& entry, uint64_t sequence) {
  JsonWriter w;
  w.begin_object().key("sequence").value(sequence).key("time").value(entry.time).key("actor").value(entry.actor);
  w.key("action").value(entry.action).key("object").value(entry.object).key("purpose").value(entry.purpose);
  w.end_object();
  std::string content = w.take();
  content.pop_back();  // the hash is the last field
  return content;
}

struct Chain {
  uint64_t entries = 0;
  std::string last_hash = std::string(kHashDigits, '0');
};

Error broken(const std::filesystem::path& path, uint64_t line, std::string_view what) {
  return {Code::kCorrupt,
          fmt::format("{} line {}: {}; keep the file and find out who changed it", path.string(), line, what)};
}

Status check_line(std::string_view line, const std::filesystem::path& path, Chain& chain) {
  const uint64_t number = chain.entries + 1;
  if (line.size() < kHashTail || line.substr(line.size() - kHashTail, kHashField.size()) != kHashField) {
    return broken(path, number, "not a whole entry");
  }
  const std::string_view content = line.substr(0, line.size() - kHashTail);
  const std::string_view hash = line.substr(line.size() - kHashDigits - 2, kHashDigits);
  if (hash != hash_of(chain.last_hash, content)) return broken(path, number, "its hash does not follow");
  if (!content.starts_with(fmt::format("{{\"sequence\":{},", number))) return broken(path, number, "out of sequence");
  chain.last_hash = hash;
  chain.entries = number;
  return {};
}

Result<Chain> read_chain(const std::filesystem::path& path) {
  Chain chain;
  if (!std::filesystem::exists(path)) return chain;
  ASSIGN_OR_RETURN(const std::string text, read_file(path, kLogBytesMax));
  std::string_view rest = text;
  while (!rest.empty()) {
    const size_t end = rest.find('\n');
    if (end == std::string_view::npos) return broken(path, chain.entries + 1, "the entry was cut off");
    RETURN_IF_ERROR(check_line(rest.substr(0, end), path, chain));
    rest.remove_prefix(end + 1);
  }
  return chain;
}

}  // namespace

Status append(const std::filesystem::path& folder, const Entry& entry) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) return io_error("cannot make", folder, failure.value());
  const std::filesystem::path path = folder / kFile;
  ASSIGN_OR_RETURN(File file, File::open_append(path));
  if (::flock(file.descriptor(), LOCK_EX) != 0) return io_error("cannot lock", path);
  ASSIGN_OR_RETURN(const Chain chain, read_chain(path));
  const std::string content = content_of(entry, chain.entries + 1);
  RETURN_IF_ERROR(file.write(fmt::format("{}{}{}\"}}\n", content, kHashField, hash_of(chain.last_hash, content))));
  return file.sync();
}

Result<uint64_t> verify(const std::filesystem::path& folder) {
  ASSIGN_OR_RETURN(const Chain chain, read_chain(folder / kFile));
  return chain.entries;
}

}  // namespace custos::audit
