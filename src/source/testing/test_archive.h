// Containers that tests write.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace custos::source::testing {

struct TestMember {
  std::string name;
  std::string bytes;
  std::string link;  // a symbolic link to this instead of a file
};

// `kind`: "tar", "zip", or a compression alone ("gzip", "zstd", "xz", "bzip2"), then with the first member's bytes
// only. `filter`: a compression of the tar. `password`: encrypts a zip.
std::string archived(const std::vector<TestMember>& members, std::string_view kind, std::string_view filter = "",
                     std::string_view password = "");

}  // namespace custos::source::testing
