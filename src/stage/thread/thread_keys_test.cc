#include "stage/thread/thread_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace custos::stage {
namespace {

using document::Message;
using document::ThreadKeys;

constexpr const char* kText = "Could you send me the figures for the third quarter before Friday?\nAda\n";

Message mail(std::string subject, std::string text) {
  Message message;
  message.subject = std::move(subject);
  message.date = document::Timestamp{1'700'000'000, 0};
  message.from = {{"", "ada@example.org"}};
  message.to = {{"", "bob@example.org"}};
  document::Part part;
  part.is_body = true;
  part.text = std::move(text);
  message.parts = {part};
  return message;
}

Message answer(std::string subject, std::string text) {
  Message message = mail(std::move(subject), std::move(text));
  std::swap(message.from, message.to);
  message.date->utc_seconds += 3600;
  return message;
}

bool shares(const std::vector<uint64_t>& a, const std::vector<uint64_t>& b) {
  return std::any_of(a.begin(), a.end(), [&](uint64_t key) { return std::find(b.begin(), b.end(), key) != b.end(); });
}

bool is_joined(const ThreadKeys& a, const ThreadKeys& b) {
  return shares(a.own, b.links) || shares(a.links, b.own) || shares(a.links, b.links);
}

TEST(ThreadKeys, references_join) {
  Message first = mail("One", "short");
  first.message_id = "1@a";
  Message second = answer("Two", "short");
  second.in_reply_to = {"1@a"};
  EXPECT_TRUE(is_joined(thread_keys(first, {}), thread_keys(second, {})));
  Message third = mail("Three", "short");
  third.references = {"1@a"};
  EXPECT_TRUE(is_joined(thread_keys(second, {}), thread_keys(third, {})));
}

TEST(ThreadKeys, a_quoted_text_joins_whatever_its_marks_and_line_ends) {
  const ThreadKeys first = thread_keys(mail("Figures", kText), {});
  const std::string_view quoted = "> Could you send me the figures\n> for the third\n> quarter before Friday?\n> Ada\n";
  Message reply = answer("The figures you wanted", "Here they are.");
  EXPECT_TRUE(is_joined(first, thread_keys(reply, {{"RE: Figures", quoted}})));
  EXPECT_FALSE(is_joined(first, thread_keys(reply, {{"", quoted}}))) << "another subject";
  reply.subject = "AW: Figures";
  reply.from = {{"", "carol@example.org"}};
  EXPECT_TRUE(is_joined(first, thread_keys(reply, {{"", quoted}})));
}

TEST(ThreadKeys, an_answer_that_quotes_only_what_was_authored_joins) {
  Message first = mail("Figures", std::string(kText) + "> earlier words of somebody else\n");
  const auto authored = static_cast<uint32_t>(std::string_view(kText).size());
  first.parts[0].removed = {{{authored, static_cast<uint32_t>(first.parts[0].text.size())}, {}}};
  Message reply = mail("Re: Figures", "Yes");
  reply.to = {{"", "carol@example.org"}};
  EXPECT_TRUE(is_joined(thread_keys(first, {}), thread_keys(reply, {{"", kText}})));
  EXPECT_TRUE(is_joined(thread_keys(first, {}), thread_keys(reply, {{"", first.parts[0].text}})));
}

TEST(ThreadKeys, newsletters_that_begin_alike_stay_apart) {
  Message monday = mail("The daily brief", kText);
  Message tuesday = monday;
  tuesday.date->utc_seconds += 86400;
  EXPECT_FALSE(is_joined(thread_keys(monday, {}), thread_keys(tuesday, {})));
}

TEST(ThreadKeys, short_quotes_say_nothing) {
  Message first = mail("Lunch", "Thanks!");
  Message reply = answer("Re: Lunch", "ok");
  reply.to = {{"", "zoe@example.org"}};
  EXPECT_FALSE(is_joined(thread_keys(first, {}), thread_keys(reply, {{"", "Thanks!"}})));
}

TEST(ThreadKeys, a_subject_joins_only_with_a_prefix_the_same_people_and_in_time) {
  const ThreadKeys first = thread_keys(mail("Budget 2024", "a"), {});
  EXPECT_TRUE(is_joined(first, thread_keys(answer("AW: Budget 2024", "b"), {})));
  EXPECT_FALSE(is_joined(first, thread_keys(answer("Budget 2024", "b"), {})));
  Message stranger = answer("Re: Budget 2024", "b");
  stranger.from = {{"", "zoe@example.org"}};
  EXPECT_FALSE(is_joined(first, thread_keys(stranger, {})));
  Message late = answer("Re: Budget 2024", "b");
  late.date->utc_seconds += 60 * 86400;
  EXPECT_FALSE(is_joined(first, thread_keys(late, {})));
  Message with_header = answer("Re: Budget 2024", "b");
  with_header.in_reply_to = {"other@a"};
  EXPECT_FALSE(is_joined(first, thread_keys(with_header, {})));
}

TEST(ThreadKeys, records_of_one_thread_join) {
  Message one = mail("", "a");
  one.channel = "chat";
  one.thread_hint = "t1";
  Message two = one;
  Message other = one;
  other.thread_hint = "t2";
  EXPECT_TRUE(is_joined(thread_keys(one, {}), thread_keys(two, {})));
  EXPECT_FALSE(is_joined(thread_keys(one, {}), thread_keys(other, {})));
}

TEST(ThreadKeys, hostile_messages_make_few_keys) {
  Message message = mail("Re: subject", kText);
  for (int i = 0; i < 100'000; ++i) {
    message.references.push_back(std::to_string(i));
    message.in_reply_to.push_back("r" + std::to_string(i));
    message.to.push_back({"", std::to_string(i) + "@example.org"});
  }
  const std::vector<QuotedText> quoted(1000, QuotedText{"", kText});
  const ThreadKeys keys = thread_keys(message, quoted);
  EXPECT_LE(keys.own.size() + keys.links.size(), 200U);
}

}  // namespace
}  // namespace custos::stage
