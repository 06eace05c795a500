#include "app/archive_config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <filesystem>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

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

using Settings = std::vector<std::pair<std::string_view, std::string>>;

// Of the table s3: what is needed to get at the archive's parts, without what is empty.
Settings s3_settings(const Config& config) {
  const client::S3Options& s3 = config.source.s3;
  Settings settings;
  if (!s3.endpoint.empty()) settings.emplace_back("endpoint", s3.endpoint);
  if (!s3.ca_file.empty()) settings.emplace_back("ca_file", std::filesystem::absolute(s3.ca_file).string());
  return settings;
}

// Tables that say where the parts are; "" for an archive in one folder.
std::string parts_of(const store::ArchiveOptions& archive, const Settings& s3) {
  if (archive.catalog.empty()) return "";
  std::string text = fmt::format("\n[archive]\ncatalog = {}\nschema = {}\nstorage = {}\n", toml_string(archive.catalog),
                                 toml_string(archive.schema), toml_string(archive.storage));
  if (!s3.empty()) text += "\n[s3]\n";
  for (const auto& [key, value] : s3) text += fmt::format("{} = {}\n", key, toml_string(value));
  return text;
}

toml::table& table_of(toml::table& all, std::string_view name) {
  if (all[name].as_table() == nullptr) all.insert_or_assign(name, toml::table());
  return *all[name].as_table();
}

// Without comments: the parser has none.
std::string with_parts(toml::table all, const store::ArchiveOptions& archive, const Settings& s3) {
  toml::table& parts = table_of(all, "archive");
  for (const char* key : {"catalog", "schema", "storage"}) parts.erase(key);
  if (!archive.catalog.empty()) {
    parts.insert("catalog", archive.catalog);
    parts.insert("schema", archive.schema);
    parts.insert("storage", archive.storage);
    for (const auto& [key, value] : s3) table_of(all, "s3").insert_or_assign(key, value);
  }
  if (parts.empty()) all.erase("archive");
  std::ostringstream text;
  text << kHead << "\n" << all << "\n";
  return text.str();
}

}  // namespace

std::string archive_config(const Config& config) {
  std::string text = kHead;
  if (!config.vectors.url.empty()) {
    text += fmt::format("\n[vectors]\nurl = {}\n", toml_string(config.vectors.url));
    const std::filesystem::path& authority = config.vectors.store.ca_file;
    if (!authority.empty()) {
      text += fmt::format("ca_file = {}\n", toml_string(std::filesystem::absolute(authority).string()));
    }
  }
  return text + parts_of(config.archive, s3_settings(config));
}

Result<std::string> moved_config(std::string_view text, const Config& config) {
  const store::ArchiveOptions& archive = config.archive;
  try {
    const toml::table all = toml::parse(text);
    const bool has_parts = all["archive"]["catalog"] || all["archive"]["schema"] || all["archive"]["storage"];
    if (archive.catalog.empty() && !has_parts) return std::string(text);
    Settings s3 = s3_settings(config);
    std::erase_if(s3, [&](const auto& each) { return all["s3"][each.first].value_or(std::string()) == each.second; });
    if (all.contains("archive") || (!s3.empty() && all.contains("s3"))) return with_parts(all, archive, s3);
    const std::string_view end = text.empty() || text.ends_with('\n') ? "" : "\n";
    return fmt::format("{}{}{}", text, end, parts_of(archive, s3));
  } catch (const toml::parse_error& error) {
    return Error{Code::kInvalidArgument,
                 fmt::format("custos.toml: line {}: {}", error.source().begin.line, error.description())};
  }
}

}  // namespace custos::app
