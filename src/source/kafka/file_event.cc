#include "source/kafka/file_event.h"

#include <algorithm>
#include <system_error>

#include "base/json_reader.h"

namespace custos::source {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kFile = "file://";

bool lies_below(const fs::path& root, const fs::path& path) {
  const auto [root_end, ignored] = std::mismatch(root.begin(), root.end(), path.begin(), path.end());
  return root_end == root.end();
}

}  // namespace

std::optional<std::string> file_event_uri(std::string_view message) {
  // Parsed twice is only what looks like one.
  if (message.size() > kFileEventBytesMax || message.find("uri\"") == std::string_view::npos) return std::nullopt;
  const auto document = JsonDocument::parse(message);
  if (!document.ok()) return std::nullopt;
  const JsonValue root = document->root();
  const auto text_of = [&](const char* name) {
    const auto member = root.member(name);
    return member ? member->string() : std::nullopt;
  };
  if (text_of("text")) return std::nullopt;
  const auto uri = text_of("s3_uri") ? text_of("s3_uri") : text_of("uri");
  if (!uri) return std::nullopt;
  return std::string(*uri);
}

Result<fs::path> file_event_path(const std::string& uri, const fs::path& file_root) {
  if (uri.starts_with("s3://")) return fs::path(uri);
  if (!uri.starts_with(kFile)) return Error{Code::kUnsupported, "file event: only s3:// and file:// are read"};
  if (file_root.empty()) return Error{Code::kUnsupported, "file event: kafka.file_root allows no file"};
  std::error_code failure;
  const fs::path root = fs::canonical(file_root, failure);
  if (failure) return Error{Code::kNotFound, "file event: kafka.file_root is not there"};
  const fs::path path = fs::canonical(uri.substr(kFile.size()), failure);
  if (failure) return Error{Code::kNotFound, "file event: there is no such file"};
  if (!lies_below(root, path)) return Error{Code::kUnsupported, "file event: the file lies outside kafka.file_root"};
  return path;
}

}  // namespace custos::source
