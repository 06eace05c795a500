#include "app/head_texts.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <numeric>
#include <optional>

#include "app/json_lines.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/json_reader.h"

namespace custos::app {
namespace {

using model::LabelledSet;
using model::LabelledText;

constexpr uint64_t kFileBytesMax = 2ULL << 30;
constexpr size_t kLabelBytesMax = 200;
constexpr std::string_view kForeignLabel = "oos";

Error in_line(uint64_t number, std::string_view what) {
  return {Code::kCorrupt, fmt::format("line {} {}", number, what)};
}

std::string text_of(const JsonValue& line, std::string_view text) {
  const auto subject = line.member("subject");
  if (!subject || !subject->string() || subject->string()->empty()) return std::string(text);
  return fmt::format("Subject: {}\n\n{}", *subject->string(), text);
}

// Nothing where there is neither "label" nor "labels".
std::optional<std::vector<std::string>> label_names(const JsonValue& line) {
  std::vector<std::string> names;
  bool good = true;
  const auto take = [&](const JsonValue& value) {
    const auto name = value.string();
    good = good && name && !name->empty() && name->size() <= kLabelBytesMax;
    if (good) names.emplace_back(*name);
  };
  const auto one = line.member("label"), many = line.member("labels");
  if (many && many->is_array()) {
    many->for_each(take);
  } else if (one) {
    take(*one);
  } else {
    return std::nullopt;
  }
  return good ? std::optional(names) : std::nullopt;
}

// Reads the labels of lines into a set: of a set that grows, or whose labels are given.
class LabelReader {
 public:
  LabelReader(bool fixed, LabelledSet& set) : fixed_(fixed), set_(set) {
    for (const std::string& label : set.labels) numbers_.emplace(label, static_cast<uint32_t>(numbers_.size()));
  }

  [[nodiscard]] Status add(const JsonValue& line, uint64_t number, std::string text) {
    const auto names = label_names(line);
    if (!names) return in_line(number, R"(has no "label" (a string) or "labels" (an array of strings))");
    const auto many = line.member("labels");
    const bool multi_label = many && many->is_array();
    if (!fixed_ && set_.texts.empty()) set_.multi_label = multi_label;
    if (!set_.multi_label && multi_label) return in_line(number, R"(has "labels", where one "label" is needed)");
    LabelledText row{std::move(text), {}, slice_of(line)};
    for (const std::string& name : *names) {
      if (is_foreign(name)) {
        set_.foreign.push_back(std::move(row.text));
        return {};
      }
      const auto label = number_of(name);
      if (!label) return in_line(number, fmt::format("has the label {}, which the head was not trained on", name));
      row.labels.push_back(*label);
    }
    std::ranges::sort(row.labels);
    row.labels.erase(std::ranges::unique(row.labels).begin(), row.labels.end());
    set_.texts.push_back(std::move(row));
    return {};
  }

 private:
  [[nodiscard]] static std::string slice_of(const JsonValue& line) {
    const auto slice = line.member("slice");
    return slice && slice->string() ? std::string(slice->string()->substr(0, kLabelBytesMax)) : "";
  }
  [[nodiscard]] bool is_foreign(const std::string& name) const {
    return fixed_ && name == kForeignLabel && !numbers_.contains(name);
  }
  [[nodiscard]] std::optional<uint32_t> number_of(const std::string& name) {
    const auto found = numbers_.find(name);
    if (found != numbers_.end()) return found->second;
    if (fixed_) return std::nullopt;
    const auto number = static_cast<uint32_t>(numbers_.size());
    numbers_.emplace(name, number);
    set_.labels.push_back(name);
    return number;
  }

  bool fixed_;
  LabelledSet& set_;
  std::map<std::string, uint32_t> numbers_;
};

}  // namespace

Result<HeadTexts> HeadTexts::create(const CommonOptions& common) {
  ASSIGN_OR_RETURN(Config config, load_config(common, {}));
  stage::RedactOptions options = std::move(config.stages.redact);
  options.mask = stage::Mask::kTag;  // a pseudonym is nothing to learn from
  ASSIGN_OR_RETURN(stage::Redactor redactor, stage::Redactor::create(std::move(options)));
  ASSIGN_OR_RETURN(stage::Redactor::Scratch scratch, redactor.make_scratch());
  return HeadTexts(std::move(redactor), std::move(scratch));
}

Result<HeadTexts::Line> HeadTexts::read(std::string_view line, uint64_t number) {
  const bool is_json = line.substr(std::min(line.find_first_not_of(" \t"), line.size())).starts_with('{');
  if (!is_json) return Line{std::to_string(number), std::string(redactor_.redact(line, scratch_).text())};
  const auto json = JsonDocument::parse(line);
  if (!json.ok()) return in_line(number, "is " + json.error().message);
  const auto text = json->root().member("text");
  if (!text || !text->string()) return in_line(number, "has no string \"text\"");
  const auto id = json->root().member("id");
  const std::string whole = text_of(json->root(), *text->string());
  return Line{id ? id->text() : "null", std::string(redactor_.redact(whole, scratch_).text())};
}

Result<model::TrainingFacts::Data> HeadTexts::append(const std::filesystem::path& path, Labels fixed,
                                                     LabelledSet& set) {
  const auto in_file = [&](const Error& error) {
    return Error{error.code, fmt::format("{}: {}", path.string(), error.message)};
  };
  ASSIGN_OR_RETURN(const std::string bytes, read_file(path, kFileBytesMax));
  model::TrainingFacts::Data data{path.filename().string(), sha256(bytes).hex(), 0};
  LabelReader labels(fixed == Labels::kFixed, set);
  uint64_t number = 0;
  for (std::string_view rest = bytes; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const auto json = JsonDocument::parse(line);
    if (!json.ok()) return in_file(in_line(number, "is " + json.error().message));
    const auto text = json->root().member("text");
    if (!text || !text->string()) return in_file(in_line(number, "has no string \"text\""));
    const std::string whole = text_of(json->root(), *text->string());
    const Status added = labels.add(json->root(), number, std::string(redactor_.redact(whole, scratch_).text()));
    if (!added.ok()) return in_file(added.error());
    ++data.texts;
  }
  return data;
}

void sort_labels(LabelledSet& set) {
  std::vector<uint32_t> order(set.labels.size()), place(order.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, {}, [&](uint32_t label) { return set.labels[label]; });
  for (uint32_t i = 0; i < order.size(); ++i) place[order[i]] = i;
  for (LabelledText& text : set.texts) {
    for (uint32_t& label : text.labels) label = place[label];
    std::ranges::sort(text.labels);
  }
  std::ranges::sort(set.labels);
}

}  // namespace custos::app
