#include "store/segment/manifest.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "base/file.h"
#include "base/json_writer.h"
#include "store/catalog/sqlite.h"

namespace custos::store {
namespace {

constexpr uint64_t kManifestFormat = 2;
constexpr size_t kManifestBytesMax = 16 << 20;

Error broken(std::string_view what) { return {Code::kCorrupt, "MANIFEST.json: " + std::string(what)}; }

constexpr char kHead[] =
    "SELECT json_extract(?1, '$.format'), json_extract(?1, '$.archive'), json_extract(?1, '$.segment'), "
    "json_extract(?1, '$.messages'), json_extract(?1, '$.chunks'), "
    "json_extract(?1, '$.vectors')";
constexpr char kFiles[] =
    "SELECT json_extract(value, '$.name'), json_extract(value, '$.bytes'), json_extract(value, '$.blake2b') "
    "FROM json_each(?1, '$.files')";
constexpr char kVersions[] = "SELECT key, value FROM json_each(?1, '$.versions')";

Status read_head(Sqlite& json, std::string_view text, Manifest& manifest) {
  Query query = json.query(kHead);
  if (!query.bind(text).next().ok()) return broken("not JSON");
  for (int column = 0; column < 6; ++column) {
    // A newer format may have other members.
    if (column == 1 && query.count(0) > kManifestFormat) {
      return Error{Code::kUnsupported, "MANIFEST.json: made by a newer Custos"};
    }
    if (query.is_null(column)) return broken("format, archive, segment or a count is missing");
  }
  manifest.archive = query.text(1);
  manifest.segment = query.text(2);
  manifest.messages = query.count(3);
  manifest.chunks = query.count(4);
  manifest.vectors = query.count(5);
  return {};
}

Status read_files(Sqlite& json, std::string_view text, Manifest& manifest) {
  Query query = json.query(kFiles);
  query.bind(text);
  while (true) {
    const Result<bool> more = query.next();
    if (!more.ok()) return broken("its files are not described");
    if (!*more) return {};
    ManifestFile file{query.text(0), query.count(1), query.text(2)};
    // A name leads nowhere but into the segment's folder.
    if (file.name.empty() || file.name.front() == '.' || file.name.find('/') != std::string::npos) {
      return broken("a file name is not allowed");
    }
    manifest.files.push_back(std::move(file));
  }
}

Status read_versions(Sqlite& json, std::string_view text, Manifest& manifest) {
  Query query = json.query(kVersions);
  query.bind(text);
  while (true) {
    const Result<bool> more = query.next();
    if (!more.ok()) return broken("its versions are not texts");
    if (!*more) return {};
    manifest.versions.emplace_back(query.text(0), query.text(1));
  }
}

}  // namespace

std::string Manifest::json() const {
  JsonWriter w;
  w.begin_object().key("format").value(kManifestFormat).key("archive").value(archive).key("segment").value(segment);
  w.key("messages").value(messages).key("chunks").value(chunks).key("vectors").value(vectors);
  w.key("files").begin_array();
  for (const ManifestFile& file : files) {
    w.begin_object().key("name").value(file.name).key("bytes").value(file.bytes);
    w.key("blake2b").value(file.blake2b).end_object();
  }
  w.end_array().key("versions").begin_object();
  for (const auto& [name, version] : versions) w.key(name).value(version);
  w.end_object().end_object();
  return w.take() + "\n";
}

Result<Manifest> Manifest::parse(std::string_view json) {
  if (json.size() > kManifestBytesMax) return broken("larger than 16 MiB");
  // SQLite reads JSON too, so a second library for one small file is not needed.
  ASSIGN_OR_RETURN(Sqlite sqlite, Sqlite::open(":memory:", Sqlite::Mode::kCreate));
  Manifest manifest;
  RETURN_IF_ERROR(read_head(sqlite, json, manifest));
  RETURN_IF_ERROR(read_files(sqlite, json, manifest));
  RETURN_IF_ERROR(read_versions(sqlite, json, manifest));
  return manifest;
}

const ManifestFile* Manifest::file(std::string_view name) const {
  const auto at = std::ranges::find(files, name, &ManifestFile::name);
  return at == files.end() ? nullptr : &*at;
}

std::string Manifest::version(std::string_view name) const {
  const auto at = std::ranges::find(versions, name, [](const auto& pair) { return std::string_view(pair.first); });
  return at == versions.end() ? std::string() : at->second;
}

void Manifest::set_version(std::string_view name, std::string_view version) {
  const auto at = std::ranges::find(versions, name, [](const auto& pair) { return std::string_view(pair.first); });
  if (at == versions.end()) {
    versions.emplace_back(name, version);
  } else {
    at->second = version;
  }
}

Result<Manifest> read_manifest(const std::filesystem::path& folder, const Digest& digest) {
  ASSIGN_OR_RETURN(const std::string json, read_file(folder / kManifestFile, kManifestBytesMax));
  if (blake2b(json) != digest) {
    return Error{Code::kCorrupt, fmt::format("{}: its bytes changed since it was published; run custos rebuild",
                                             (folder / kManifestFile).string())};
  }
  return Manifest::parse(json);
}

Status check_file(const std::filesystem::path& folder, const Manifest& manifest, const char* name) {
  const ManifestFile* const published = manifest.file(name);
  ASSIGN_OR_RETURN(const ManifestFile is, describe_file(folder / name));
  if (published != nullptr && is == *published) return {};
  return Error{Code::kCorrupt, fmt::format("{}: its bytes changed since it was published; run custos rebuild",
                                           (folder / name).string())};
}

Result<ManifestFile> describe_file(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(File file, File::open_read(path));
  crypto_generichash_state state;
  Digest digest;
  crypto_generichash_init(&state, nullptr, 0, digest.bytes.size());
  std::string buffer(256 << 10, '\0');
  uint64_t bytes = 0;
  while (true) {
    ASSIGN_OR_RETURN(const size_t count, file.read(buffer));
    if (count == 0) break;
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(buffer.data()), count);
    bytes += count;
  }
  crypto_generichash_final(&state, digest.bytes.data(), digest.bytes.size());
  return ManifestFile{path.filename().string(), bytes, digest.hex()};
}

}  // namespace custos::store
