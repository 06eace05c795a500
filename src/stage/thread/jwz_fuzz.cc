// Any tangle of ids: every message gets one place, parents come before children, threads hold together.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "stage/thread/base_subject.h"
#include "stage/thread/jwz.h"

namespace {

using custos::stage::ThreadInput;
using custos::stage::ThreadPlace;

std::vector<ThreadInput> messages_from(const uint8_t* data, size_t size) {
  std::vector<ThreadInput> messages;
  for (size_t i = 0; i + 4 <= size && messages.size() < 2000; i += 4) {
    if (data[i] % 4 != 0 && !messages.empty()) {
      messages.back().references.push_back(std::to_string(data[i + 1] % 32));
      messages.back().keys.links.push_back(data[i + 2] % 32);
      continue;
    }
    ThreadInput& input = messages.emplace_back();
    input.message_id = std::to_string(data[i + 1] % 32);
    input.subject = data[i + 2] % 3 == 0 ? "Re: x" : std::string(1, static_cast<char>(data[i + 2]));
    if (data[i + 3] % 2 == 0) input.date = data[i + 3];
    input.keys.own.push_back(data[i + 3] % 32);
  }
  return messages;
}

void check(const std::vector<ThreadPlace>& places) {
  std::vector<bool> seen(places.size(), false);
  for (const ThreadPlace& place : places) {
    if (place.order >= places.size() || seen[place.order] || place.thread >= places.size()) std::abort();
    seen[place.order] = true;
    if (places[place.thread].thread != place.thread) std::abort();
    if (place.parent < 0) continue;
    const ThreadPlace& parent = places[static_cast<size_t>(place.parent)];
    if (parent.order >= place.order || parent.thread != place.thread) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using custos::stage::ThreadAlgorithm;
  const auto messages = messages_from(data, size);
  for (const auto algorithm :
       {ThreadAlgorithm::kCustos, ThreadAlgorithm::kReferences, ThreadAlgorithm::kOrderedSubject}) {
    check(custos::stage::thread_messages(messages, algorithm));
  }
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)custos::stage::base_subject(text);
  (void)custos::stage::localized_base_subject(text);
  return 0;
}
