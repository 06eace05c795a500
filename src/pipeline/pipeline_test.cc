#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "pipeline/claims.h"
#include "pipeline/failure.h"
#include "pipeline/ingest.h"
#include "pipeline/masked_participant.h"
#include "pipeline/reorder_buffer.h"
#include "store/sample_archive.h"

namespace custos::pipeline {
namespace {

TEST(ReorderBuffer, GivesBackTheReadersOrderWhoeverFinishesFirst) {
  constexpr uint64_t kItems = 2000;
  ReorderBuffer<uint64_t> buffer(4);
  std::atomic<uint64_t> next{0};
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < 3; ++i) {
      workers.emplace_back([&] {
        for (uint64_t n = next++; n < kItems; n = next++) EXPECT_TRUE(buffer.put(n, n * 7));
      });
    }
    for (uint64_t n = 0; n < kItems; ++n) ASSERT_EQ(buffer.take(), n * 7);
    buffer.finish(kItems);
    EXPECT_EQ(buffer.take(), std::nullopt);
  }
}

TEST(ReorderBuffer, LetsEveryoneGoWhenTheConsumerGivesUp) {
  ReorderBuffer<int> buffer(1);
  std::jthread far_ahead([&] { EXPECT_FALSE(buffer.put(5, 1)); });
  std::jthread waiting([&] { EXPECT_EQ(buffer.take(), std::nullopt); });
  buffer.close();
}

TEST(ReorderBuffer, EndsBeforeWhatWasGivenUpAlsoWhenLaterItemsAreThere) {
  ReorderBuffer<int> buffer(4);
  EXPECT_TRUE(buffer.put(0, 10));
  EXPECT_TRUE(buffer.put(2, 12));
  buffer.finish(9);
  buffer.finish(1);  // whoever had the item 1 dropped it
  EXPECT_EQ(buffer.take(), 10);
  EXPECT_EQ(buffer.take(), std::nullopt);
}

TEST(Claims, TheFirstInTheSourceWinsWhoeverComesFirst) {
  Claims claims;
  const Digest key = blake2b("one message");
  EXPECT_TRUE(claims.claim(key, 20));   // a later copy is met first: it must be whole, nobody knows better
  EXPECT_TRUE(claims.claim(key, 10));   // the earlier one too
  EXPECT_FALSE(claims.claim(key, 30));  // later copies need not
  claims.forget(11);
  EXPECT_TRUE(claims.claim(key, 40));  // committed: now the catalog is asked
}

TEST(MaskedParticipant, IsTheSamePersonInEveryCopyAndNamesNobody) {
  const std::string key(32, 'k');
  const document::Participant ann{"Ann Lee", "Ann.Lee@Example.com"};
  const document::Participant shown = masked(ann, key);
  EXPECT_EQ(shown, masked(document::Participant{"ann lee", "ann.lee@example.com"}, key));
  EXPECT_TRUE(shown.address.ends_with("@example.com")) << shown.address;
  EXPECT_EQ((shown.name + shown.address).find("nn"), std::string::npos);
  EXPECT_NE(shown, masked(ann, std::string(32, 'x')));
}

TEST(Failure, KeepsTheCauseAndDropsItsConsequences) {
  Failure failure;
  failure.set({Code::kIo, "disk full"});
  failure.set({Code::kCancelled, "stopped"});
  EXPECT_EQ(failure.get()->message, "disk full");
}

// Hands out what the test puts in, one item a call, and writes down what it is told.
class ScriptedSource : public source::Source {
 public:
  explicit ScriptedSource(std::vector<source::Item> items, std::vector<std::string>& told)
      : items_(std::move(items)), told_(told) {}

  Result<std::optional<source::Item>> next() override {
    if (at_ == items_.size()) return std::optional<source::Item>();
    return std::optional<source::Item>(std::move(items_[at_++]));
  }
  [[nodiscard]] source::SourceProgress progress() const override { return {}; }
  void rejected(const source::Rejection& rejection) override {
    told_.push_back("rejected " + std::to_string(rejection.place.begin) + ": " + rejection.reason);
  }
  Status before_commit() override {
    told_.emplace_back("before commit");
    return {};
  }
  void committed(const std::string& file, const source::FileState& state) override {
    told_.push_back("committed " + file + " " + std::to_string(state.resume));
  }

 private:
  std::vector<source::Item> items_;
  size_t at_ = 0;
  std::vector<std::string>& told_;
};

source::Item item_of(const std::string& file, uint64_t offset, std::string bytes) {
  source::Item item;
  item.what = document::RawDocument{document::RawKind::kRecord, {file, offset, offset + 1}, std::move(bytes), {}};
  item.file = file;
  item.state.resume = offset + 1;
  return item;
}

