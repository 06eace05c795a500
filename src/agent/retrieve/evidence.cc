#include "agent/retrieve/evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace custos::agent {
namespace {

using query::SearchAnswer;
using query::SearchRequest;
using query::SearchResult;

constexpr uint32_t kResults = 48;
constexpr uint32_t kResultsOfThread = 2000;  // where the question is asked of one conversation
constexpr size_t kThreadsMax = 8;            // that are looked at as a whole
constexpr uint64_t kThreadMessagesMax = 2000;
constexpr size_t kPeopleMax = 8;  // of a message, of each kind
constexpr size_t kTalkMessagesMin = 30;
constexpr uint64_t kTalkBytesMax = 600;  // of a message, on average
constexpr size_t kMessagesMin = 6;       // are read, whatever the budget says
constexpr size_t kBytesPerToken = 4;

SearchRequest request_for(const Question& question, const AnswerRequest& request) {
  SearchRequest search = request.scope;
  search.all = request.all;
  search.query = question.query(request.all);
  search.limit = search.thread.empty() ? kResults : kResultsOfThread;
  search.explain = request.explain && search.thread.empty();  // of thousands of results it takes long
  return search;
}

std::tuple<int64_t, int64_t> by_time(const store::MessageEntry& entry) {
  return {entry.date ? entry.date->utc_seconds : INT64_MAX, static_cast<int64_t>(entry.key)};
}

size_t text_bytes(const index::StoredText& text) {
  size_t bytes = 0;
  for (const index::StoredPart& part : text.parts) bytes += part.text.text().size();
  return bytes;
}

}  // namespace

std::string people_of(const SearchResult& result) {
  std::string people;
  for (const auto* list : {&result.from, &result.to}) {
    for (size_t i = 0; i < std::min(list->size(), kPeopleMax); ++i) {
      people.append((*list)[i].name).append(" ").append((*list)[i].address).append("\n");
    }
  }
  return people;
}

bool names_author(const Question& question, const AnswerRequest& request) {
  const auto is_author = [](const QuestionFilter& one) { return one.scope == "from" && !one.denied; };
  return !request.scope.from.empty() || std::ranges::any_of(question.filters, is_author);
}

std::vector<float> raised_by_neighbours(const std::vector<float>& scores) {
  constexpr float kShare = 0.35F;
  std::vector<float> raised(scores);
  for (size_t i = 0; i < scores.size(); ++i) {
    float around = 0;
    if (i > 0) around = scores[i - 1];
    if (i + 1 < scores.size()) around = std::max(around, scores[i + 1]);
    raised[i] = std::max(scores[i], (1 - kShare) * scores[i] + kShare * around);
  }
  return raised;
}

// The kernel is exponential, so that one pass in each direction sums it.
std::vector<float> spread_over_talk(const std::vector<float>& scores, const std::vector<uint32_t>& bytes) {
  constexpr float kReachBytes = 1200;
  constexpr float kWeightBytesMax = 240;
  const size_t size = scores.size();
  std::vector<float> weight(size);
  std::vector<float> fade(size, 0);  // from the middle of the message before
  for (size_t i = 0; i < size; ++i) {
    weight[i] = std::min(static_cast<float>(bytes[i]), kWeightBytesMax) / kWeightBytesMax;
    const float gap = i > 0 ? static_cast<float>(bytes[i - 1] + bytes[i]) / 2 : 0;
    fade[i] = std::exp(-gap / kReachBytes);
  }
  std::vector<float> sums(size, 0);
  std::vector<float> weights(size, 0);
  for (const bool is_forward : {true, false}) {
    float sum = 0;
    float all = 0;
    for (size_t step = 0; step < size; ++step) {
      const size_t i = is_forward ? step : size - 1 - step;
      if (step > 0) sum *= fade[is_forward ? i : i + 1];
      if (step > 0) all *= fade[is_forward ? i : i + 1];
      sums[i] += sum;
      weights[i] += all;
      sum += scores[i] * weight[i];
      all += weight[i];
    }
  }
  for (size_t i = 0; i < size; ++i) {
    sums[i] += scores[i] * weight[i];
    weights[i] += weight[i];
    sums[i] = weights[i] > 0 ? sums[i] / weights[i] : 0;
  }
  return sums;
}

