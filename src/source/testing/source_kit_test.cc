#include "source/testing/source_kit.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <fstream>

namespace custos::source::testing {

TestFolder::TestFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "custos_source_XXXXXX").string();
  EXPECT_NE(::mkdtemp(name.data()), nullptr);
  path_ = name;
}

TestFolder::~TestFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path TestFolder::write(std::string_view name, std::string_view bytes) const {
  const auto file = path_ / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return file;
}

void TestFolder::append(std::string_view name, std::string_view bytes) const {
  std::ofstream(path_ / name, std::ios::binary | std::ios::app)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::vector<document::RawDocument> Walk::documents() const {
  std::vector<document::RawDocument> found;
  for (const Item& item : items) {
    if (const auto* what = std::get_if<document::RawDocument>(&item.what)) found.push_back(*what);
  }
  return found;
}

std::vector<document::SkippedSpan> Walk::skipped() const {
  std::vector<document::SkippedSpan> found;
  for (const Item& item : items) {
    if (const auto* what = std::get_if<document::SkippedSpan>(&item.what)) found.push_back(*what);
  }
  return found;
}

std::vector<std::string> Walk::failures() const {
  std::vector<std::string> found;
  for (const auto& span : skipped()) {
    if (span.failed) found.push_back(span.place.path + ": " + span.reason);
  }
  return found;
}

Walk walk(const std::filesystem::path& path, const SourceOptions& options, const States& states, size_t items_max) {
  Walk result;
  result.states = states;
  const auto lookup = [&states](const std::string& file) {
    const auto found = states.find(file);
    return found == states.end() ? std::nullopt : std::optional<FileState>(found->second);
  };
  auto source = open_source(path, options, lookup);
  EXPECT_TRUE(source.ok()) << source.error().message;
  while (source.ok() && result.items.size() < items_max) {
    auto item = (*source)->next();
    EXPECT_TRUE(item.ok());
    if (!item.ok() || !item->has_value()) break;
    result.states[(*item)->file] = (*item)->state;
    if (!std::holds_alternative<std::monostate>((*item)->what)) result.items.push_back(std::move(**item));
  }
  if (source.ok()) result.progress = (*source)->progress();
  return result;
}

namespace {

const document::Place& place_of(const Item& item) {
  if (const auto* what = std::get_if<document::RawDocument>(&item.what)) return what->place;
  return std::get<document::SkippedSpan>(item.what).place;
}

std::string described(const Item& item) {
  const auto& place = place_of(item);
  const auto* found = std::get_if<document::RawDocument>(&item.what);
  const auto* span = std::get_if<document::SkippedSpan>(&item.what);
  return fmt::format("{} [{}, {}) {} {} {}", place.path, place.begin, place.end,
                     found != nullptr ? found->bytes + found->flags : span->reason, item.ends_logical_file, item.file);
}

std::vector<std::string> described(const std::vector<Item>& items) {
  std::vector<std::string> lines;
  for (const Item& item : items) lines.push_back(described(item));
  return lines;
}

}  // namespace

void expect_tiles(const Walk& walked) {
  std::map<std::string, uint64_t> end;
  std::map<std::string, bool> finished;
  for (const Item& item : walked.items) {
    const auto& place = place_of(item);
    EXPECT_FALSE(finished[place.path]) << place.path << " goes on behind its end";
    EXPECT_EQ(place.begin, end[place.path]) << place.path;
    EXPECT_LE(place.begin, place.end) << place.path;
    end[place.path] = place.end;
    finished[place.path] = item.ends_logical_file;
  }
  for (const auto& [path, done] : finished) EXPECT_TRUE(done) << path << " has no end";
}

void expect_resumes(const std::filesystem::path& path, const SourceOptions& options, size_t stride) {
  const Walk whole = walk(path, options);
  const auto all = described(whole.items);
  for (size_t cut = 0; cut <= all.size(); cut += stride) {
    const Walk before = walk(path, options, {}, cut);
    const Walk after = walk(path, options, before.states);
    ASSERT_EQ(described(after.items), std::vector<std::string>(all.begin() + static_cast<ptrdiff_t>(cut), all.end()))
        << "cut behind item " << cut;
  }
  EXPECT_TRUE(walk(path, options, whole.states).items.empty());
}

Walk walk_checked(const std::filesystem::path& path, const SourceOptions& options) {
  Walk walked = walk(path, options);
  expect_tiles(walked);
  expect_resumes(path, options);
  return walked;
}

std::string message(int number, size_t bytes) {
  std::string text = fmt::format(
      "From: Ann Example <ann@example.org>\nTo: bob@example.org\nSubject: number {}\n"
      "Message-ID: <{}@example.org>\nDate: Mon, 5 May 2014 10:00:00 +0000\n\n",
      number, number);
  while (text.size() < bytes) text += fmt::format("Line {} of the message {}.\n", text.size(), number);
  return text;
}

std::string mbox(int count, size_t bytes) {
  std::string text;
  for (int number = 1; number <= count; ++number) {
    text += "From ann@example.org Mon May  5 10:00:00 2014\n" + message(number, bytes) + "\n";
  }
  return text;
}

}  // namespace custos::source::testing
