#include "source/testing/test_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

namespace custos::source::testing {
namespace {

la_ssize_t append(archive* /*handle*/, void* out, const void* bytes, size_t size) {
  static_cast<std::string*>(out)->append(static_cast<const char*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

void set_form(archive* handle, std::string_view kind, std::string_view filter, std::string_view password) {
  const bool raw = kind != "tar" && kind != "zip";
  if (kind == "tar") archive_write_set_format_pax_restricted(handle);
  if (kind == "zip") archive_write_set_format_zip(handle);
  if (raw) archive_write_set_format_raw(handle);
  const std::string name(raw ? kind : filter);
  if (!name.empty()) {
    EXPECT_EQ(archive_write_add_filter_by_name(handle, name.c_str()), ARCHIVE_OK);
  }
  if (password.empty()) return;
  EXPECT_EQ(archive_write_set_options(handle, "zip:encryption=traditional"), ARCHIVE_OK);
  archive_write_set_passphrase(handle, std::string(password).c_str());
}

void add(archive* handle, const TestMember& member) {
  archive_entry* entry = archive_entry_new();
  archive_entry_set_pathname(entry, member.name.c_str());
  archive_entry_set_filetype(entry, member.link.empty() ? AE_IFREG : AE_IFLNK);
  if (!member.link.empty()) archive_entry_set_symlink(entry, member.link.c_str());
  archive_entry_set_size(entry, static_cast<la_int64_t>(member.bytes.size()));
  archive_entry_set_perm(entry, 0644);
  EXPECT_EQ(archive_write_header(handle, entry), ARCHIVE_OK) << archive_error_string(handle);
  archive_write_data(handle, member.bytes.data(), member.bytes.size());
  archive_entry_free(entry);
}

}  // namespace

std::string archived(const std::vector<TestMember>& members, std::string_view kind, std::string_view filter,
                     std::string_view password) {
  std::string out;
  archive* handle = archive_write_new();
  set_form(handle, kind, filter, password);
  archive_write_set_bytes_in_last_block(handle, 1);
  EXPECT_EQ(archive_write_open(handle, &out, nullptr, append, nullptr), ARCHIVE_OK) << archive_error_string(handle);
  for (const TestMember& member : members) add(handle, member);
  archive_write_close(handle);
  archive_write_free(handle);
  return out;
}

}  // namespace custos::source::testing
