#include "source/mbox/unquote.h"

#include <algorithm>

#include "source/mbox/from_search.h"

namespace custos::source {
namespace {

size_t quote_depth(std::string_view line) { return std::min(line.find_first_not_of('>'), line.size()); }

bool is_quoted_from(std::string_view line) {
  const size_t depth = quote_depth(line);
  return depth > 0 && line.substr(depth).starts_with("From ");
}

// Walks the body line by line, remembering what the lines before say.
class Unquoter {
 public:
  explicit Unquoter(std::string& out) : out_(out) {}

  void add(std::string_view line) {
    const size_t depth = quote_depth(line);
    if (!is_quoted_from(line)) {
      depth_before_ = depth;
      in_run_ = false;
      out_.append(line);
      return;
    }
    if (!in_run_) stands_ = depth == depth_before_;  // lines in a row share one fate
    in_run_ = true;
    out_.append(line.substr(stands_ ? 0 : 1));
  }

 private:
  std::string& out_;
  size_t depth_before_ = 0;
  bool in_run_ = false;
  bool stands_ = false;
};

}  // namespace

size_t body_offset(std::string_view message) {
  if (message.starts_with("\n")) return 1;
  if (message.starts_with("\r\n")) return 2;
  for (size_t at = message.find('\n'); at != message.npos; at = message.find('\n', at + 1)) {
    const std::string_view rest = message.substr(at + 1);
    if (rest.starts_with('\n')) return at + 2;
    if (rest.starts_with("\r\n")) return at + 3;
  }
  return message.size();
}

std::string unquoted(std::string_view message) {
  const size_t body = body_offset(message);
  if (find_from_behind('>', message, body) == message.npos) return std::string(message);
  std::string out;
  out.reserve(message.size());
  out.append(message.substr(0, body));
  Unquoter unquoter(out);
  for (size_t at = body; at < message.size();) {
    const size_t newline = std::min(message.find('\n', at), message.size() - 1);
    unquoter.add(message.substr(at, newline + 1 - at));
    at = newline + 1;
  }
  return out;
}

}  // namespace custos::source
