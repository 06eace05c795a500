#include "source/maildir/maildir.h"

#include <algorithm>
#include <cctype>

namespace custos::source {
namespace {

std::string_view folder_of(std::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == path.npos) return {};
  const std::string_view folder = path.substr(0, slash);
  const size_t parent = folder.rfind('/');
  return parent == folder.npos ? folder : folder.substr(parent + 1);
}

}  // namespace

bool is_in_maildir(std::string_view path) {
  const std::string_view folder = folder_of(path);
  return folder == "cur" || folder == "new";
}

std::string maildir_flags(std::string_view path) {
  if (!is_in_maildir(path)) return {};
  const size_t info = path.rfind("2,");
  if (info == path.npos || info == 0 || std::string_view(":!;").find(path[info - 1]) == std::string_view::npos) {
    return {};
  }
  std::string letters;
  for (const char c : path.substr(info + 2)) {
    if (std::isalpha(static_cast<unsigned char>(c)) == 0) break;
    letters += c;
  }
  std::sort(letters.begin(), letters.end());
  letters.erase(std::unique(letters.begin(), letters.end()), letters.end());
  return letters;
}

}  // namespace custos::source
