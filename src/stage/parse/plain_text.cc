#include "stage/parse/plain_text.h"

#include <cctype>

namespace custos::stage {
namespace {

struct FlowedLine {
  size_t depth = 0;
  std::string_view content;
  bool soft = false;  // goes on in the next line
};

FlowedLine read_flowed(std::string_view line) {
  FlowedLine read;
  while (read.depth < line.size() && line[read.depth] == '>') ++read.depth;
  read.content = line.substr(read.depth);
  if (read.content.starts_with(' ')) read.content.remove_prefix(1);
  read.soft = read.content.ends_with(' ') && read.content != "-- ";
  return read;
}

void begin_line(std::string& out, const FlowedLine& line) {
  if (line.depth == 0) return;
  out.append(line.depth, '>');
  if (!line.content.empty()) out += ' ';
}

// Length of the command at the beginning of `text` ("<bold>"), or 0.
size_t command_length(std::string_view text, std::string& name) {
  const size_t close = text.substr(0, 64).find('>');
  if (close == std::string_view::npos || close < 2) return 0;
  name.clear();
  for (const char c : text.substr(1, close - 1)) {
    if (c != '/' && c != '-' && std::isalnum(static_cast<unsigned char>(c)) == 0) return 0;
    name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return close + 1;
}

}  // namespace

std::string unflow(std::string_view text, bool delete_space) {
  std::string out;
  out.reserve(text.size());
  bool joining = false;
  size_t depth = 0;
  for (size_t at = 0; at <= text.size();) {
    const size_t found = text.find('\n', at);
    const size_t end = found == std::string_view::npos ? text.size() : found;
    if (end == at && found == std::string_view::npos) break;
    const FlowedLine line = read_flowed(text.substr(at, end - at));
    const bool joins = joining && line.depth == depth && line.content != "-- ";
    if (joining && !joins) out += '\n';
    if (!joins) begin_line(out, line);
    out += line.soft && delete_space ? line.content.substr(0, line.content.size() - 1) : line.content;
    joining = line.soft && found != std::string_view::npos;
    depth = line.depth;
    if (!joining && found != std::string_view::npos) out += '\n';
    at = end + 1;
  }
  if (joining) out += '\n';
  return out;
}

std::string enriched_to_text(std::string_view text) {
  std::string out;
  std::string name;
  size_t parameter_depth = 0;
  for (size_t at = 0; at < text.size();) {
    const bool literal = text.compare(at, 2, "<<") == 0;
    const size_t length = !literal && text[at] == '<' ? command_length(text.substr(at), name) : 0;
    if (length > 0) {
      if (name == "param") ++parameter_depth;
      if (name == "/param" && parameter_depth > 0) --parameter_depth;
      if (name == "nl" || name == "np" || name == "paragraph") out += '\n';
      at += length;
      continue;
    }
    size_t line_ends = 0;
    while (at + line_ends < text.size() && text[at + line_ends] == '\n') ++line_ends;
    if (line_ends > 0) {
      if (parameter_depth == 0) line_ends == 1 ? out += ' ' : out.append(line_ends - 1, '\n');
      at += line_ends;
      continue;
    }
    if (parameter_depth == 0) out += text[at];
    at += literal ? 2 : 1;
  }
  return out;
}

}  // namespace custos::stage
