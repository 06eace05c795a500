#include "app/archive_config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <filesystem>
#include <sstream>
#include <string_view>

namespace custos::app {
namespace {

constexpr char kHead[] = "# What differs from the compiled-in default; config/default.toml lists every setting.\n";

// A TOML basic string.
std::string toml_string(std::string_view text) {
  std::string all = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') all += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(all), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      all += c;
    }
  }
  return all + "\"";
}

// Tables that say where the parts are; "" for an archive in one folder.
std::string parts_of(const store::ArchiveOptions& archive, const std::string& endpoint) {
  if (archive.catalog.empty()) return "";
  std::string text = fmt::format("\n[archive]\ncatalog = {}\nschema = {}\nstorage = {}\n", toml_string(archive.catalog),
                                 toml_string(archive.schema), toml_string(archive.storage));
  if (!endpoint.empty()) text += fmt::format("\n[s3]\nendpoint = {}\n", toml_string(endpoint));
  return text;
}

toml::table& table_of(toml::table& all, std::string_view name) {
  if (all[name].as_table() == nullptr) all.insert_or_assign(name, toml::table());
  return *all[name].as_table();
}

// Without comments: the parser has none.
std::string with_parts(toml::table all, const store::ArchiveOptions& archive, const std::string& endpoint) {
  toml::table& parts = table_of(all, "archive");
  for (const char* key : {"catalog", "schema", "storage"}) parts.erase(key);
  if (!archive.catalog.empty()) {
    parts.insert("catalog", archive.catalog);
    parts.insert("schema", archive.schema);
    parts.insert("storage", archive.storage);
    if (!endpoint.empty()) table_of(all, "s3").insert_or_assign("endpoint", endpoint);
  }
  if (parts.empty()) all.erase("archive");
  std::ostringstream text;
  text << kHead << "\n" << all << "\n";
  return text.str();
}

}  // namespace

std::string archive_config(const Config& config) {
  const client::S3Options& s3 = config.source.s3;
  const auto authority = [](const std::filesystem::path& file) {
    return file.empty() ? std::string()
                        : fmt::format("ca_file = {}\n", toml_string(std::filesystem::absolute(file).string()));
  };
  std::string text = kHead;
  if (!config.vectors.url.empty()) {
    text += fmt::format("\n[vectors]\nurl = {}\n", toml_string(config.vectors.url));
    text += authority(config.vectors.store.ca_file);
  }
  text += parts_of(config.archive, s3.endpoint);
  if (config.archive.catalog.empty() || s3.ca_file.empty()) return text;
  return text + std::string(s3.endpoint.empty() ? "\n[s3]\n" : "") + authority(s3.ca_file);
}

Result<std::string> moved_config(std::string_view text, const Config& config) {
  const store::ArchiveOptions& archive = config.archive;
  try {
    const toml::table all = toml::parse(text);
    const bool has_parts = all["archive"]["catalog"] || all["archive"]["schema"] || all["archive"]["storage"];
    if (archive.catalog.empty() && !has_parts) return std::string(text);
    const bool same_endpoint = all["s3"]["endpoint"].value_or(std::string()) == config.source.s3.endpoint;
    const std::string endpoint = same_endpoint ? std::string() : config.source.s3.endpoint;
    if (all.contains("archive") || (!endpoint.empty() && all.contains("s3"))) return with_parts(all, archive, endpoint);
    const std::string_view end = text.empty() || text.ends_with('\n') ? "" : "\n";
    return fmt::format("{}{}{}", text, end, parts_of(archive, endpoint));
  } catch (const toml::parse_error& error) {
    return Error{Code::kInvalidArgument,
                 fmt::format("custos.toml: line {}: {}", error.source().begin.line, error.description())};
  }
}

}  // namespace custos::app
