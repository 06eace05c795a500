#include "store/originals/key_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "base/digest.h"
#include "base/file.h"

namespace custos::store {
namespace {

constexpr uint64_t kKeyFileBytesMax = 4096;

std::filesystem::path environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::filesystem::path() : std::filesystem::path(value);
}

Status write_secret(const std::filesystem::path& file, std::string_view text) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return io_error("cannot create the key file", file);
  const ssize_t written = ::write(descriptor, text.data(), text.size());
  const bool durable = written == static_cast<ssize_t>(text.size()) && ::fsync(descriptor) == 0;
  const int failure = errno;
  ::close(descriptor);
  if (durable) return sync_folder(file.parent_path().empty() ? "." : file.parent_path());
  ::unlink(file.c_str());
  return io_error("cannot write the key file", file, failure);
}

}  // namespace

MasterKey::~MasterKey() { sodium_memzero(bytes_.data(), bytes_.size()); }

Result<std::filesystem::path> MasterKey::path(const std::filesystem::path& given, const std::string& archive_id) {
  if (!given.empty()) return given;
  const std::string name = archive_id + ".key";
  if (const auto keys = environment("CUSTOS_KEYS"); !keys.empty()) return keys / name;
  if (const auto data = environment("XDG_DATA_HOME"); !data.empty()) return data / "custos" / "keys" / name;
  if (const auto home = environment("HOME"); !home.empty()) {
    return home / ".local" / "share" / "custos" / "keys" / name;
  }
  return Error{Code::kInvalidArgument, "no place for keys: give a key file, or set CUSTOS_KEYS to a folder"};
}

Result<MasterKey> MasterKey::load(const std::filesystem::path& file) {
  Result<std::string> text = read_file(file, kKeyFileBytesMax);
  if (!text.ok() && text.error().code == Code::kNotFound) {
    return Error{
        Code::kNotFound,
        fmt::format("the archive's key is not at {}: put it there, name it as the key file, or set CUSTOS_KEYS",
                    file.string())};
  }
  if (!text.ok()) return text.error();
  MasterKey key;
  size_t size = 0;
  const char* end = nullptr;
  const bool is_hex =
      sodium_hex2bin(key.bytes_.data(), key.bytes_.size(), text->data(), text->size(), nullptr, &size, &end) == 0;
  const bool whole = is_hex && size == key.bytes_.size() &&
                     text->find_first_not_of("\r\n ", static_cast<size_t>(end - text->data())) == std::string::npos;
  sodium_memzero(text->data(), text->size());
  if (!whole) return Error{Code::kCorrupt, fmt::format("{} is not a key: 64 hex digits are expected", file.string())};
  return key;
}

Result<MasterKey> MasterKey::create(const std::filesystem::path& file) {
  if (sodium_init() < 0) return Error{Code::kIo, "no source of randomness"};
  std::error_code failure;
  if (std::filesystem::exists(file, failure)) return load(file);
  const std::filesystem::path folder = file.parent_path();
  if (!folder.empty() && std::filesystem::create_directories(folder, failure)) {
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failure);
  }
  if (failure) return io_error("cannot create the folder", folder, failure.value());
  MasterKey key;
  randombytes_buf(key.bytes_.data(), key.bytes_.size());
  std::string text(key.bytes_.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), key.bytes_.data(), key.bytes_.size());
  text.back() = '\n';
  const Status written = write_secret(file, text);
  sodium_memzero(text.data(), text.size());
  RETURN_IF_ERROR(written);
  return key;
}

std::string MasterKey::derive(std::string_view purpose, const std::string& archive_id) const {
  const std::string context = fmt::format("custos key 1\n{}\n{}", archive_id, purpose);
  const std::string_view secret(reinterpret_cast<const char*>(bytes_.data()), bytes_.size());
  return std::string(blake2b_keyed(context, secret).view());
}

}  // namespace custos::store
