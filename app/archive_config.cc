#include "app/archive_config.h"

#include <fmt/format.h>

#include <string_view>

namespace custos::app {
namespace {

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

}  // namespace

std::string archive_config(const Config& config) {
  const store::ArchiveOptions& archive = config.archive;
  std::string text = "# What differs from the compiled-in default; config/default.toml lists every setting.\n";
  if (!config.vectors.url.empty()) text += fmt::format("\n[vectors]\nurl = {}\n", toml_string(config.vectors.url));
  if (archive.catalog.empty()) return text;
  text += fmt::format("\n[archive]\ncatalog = {}\nschema = {}\nstorage = {}\n", toml_string(archive.catalog),
                      toml_string(archive.schema), toml_string(archive.storage));
  const std::string& endpoint = config.source.s3.endpoint;
  if (!endpoint.empty()) text += fmt::format("\n[s3]\nendpoint = {}\n", toml_string(endpoint));
  return text;
}

}  // namespace custos::app
