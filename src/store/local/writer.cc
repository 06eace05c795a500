#include "store/local/writer.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>

namespace custos::store {

std::string process_name() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '?';
  return fmt::format("{}/{}", host.data(), ::getpid());
}

Status check_free(const Writer& writer) {
  if (writer.busy) return Error{Code::kConflict, "a publication is open already"};
  if (writer.broken) return Error{Code::kIo, "writing failed before: open the archive anew"};
  return {};
}

}  // namespace custos::store
