#include "store/vectors/vector_url.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"

namespace custos::store {
namespace {

constexpr size_t kNameBytesMax = 200;
constexpr size_t kDigits = 16;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameBytesMax && is_letter(name.front()) &&
         std::ranges::all_of(name, [](char c) { return is_letter(c) || is_digit(c); });
}

bool is_address(std::string_view address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == address.size()) return false;
  const std::string_view port = address.substr(colon + 1);
  return port.size() <= 5 && std::ranges::all_of(port, is_digit) && address.find('@') == std::string_view::npos;
}

}  // namespace

Result<VectorUrl> read_vector_url(std::string_view url) {
  const auto wrong = [](std::string_view what) {
    return Error{Code::kInvalidArgument,
                 fmt::format("the vector store's URL {}: it is memory:, milvus://host:port/collection or "
                             "qdrant://host:port/collection (milvuss: and qdrants: with TLS)",
                             what)};
  };
  if (url == "memory:") return VectorUrl{};
  VectorUrl read;
  const size_t end = url.find("://");
  if (end == std::string_view::npos) return wrong("has no scheme");
  std::string_view scheme = url.substr(0, end);
  read.tls = scheme == "milvuss" || scheme == "qdrants";
  if (read.tls) scheme.remove_suffix(1);
  if (scheme != "milvus" && scheme != "qdrant") return wrong("has a scheme that is not known");
  read.kind = scheme == "milvus" ? VectorUrl::Kind::kMilvus : VectorUrl::Kind::kQdrant;
  const std::string_view rest = url.substr(end + 3);
  const size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return wrong("names no collection");
  read.address = rest.substr(0, slash);
  read.collection = rest.substr(slash + 1);
  if (read.address.find('@') != std::string::npos) return wrong("has credentials, which belong into the settings");
  if (!is_address(read.address)) return wrong("wants host:port");
  if (!is_name(read.collection)) return wrong("wants a collection name of letters, digits and _");
  return read;
}

std::string collection_of(const std::string& base, const VectorStoreOptions& options) {
  return fmt::format("{}_{:016x}", base, hash64(fmt::format("{}\n{}", options.model, options.width)));
}

bool is_collection_of(std::string_view base, std::string_view name) {
  if (name.size() != base.size() + 1 + kDigits || !name.starts_with(base) || name[base.size()] != '_') return false;
  return std::ranges::all_of(name.substr(base.size() + 1),
                             [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

}  // namespace custos::store
