#include "app/archive_config.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace custos::app {
namespace {

Config read(const std::string& text) {
  const auto file = std::filesystem::temp_directory_path() / "custos_archive_config.toml";
  std::ofstream(file) << text;
  Config config;
  const Status applied = apply_file(config, file);
  EXPECT_TRUE(applied.ok()) << applied.error().message;
  std::filesystem::remove(file);
  return config;
}

Config shared(Config config) {
  config.archive.catalog = "postgresql://db/mail";
  config.archive.schema = "firm";
  config.archive.storage = "s3://mail/firm";
  return config;
}

TEST(ArchiveConfig, KeepsWhoseCertificatesAreTrusted) {
  Config config = shared(Config());
  config.source.s3.ca_file = "/etc/s3.pem";
  config.vectors.url = "milvuss://db:1/firm";
  config.vectors.store.ca_file = "/etc/milvus.pem";
  for (const char* endpoint : {"https://s3:9000", ""}) {
    config.source.s3.endpoint = endpoint;
    const Config kept = read(archive_config(config));
    EXPECT_EQ(kept.source.s3.endpoint, endpoint);
    EXPECT_EQ(kept.source.s3.ca_file, "/etc/s3.pem");
    EXPECT_EQ(kept.vectors.store.ca_file, "/etc/milvus.pem");
  }
}

TEST(ArchiveConfig, SaysWhereTheArchiveHasGone) {
  const std::string text = "# ours\n[redact]\nprofile = \"full\"";
  Config target = shared(read(text));
  target.source.s3.endpoint = "http://localhost:9000";
  target.source.s3.ca_file = "/etc/s3.pem";
  const std::string moved = *moved_config(text, target);
  EXPECT_TRUE(moved.starts_with(text + "\n")) << moved;
  const Config config = read(moved);
  EXPECT_EQ(config.archive.catalog, "postgresql://db/mail");
  EXPECT_EQ(config.archive.schema, "firm");
  EXPECT_EQ(config.archive.storage, "s3://mail/firm");
  EXPECT_EQ(config.source.s3.endpoint, "http://localhost:9000");
  EXPECT_EQ(config.source.s3.ca_file, "/etc/s3.pem");
}

TEST(ArchiveConfig, ForgetsWhereTheArchiveWas) {
  const Config before = shared(read(""));
  const std::string text =
      archive_config(before) + "cache_bytes_max = 7\n[[redact.kind]]\ntype = \"X\"\npattern = '\\d'\n";
  Config target = before;
  target.archive.catalog = target.archive.storage = "";
  const std::string moved = *moved_config(text, target);
  for (const char* word : {"catalog", "schema", "storage"}) EXPECT_EQ(moved.find(word), std::string::npos) << moved;
  const Config config = read(moved);
  EXPECT_EQ(config.archive.cache_bytes_max, 7U);
  ASSERT_EQ(config.stages.redact.extra.size(), 1U);
  EXPECT_EQ(config.stages.redact.extra[0].pattern, "\\d");
  EXPECT_EQ(*moved_config(moved, target), moved);
}

TEST(ArchiveConfig, ReplacesWhereTheArchiveWas) {
  const std::string text = "archive = {catalog = \"c\", schema = \"s\", storage = \"t\"}\ns3.endpoint = \"http://a\"\n";
  Config target = shared(read(text));
  EXPECT_EQ(read(*moved_config(text, target)).source.s3.endpoint, "http://a");
  target.source.s3.endpoint = "http://b";
  const Config config = read(*moved_config(text, target));
  EXPECT_EQ(config.archive.storage, "s3://mail/firm");
  EXPECT_EQ(config.source.s3.endpoint, "http://b");
}

TEST(ArchiveConfig, RefusesWhatIsNoToml) {
  EXPECT_EQ(moved_config("catalog = ", shared(Config())).error().code, Code::kInvalidArgument);
}

}  // namespace
}  // namespace custos::app
