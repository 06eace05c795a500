// custos show: one message, its conversation, or its original.
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>

#include "app/commands.h"
#include "app/message_json.h"
#include "audit/log.h"
#include "stage/thread/jwz.h"

namespace custos::app {
namespace {

using document::Record;
using store::Archive;
using store::MessageEntry;

std::string names(const std::vector<document::Participant>& participants) {
  std::string all;
  for (const document::Participant& participant : participants) {
    if (!all.empty()) all += ", ";
    all +=
        participant.name.empty() ? participant.address : fmt::format("{} <{}>", participant.name, participant.address);
  }
  return all;
}

std::string indented(const std::string& text, const std::string& margin) {
  std::string out;
  size_t begin = 0;
  while (begin < text.size()) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    out += margin + text.substr(begin, end - begin) + "\n";
    begin = end + 1;
  }
  return out;
}

void print_record(const Record& record, const std::string& thread, const std::vector<store::FoundPlace>& places,
                  const std::string& margin) {
  const auto line = [&](const char* name, const std::string& value) {
    if (!value.empty()) fmt::print("{}{:<9}{}\n", margin, name, value);
  };
  line("id", record.id);
  line("thread", thread);
  line("date", record.date ? fmt::format("{} ({})", record.date->rfc3339(), record.date->offset()) : "");
  line("from", names(record.from));
  line("to", names(record.to));
  line("cc", names(record.cc));
  line("subject", record.subject.text());
  for (const store::FoundPlace& found : places) {
    line("place", fmt::format("{} : {} [{}, {})", found.source, found.place.path, found.place.begin, found.place.end));
  }
  for (const document::RecordPart& part : record.parts) {
    if (!part.is_body) {
      line("part", fmt::format("{} {} {} ({} bytes)", part.number, part.content_type, part.name.text(), part.bytes));
    }
  }
  fmt::print("\n{}\n", indented(record.text.text(), margin));
}

Status print_message(const Archive& archive, const MessageEntry& entry, bool json, const std::string& margin) {
  ASSIGN_OR_RETURN(const Record record, archive.read_record(entry.key));
  ASSIGN_OR_RETURN(const auto places, archive.places(entry.key));
  if (json) {
    fmt::print("{}\n", shown_json(record, entry.thread, places));
  } else {
    print_record(record, entry.thread, places, margin);
  }
  return {};
}

stage::ThreadInput thread_input(const MessageEntry& entry) {
  return {.message_id = entry.message_id,
          .in_reply_to = entry.in_reply_to,
          .references = entry.references,
          .subject = entry.subject,
          .date = entry.date ? std::optional<int64_t>(entry.date->utc_seconds) : std::nullopt,
          .keys = {}};
}

// How deep each message answers: 0 for the first of a conversation.
std::vector<size_t> depths(const std::vector<stage::ThreadPlace>& places, const std::vector<size_t>& shown) {
  std::vector<size_t> depth(places.size(), 0);
  for (const size_t i : shown) {
    if (places[i].parent >= 0) depth[i] = depth[static_cast<size_t>(places[i].parent)] + 1;
  }
  return depth;
}

Status print_thread(const Archive& archive, const MessageEntry& entry, bool json) {
  ASSIGN_OR_RETURN(const std::vector<MessageEntry> entries, archive.thread_of(entry.key));
  std::vector<stage::ThreadInput> inputs;
  for (const MessageEntry& one : entries) inputs.push_back(thread_input(one));
  const auto places = stage::thread_messages(inputs, stage::ThreadAlgorithm::kReferences);
  std::vector<size_t> shown(entries.size());
  for (size_t i = 0; i < places.size(); ++i) shown[places[i].order] = i;
  const std::vector<size_t> depth = depths(places, shown);
  if (!json) fmt::print("conversation {} of {} messages\n\n", entry.thread, entries.size());
  for (const size_t i : shown) {
    RETURN_IF_ERROR(print_message(archive, entries[i], json, std::string(2 * std::min<size_t>(depth[i], 20), ' ')));
  }
  return {};
}

// "uid 1000 (ann)".
std::string actor() {
  const passwd* user = ::getpwuid(::getuid());
  return fmt::format("uid {} ({})", ::getuid(), user == nullptr ? "?" : user->pw_name);
}

// Recorded first: an original that cannot be recorded is not shown.
Status print_original(const Archive& archive, const MessageEntry& entry, const std::string& purpose) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const document::Timestamp time{std::chrono::duration_cast<std::chrono::seconds>(now).count(), 0};
  RETURN_IF_ERROR(
      audit::append(archive.folder() / "audit", {time.rfc3339(), actor(), "reveal-original", entry.id, purpose}));
  ASSIGN_OR_RETURN(const store::StoredOriginal original, archive.original_of(entry.key));
  const std::string& bytes = original.document.bytes;
  if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) != bytes.size())
    return Error{Code::kIo, "cannot write to stdout"};
  return {};
}

}  // namespace

int run_show(const CommonOptions& common, const ShowCommand& command) {
  if (command.original && (!command.reveal || command.purpose.empty())) {
    return report({Code::kInvalidArgument, "--original shows personal data: it needs --reveal and --purpose TEXT"});
  }
  const auto config = load_config(common, command.archive);
  if (!config.ok()) return report(config.error());
  const auto archive = Archive::open_for_reading(command.archive, config->archive);
  if (!archive.ok()) return report(archive.error());
  const auto entry = (*archive)->find_message(command.id);
  if (!entry.ok()) return report(entry.error());
  Status shown = command.original ? print_original(**archive, *entry, command.purpose)
                 : command.thread ? print_thread(**archive, *entry, common.json)
                                  : print_message(**archive, *entry, common.json, "");
  return shown.ok() ? kExitDone : report(shown.error());
}

}  // namespace custos::app
