#include "stage/thread/jwz.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <random>

namespace custos::stage {
namespace {

ThreadInput mail(std::string id, std::vector<std::string> references = {}, std::string subject = "",
                 std::optional<int64_t> date = std::nullopt) {
  ThreadInput input;
  input.message_id = std::move(id);
  input.references = std::move(references);
  input.subject = std::move(subject);
  input.date = date;
  return input;
}

// As an IMAP server writes the answer: "(3 2)(1)"; a dummy is written as "((1)(2))".
std::string imap(const std::vector<ThreadPlace>& places) {
  std::vector<uint32_t> order(places.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return places[a].order < places[b].order; });
  std::map<int64_t, std::vector<uint32_t>> children;
  std::map<uint32_t, std::vector<uint32_t>> tops;
  std::vector<uint32_t> threads;
  for (const uint32_t i : order) {
    if (places[i].parent >= 0) {
      children[places[i].parent].push_back(i);
    } else {
      if (tops[places[i].thread].empty()) threads.push_back(places[i].thread);
      tops[places[i].thread].push_back(i);
    }
  }
  const std::function<std::string(uint32_t)> write = [&](uint32_t i) {
    std::string out = std::to_string(i + 1);
    if (children[i].size() == 1) return out + " " + write(children[i][0]);
    if (!children[i].empty()) out += " ";
    for (const uint32_t child : children[i]) out += "(" + write(child) + ")";
    return out;
  };
  std::string out;
  for (const uint32_t thread : threads) {
    std::string members;
    for (const uint32_t top : tops[thread]) members += "(" + write(top) + ")";
    out += tops[thread].size() > 1 ? "(" + members + ")" : members;
  }
  return out;
}

std::string by_references(const std::vector<ThreadInput>& messages) {
  return imap(thread_messages(messages, ThreadAlgorithm::kReferences));
}

TEST(References, a_loop_in_the_headers_is_not_made) {
  EXPECT_EQ(by_references({mail("a", {}, "", 30), mail("b", {"a", "c"}, "", 10), mail("c", {"b"}, "", 20)}),
            "(3 2)(1)");
  EXPECT_EQ(by_references({mail("b", {"a", "c"}), mail("c", {"b"})}), "(2 1)");
}

TEST(References, the_same_message_id_twice_is_two_threads) {
  EXPECT_EQ(by_references({mail("a"), mail("a")}), "(1)(2)");
}

TEST(References, the_example_of_rfc_5256) {
  // Two replies, and a reply to one of these; siblings in order of date.
  EXPECT_EQ(by_references(
                {mail("a", {}, "", 1), mail("c", {"a"}, "", 3), mail("b", {"a"}, "", 2), mail("d", {"a", "b"}, "", 4)}),
            "(1 (3 4)(2))");
}

TEST(References, siblings_of_a_missing_parent_are_one_thread) {
  EXPECT_EQ(by_references({mail("b", {"a"}), mail("c", {"a"}), mail("d")}), "((1)(2))(3)");
  EXPECT_EQ(by_references({mail("c", {"a", "b"}), mail("d", {"c"})}), "(1 2)");
}

TEST(References, in_reply_to_counts_where_there_are_no_references) {
  ThreadInput reply = mail("b");
  reply.in_reply_to = {"a", "x"};
  EXPECT_EQ(by_references({mail("a"), reply, mail("x")}), "(1 2)(3)");
}

TEST(References, own_header_wins_over_what_others_say) {
  EXPECT_EQ(by_references({mail("a"), mail("b"), mail("d", {"a", "c"}), mail("c", {"b"})}), "(1)(2 4 3)");
}

TEST(References, equal_subjects_merge) {
  EXPECT_EQ(by_references({mail("a", {}, "x"), mail("b", {}, "Re: x")}), "(1 2)");
  EXPECT_EQ(by_references({mail("a", {}, "Re: x"), mail("b", {}, "x")}), "(2 1)");
  EXPECT_EQ(by_references({mail("a", {}, "x"), mail("b", {}, "X")}), "((1)(2))");
  EXPECT_EQ(by_references({mail("a", {}, "x"), mail("b", {}, "y")}), "(1)(2)");
  EXPECT_EQ(by_references({mail("b", {"a"}, "x"), mail("c", {"a"}, "x"), mail("d", {}, "Re: x")}), "((1)(2)(3))");
  EXPECT_EQ(by_references({mail("a", {}, ""), mail("b", {}, "Re:")}), "(1)(2)");
}

TEST(OrderedSubject, groups_by_base_subject) {
  const std::vector<ThreadInput> messages = {mail("", {}, "a"),     mail("", {}, "C"),
                                             mail("", {}, "b"),     mail("", {}, "Re: [l] b (fwd)"),
                                             mail("", {}, ""),      mail("", {}, "Re: [FWD: c]"),
                                             mail("", {}, "[xyz]"), mail("", {}, ""),
                                             mail("", {}, "c")};
  EXPECT_EQ(imap(thread_messages(messages, ThreadAlgorithm::kOrderedSubject)), "(1)(2 (6)(9))(3 4)(5 8)(7)");
}

TEST(OrderedSubject, the_earliest_is_the_parent) {
  EXPECT_EQ(imap(thread_messages({mail("", {}, "Re: a", 2), mail("", {}, "b", 3), mail("", {}, "a", 1)},
                                 ThreadAlgorithm::kOrderedSubject)),
            "(3 1)(2)");
}

std::string by_keys(const std::vector<ThreadInput>& messages) {
  return imap(thread_messages(messages, ThreadAlgorithm::kCustos));
}

ThreadInput keyed(std::vector<uint64_t> own, std::vector<uint64_t> links) {
  ThreadInput input = mail("");
  input.keys = {std::move(own), std::move(links)};
  return input;
}

TEST(Custos, a_link_to_an_own_key_is_an_answer) {
  EXPECT_EQ(by_keys({keyed({1}, {}), keyed({2}, {1}), keyed({3}, {1, 2})}), "(1 2 3)");
}

TEST(Custos, owners_alone_do_not_join) { EXPECT_EQ(by_keys({keyed({1}, {}), keyed({1}, {})}), "(1)(2)"); }

TEST(Custos, two_links_join_as_siblings) { EXPECT_EQ(by_keys({keyed({}, {1}), keyed({}, {1})}), "((1)(2))"); }

TEST(Custos, an_answer_that_is_older_than_its_question_joins_without_a_parent) {
  EXPECT_EQ(by_keys({keyed({2}, {1}), keyed({1}, {})}), "((1)(2))");
}

TEST(Custos, keys_in_a_ring_make_one_thread) {
  EXPECT_EQ(by_keys({keyed({1}, {2}), keyed({2}, {3}), keyed({3}, {1})}), "((1 3)(2))");
}

TEST(Custos, equal_subjects_do_not_join) { EXPECT_EQ(by_keys({mail("a", {}, "x"), mail("b", {}, "Re: x")}), "(1)(2)"); }

// A million messages, each an answer to the one before it, in three orders.
void expect_one_chain(bool reversed, bool shuffled) {
  constexpr int kMessages = 1'000'000;
  std::vector<ThreadInput> messages;
  for (int i = 0; i < kMessages; ++i) {
    messages.push_back(mail(std::to_string(i)));
    if (i > 0) messages.back().references = {std::to_string(i - 1)};
  }
  if (reversed) std::reverse(messages.begin(), messages.end());
  if (shuffled) std::shuffle(messages.begin(), messages.end(), std::mt19937(7));
  const auto places = thread_messages(messages, ThreadAlgorithm::kReferences);
  const uint32_t thread = places[0].thread;
  for (const ThreadPlace& place : places) ASSERT_EQ(place.thread, thread);
}

TEST(References, a_chain_of_a_million_messages) { expect_one_chain(false, false); }
TEST(References, a_chain_of_a_million_messages_backwards) { expect_one_chain(true, false); }
TEST(References, a_chain_of_a_million_messages_shuffled) { expect_one_chain(false, true); }

// Each message names a random pile of ids, its own among them, and so cuts what others linked.
TEST(References, hostile_references_end_soon) {
  std::mt19937 random(1);
  std::vector<ThreadInput> messages;
  for (int i = 0; i < 20'000; ++i) {
    std::vector<std::string> references;
    for (int k = 0; k < 20; ++k) references.push_back(std::to_string(random() % 20'000));
    messages.push_back(mail(std::to_string(i), references));
  }
  for (const auto algorithm : {ThreadAlgorithm::kReferences, ThreadAlgorithm::kCustos}) {
    const auto places = thread_messages(messages, algorithm);
    for (const ThreadPlace& place : places) {
      if (place.parent < 0) continue;
      EXPECT_LT(places[place.parent].order, place.order);
    }
  }
}

TEST(ThreadAlgorithm, names) {
  EXPECT_EQ(thread_algorithm_from_name("references").value(), ThreadAlgorithm::kReferences);
  const auto unknown = thread_algorithm_from_name("jwz");
  ASSERT_FALSE(unknown.ok());
  EXPECT_THAT(unknown.error().message, testing::HasSubstr("orderedsubject"));
}

}  // namespace
}  // namespace custos::stage
