#include "source/reader/open_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "source/container/container_reader.h"
#include "source/detect/container_magic.h"
#include "source/detect/sniff.h"
#include "source/emlx/emlx_reader.h"
#include "source/jsonl/json_lines_reader.h"
#include "source/maildir/maildir.h"
#include "source/mbox/mbox_reader.h"
#include "source/reader/whole_file.h"

namespace custos::source {
namespace {

OpenReader skipping(Window& window, LogicalFile file, std::string reason, bool failed) {
  return {std::make_unique<SkippingReader>(window, std::move(file), std::move(reason), failed)};
}

OpenReader mbox(Window& window, LogicalFile file, MboxReader::Start start) {
  return {std::make_unique<MboxReader>(window, std::move(file), start), true, "From "};
}

OpenReader message(Window& window, LogicalFile file) {
  return {std::make_unique<MessageReader>(window, std::move(file))};
}

OpenReader json_lines(Window& window, LogicalFile file) {
  return {std::make_unique<JsonLinesReader>(window, std::move(file)), true};
}

OpenReader emlx(Window& window, LogicalFile file) { return {std::make_unique<EmlxReader>(window, std::move(file))}; }

OpenReader container(Window& window, LogicalFile file, const ReadContext& context) {
  const uint32_t depth_max = context.options.container_depth_max;
  if (context.depth >= depth_max) {
    return skipping(window, std::move(file), fmt::format("containers nested deeper than {}", depth_max), true);
  }
  return {std::make_unique<ContainerReader>(window, std::move(file), context), false, {}, true};
}

OpenReader unrecognised(Window& window, LogicalFile file, bool is_text) {
  const bool is_message =
      file.expectation == Expectation::kMessage || (file.expectation == Expectation::kTextMessage && is_text);
  if (is_message) return message(window, std::move(file));
  return skipping(window, std::move(file), "not mail", false);
}

OpenReader by_content(Window& window, LogicalFile file, const ReadContext& context, Content content) {
  if (file.expectation == Expectation::kMessage && content != Content::kContainer && content != Content::kEmpty) {
    return message(window, std::move(file));
  }
  switch (content) {
    case Content::kEmpty:
      return skipping(window, std::move(file), "empty file", false);
    case Content::kMbox:
      return mbox(window, std::move(file), MboxReader::Start::kFile);
    case Content::kMessage:
      return message(window, std::move(file));
    case Content::kEmlx:
      return emlx(window, std::move(file));
    case Content::kJsonLines:
      return json_lines(window, std::move(file));
    case Content::kContainer:
      return container(window, std::move(file), context);
    case Content::kOutlook:
      return skipping(window, std::move(file), "Outlook's .pst and .msg are not read: export as mbox or eml", true);
    case Content::kText:
      return unrecognised(window, std::move(file), true);
    case Content::kBinary:
      return unrecognised(window, std::move(file), false);
  }
  return unrecognised(window, std::move(file), false);
}

OpenReader forced(Window& window, LogicalFile file, const ReadContext& context, Content content) {
  switch (context.options.format) {
    case Format::kMbox:
      return mbox(window, std::move(file), MboxReader::Start::kForced);
    case Format::kEml:
      return message(window, std::move(file));
    case Format::kEmlx:
      return emlx(window, std::move(file));
    case Format::kJsonLines:
      return json_lines(window, std::move(file));
    case Format::kMaildir:
      if (is_in_maildir(file.path) || file.is_source) return message(window, std::move(file));
      return skipping(window, std::move(file), "not in a maildir's cur or new", false);
    case Format::kTar:
    case Format::kZip:
      if (context.depth == 0) return skipping(window, std::move(file), "not a tar or zip file", true);
      break;
    case Format::kAuto:
      break;
  }
  return by_content(window, std::move(file), context, content);
}

}  // namespace

size_t window_capacity(const SourceOptions& options) {
  constexpr uint64_t kSlack = 1U << 20;
  constexpr uint64_t kMax = 1ULL << 40;
  return 2 * (std::min(options.document_bytes_max, kMax) + kSlack);
}

Expectation expectation_of(std::string_view path) {
  const bool is_named_so = is_in_maildir(path) || path.ends_with(".eml") || path.ends_with(".msg");
  return is_named_so ? Expectation::kTextMessage : Expectation::kNothing;
}

OpenReader open_reader(Window& window, LogicalFile file, const ReadContext& context) {
  window.fill_to(kSniffBytes);
  const bool whole = window.ended() && window.view().size() <= kSniffBytes;
  const std::string_view head = window.view().substr(0, kSniffBytes);
  const Format format = context.options.format;
  const bool wants_container = format == Format::kTar || format == Format::kZip;
  if (head.empty()) return skipping(window, std::move(file), "empty file", false);
  if (is_container(head) || (wants_container && is_zip(head))) return container(window, std::move(file), context);
  if (format != Format::kAuto) {
    return forced(window, std::move(file), context, wants_container ? sniff(head, whole) : Content::kText);
  }
  return by_content(window, std::move(file), context, sniff(head, whole));
}

}  // namespace custos::source
