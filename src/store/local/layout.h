// Names in an archive's folder, and what the catalog says of the archive as a whole.
#pragma once

namespace custos::store {

inline constexpr char kCatalogFile[] = "catalog.sqlite";
inline constexpr char kNewCatalogFile[] = "catalog.sqlite.new";  // until it is whole
inline constexpr char kConfigFile[] = "custos.toml";
inline constexpr char kLockFile[] = "lock";
inline constexpr char kMigratingFile[] = "migrating";  // a copy is not finished; its text is the archive's id
inline constexpr char kOriginalsFolder[] = "originals";
inline constexpr char kSegmentsFolder[] = "segments";
inline constexpr char kAuditFolder[] = "audit";
// Of an archive that is shared: copies of segments, and where new ones are made.
inline constexpr char kCacheFolder[] = "cache";
inline constexpr char kScratchFolder[] = "scratch";

inline constexpr char kMetaArchive[] = "archive";                 // its id
inline constexpr char kMetaKeyCheck[] = "key_check";              // derived from the key: tells a wrong one
inline constexpr char kMetaEmbeddingModel[] = "embedding_model";  // version of the vectors; "" before the first
inline constexpr char kMetaMigrating[] = "migrating";             // in a catalog that is not an archive's yet
inline constexpr char kPurposeKeyCheck[] = "key check";
inline constexpr char kPurposeOriginals[] = "originals";

}  // namespace custos::store