source::Item pause() {
  source::Item item;
  item.is_pause = true;
  return item;
}

// A document is its own text; "bad" is none.
class PlainStages : public stage::Stages {
 public:
  [[nodiscard]] Result<std::unique_ptr<stage::Desk>> open_desk() const override {
    if (!redactor_.ok()) return redactor_.error();
    ASSIGN_OR_RETURN(auto scratch, redactor_->make_scratch());
    return std::make_unique<stage::Desk>(stage::Desk{std::move(scratch), {}});
  }
  [[nodiscard]] Result<stage::Draft> read(const document::RawDocument& raw, stage::Desk&) const override {
    if (raw.bytes == "bad") return Error{Code::kCorrupt, "no record"};
    stage::Draft draft;
    draft.record.id = raw.bytes;
    draft.record.place = raw.place;
    draft.record.raw_kind = raw.kind;
    draft.record.raw_bytes = raw.bytes.size();
    draft.record.raw_digest = blake2b(raw.bytes);
    draft.record.content_key = blake2b("content " + raw.bytes);
    return draft;
  }
  void complete(stage::Draft& draft, stage::Desk&) const override {
    draft.record.text = store::SampleText::restore("text", {});
    draft.record.parts = {{.number = "1", .content_type = "text/plain", .is_body = true, .text = draft.record.text}};
  }
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> versions() const override { return {{"plain", "1"}}; }

 private:
  Result<stage::Redactor> redactor_ = stage::Redactor::create({});
};

std::vector<std::string> told_by_ingest(std::vector<source::Item> items, uint64_t commits,
                                        const IngestOptions& options = {}) {
  const store::SampleArchive sample;
  const auto archive = sample.write();
  const PlainStages stages;
  std::vector<std::unique_ptr<sink::Sink>> sinks;
  std::vector<std::string> told;
  const OpenSource open = [&](const source::FileLookup&) -> Result<std::unique_ptr<source::Source>> {
    return std::unique_ptr<source::Source>(std::make_unique<ScriptedSource>(std::move(items), told));
  };
  const auto report = ingest({*archive, stages, sinks}, "scripted://", open, options, {}, {});
  EXPECT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(report.ok() ? report->counts.commits : 0, commits);
  return told;
}

TEST(Ingest, CommitsWhatThereIsAtAPauseAndTellsTheSource) {
  std::vector<source::Item> items;
  items.push_back(item_of("t/0", 0, "a"));
  items.push_back(item_of("t/1", 7, "b"));
  items.push_back(item_of("t/0", 1, "c"));
  items.push_back(pause());
  items.push_back(item_of("t/0", 2, "d"));
  EXPECT_EQ(told_by_ingest(std::move(items), 2),
            (std::vector<std::string>{"before commit", "committed t/0 2", "committed t/1 8", "before commit",
                                      "committed t/0 3"}));
}

TEST(Ingest, PausesWithNothingBetweenThemCommitNothing) {
  std::vector<source::Item> items;
  for (int i = 0; i < 3; ++i) items.push_back(pause());
  items.push_back(item_of("t/0", 0, "a"));
  for (int i = 0; i < 3; ++i) items.push_back(pause());
  EXPECT_EQ(told_by_ingest(std::move(items), 1), (std::vector<std::string>{"before commit", "committed t/0 1"}));
}

TEST(Ingest, PausesSoonAfterACommitAreLeftOut) {
  std::vector<source::Item> items;
  for (uint64_t offset = 0; offset < 4; ++offset) {
    items.push_back(item_of("t/0", offset, std::string(1, static_cast<char>('a' + offset))));
    items.push_back(pause());
  }
  EXPECT_EQ(told_by_ingest(std::move(items), 2, {.pause_ms = 600'000}),
            (std::vector<std::string>{"before commit", "committed t/0 1", "before commit", "committed t/0 4"}));
}

TEST(Ingest, TellsTheSourceOfWhatFailedBeforeItCommits) {
  std::vector<source::Item> items;
  items.push_back(item_of("t/0", 0, "bad"));
  source::Item lost;
  lost.what = document::SkippedSpan{{"t/0", 1, 5}, "gone", true};
  lost.file = "t/0";
  lost.state.resume = 5;
  lost.is_pause = true;
  items.push_back(std::move(lost));
  EXPECT_EQ(told_by_ingest(std::move(items), 1), (std::vector<std::string>{"rejected 0: no record", "rejected 1: gone",
                                                                           "before commit", "committed t/0 5"}));
}

}  // namespace
}  // namespace custos::pipeline
