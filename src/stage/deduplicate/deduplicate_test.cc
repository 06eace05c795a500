#include "stage/deduplicate/deduplicate.h"

#include <gtest/gtest.h>

namespace custos::stage {
namespace {

using document::Message;
using document::Part;

Part body(std::string text) {
  Part part;
  part.content_type = "text/plain";
  part.is_body = true;
  part.text = std::move(text);
  return part;
}

Part attachment(std::string_view bytes) {
  Part part;
  part.is_attachment = true;
  part.sha256 = sha256(bytes);
  return part;
}

Message mail() {
  Message message;
  message.message_id = "1@example.org";
  message.date = document::Timestamp{1'700'000'000, 60};
  message.from = {{"Ada", "ada@example.org"}};
  message.to = {{"Bob", "bob@example.org"}, {"", "cy@example.org"}};
  message.subject = "The  bridge";
  message.parts = {body("Dear all,\nthe bridge stands.\n")};
  return message;
}

TEST(Deduplicate, copies_in_two_mailboxes_are_one_message) {
  Message copy = mail();
  copy.message_id = "another@export.example.org";
  copy.date->offset_minutes = 0;
  copy.from[0].name = "Ada Lovelace";
  copy.to = {{"", "CY@example.org"}};
  copy.cc = {{"Bob", "bob@example.org"}};
  copy.subject = "[bridges] The bridge ";
  copy.parts = {body("Dear all, the bridge\xc2\xa0stands.")};
  EXPECT_EQ(content_key(copy), content_key(mail()));
}

TEST(Deduplicate, the_senders_copy_with_bcc_is_the_recipients_message) {
  Message sent = mail();
  sent.bcc = {{"", "secret@example.org"}};
  EXPECT_EQ(content_key(sent), content_key(mail()));
}

TEST(Deduplicate, what_differs_stays_two) {
  const Digest key = content_key(mail());
  Message other = mail();
  other.date->utc_seconds += 1;
  EXPECT_NE(content_key(other), key);
  other = mail();
  other.date.reset();
  EXPECT_NE(content_key(other), key);
  other = mail();
  other.parts[0].text += "P.S. It fell.";
  EXPECT_NE(content_key(other), key);
  other = mail();
  other.to.pop_back();
  EXPECT_NE(content_key(other), key);
  other = mail();
  other.parts.push_back(attachment("plan"));
  EXPECT_NE(content_key(other), key);
}

TEST(Deduplicate, the_order_of_attachments_does_not_matter) {
  Message one = mail();
  one.parts.push_back(attachment("a"));
  one.parts.push_back(attachment("b"));
  Message two = mail();
  two.parts.push_back(attachment("b"));
  two.parts.push_back(attachment("a"));
  EXPECT_EQ(content_key(one), content_key(two));
}

TEST(Deduplicate, blank_messages_are_told_apart_by_message_id) {
  Message one = mail();
  one.subject.clear();
  one.parts.clear();
  Message two = one;
  EXPECT_EQ(content_key(one), content_key(two));
  two.message_id = "2@example.org";
  EXPECT_NE(content_key(one), content_key(two));
}

TEST(Deduplicate, a_record_keeps_its_id) {
  Message record;
  record.id = "001";
  record.parts = {body("hello")};
  EXPECT_EQ(message_public_id(record, content_key(record)), "001");
  Message changed = record;
  changed.parts = {body("hello ")};
  EXPECT_NE(content_key(record), content_key(changed));
  changed = record;
  changed.thread_hint = "t";
  EXPECT_NE(content_key(record), content_key(changed));
}

TEST(Deduplicate, mail_gets_24_digits_of_its_key) {
  const Digest key = content_key(mail());
  EXPECT_EQ(message_public_id(mail(), key), key.hex().substr(0, 24));
}

TEST(Deduplicate, edrm_hash_is_md5_of_the_bare_message_id) {
  Message message;
  EXPECT_EQ(edrm_mih(message), "");
  message.message_id = "abc";
  EXPECT_EQ(edrm_mih(message), "900150983cd24fb0d6963f7d28e17f72");
  message.message_id = " <abc> ";
  EXPECT_EQ(edrm_mih(message), "900150983cd24fb0d6963f7d28e17f72");
}

}  // namespace
}  // namespace custos::stage
