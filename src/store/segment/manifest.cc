#include "store/segment/manifest.h"

#include <sodium.h>

#include <utility>

#include "base/file.h"
#include "base/json_writer.h"
#include "store/catalog/sqlite.h"

namespace custos::store {
namespace {

constexpr uint64_t kManifestFormat = 1;
constexpr size_t kManifestBytesMax = 16 << 20;

Error broken(std::string_view what) { return {Code::kCorrupt, "MANIFEST.json: " + std::string(what)}; }

constexpr char kHead[] =
    "SELECT json_extract(?1, '$.format'), json_extract(?1, '$.archive'), json_extract(?1, '$.segment'), "
    "json_extract(?1, '$.messages'), json_extract(?1, '$.chunks')";
constexpr char kFiles[] =
    "SELECT json_extract(value, '$.name'), json_extract(value, '$.bytes'), json_extract(value, '$.blake2b') "
    "FROM json_each(?1, '$.files')";
constexpr char kVersions[] = "SELECT key, value FROM json_each(?1, '$.versions')";

Status read_head(Sqlite& json, std::string_view text, Manifest& manifest) {
  Query query = json.query(kHead);
  if (!query.bind(text).next().ok()) return broken("not JSON");
  for (int column = 0; column < 5; ++column) {
    if (query.is_null(column)) return broken("format, archive, segment, messages or chunks are missing");
  }
  if (query.count(0) > kManifestFormat) return Error{Code::kUnsupported, "MANIFEST.json: made by a newer Custos"};
  manifest.archive = query.text(1);
  manifest.segment = query.text(2);
  manifest.messages = query.count(3);
  manifest.chunks = query.count(4);
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
  w.key("messages").value(messages).key("chunks").value(chunks).key("files").begin_array();
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
