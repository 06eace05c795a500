#include "base/result.h"

namespace custos {

std::string_view code_name(Code code) {
  switch (code) {
    case Code::kInvalidArgument:
      return "invalid argument";
    case Code::kNotFound:
      return "not found";
    case Code::kCorrupt:
      return "corrupt";
    case Code::kLimit:
      return "limit reached";
    case Code::kIo:
      return "input/output";
    case Code::kUntrusted:
      return "untrusted";
    case Code::kConflict:
      return "conflict";
    case Code::kUnsupported:
      return "unsupported";
    case Code::kCancelled:
      return "cancelled";
  }
  return "unknown";
}

}  // namespace custos