Result<SearchAnswer> EvidenceFinder::all(const Question& question, const AnswerRequest& request) const {
  return searcher_.search(request_for(question, request));
}

Status EvidenceFinder::add_thread(const SearchAnswer& found, const SearchResult& of,
                                  std::vector<Scored>& scored) const {
  ASSIGN_OR_RETURN(std::vector<store::MessageEntry> entries, archive_.thread_of(of.message.key));
  std::ranges::sort(entries, {}, by_time);
  std::unordered_map<int64_t, const SearchResult*> matches;
  for (const SearchResult& result : found.results) matches.emplace(static_cast<int64_t>(result.message.key), &result);
  std::vector<Scored> thread;
  for (store::MessageEntry& entry : entries) {
    const auto match = matches.find(static_cast<int64_t>(entry.key));
    const SearchResult* const result = match == matches.end() ? nullptr : match->second;
    const float score = result == nullptr ? 0 : result->score;
    Scored one{.entry = std::move(entry), .score = score, .is_match = result != nullptr};
    if (result != nullptr) one.folded = result->folded;
    if (result != nullptr) one.people = people_of(*result);
    thread.push_back(std::move(one));
  }
  ASSIGN_OR_RETURN(const std::vector<float> raised, in_context(thread));
  for (size_t i = 0; i < thread.size(); ++i) {
    thread[i].score = raised[i];
    if (raised[i] > 0) scored.push_back(std::move(thread[i]));
  }
  return {};
}

Result<std::vector<float>> EvidenceFinder::in_context(const std::vector<Scored>& thread) const {
  std::vector<float> scores;
  for (const Scored& one : thread) scores.push_back(one.score);
  if (thread.size() < kTalkMessagesMin) return raised_by_neighbours(scores);
  std::vector<uint32_t> bytes;
  uint64_t all_bytes = 0;
  for (const Scored& one : thread) {
    ASSIGN_OR_RETURN(const std::optional<index::StoredText> text, texts_.read(one.entry.key));
    bytes.push_back(text ? static_cast<uint32_t>(text_bytes(*text)) : 0);
    all_bytes += bytes.back();
  }
  return all_bytes / thread.size() > kTalkBytesMax ? raised_by_neighbours(scores) : spread_over_talk(scores, bytes);
}

Result<std::vector<EvidenceFinder::Scored>> EvidenceFinder::with_neighbours(const SearchAnswer& found) const {
  std::vector<Scored> scored;
  std::unordered_set<std::string> threads;
  for (const SearchResult& result : found.results) {
    const bool is_talk = result.thread_messages > 1 && result.thread_messages <= kThreadMessagesMax;
    if (!is_talk || threads.contains(result.message.thread) || threads.size() >= kThreadsMax) continue;
    threads.insert(result.message.thread);
    RETURN_IF_ERROR(add_thread(found, result, scored));
  }
  for (const SearchResult& result : found.results) {
    if (threads.contains(result.message.thread)) continue;
    scored.push_back({result.message, result.score, true, result.folded, people_of(result)});
  }
  std::ranges::sort(scored, {}, [](const Scored& one) { return std::tuple(-one.score, one.entry.key); });
  return scored;
}

Result<EvidenceSet> EvidenceFinder::best(const Question& question, const AnswerRequest& request) const {
  ASSIGN_OR_RETURN(SearchAnswer found, searcher_.search(request_for(question, request)));
  ASSIGN_OR_RETURN(std::vector<Scored> scored, with_neighbours(found));
  EvidenceSet set;
  set.authored_only = names_author(question, request);
  set.plan = std::move(found.plan);
  size_t tokens = 0;
  for (Scored& one : scored) {
    if (set.messages.size() >= kMessagesMin && tokens >= request.evidence_tokens) break;
    ASSIGN_OR_RETURN(std::optional<index::StoredText> text, texts_.read(one.entry.key));
    if (!text) continue;
    tokens += text_bytes(*text) / kBytesPerToken;
    set.messages.push_back(
        {std::move(one.entry), std::move(*text), one.score, one.is_match, one.folded, std::move(one.people)});
  }
  set.total = set.messages.size();
  if (request.explain) {
    set.plan += fmt::format("{} messages found, {} with their conversations; the best {} are read, about {} tokens\n",
                            found.results.size(), scored.size(), set.messages.size(), tokens);
  }
  return set;
}

}  // namespace custos::agent
