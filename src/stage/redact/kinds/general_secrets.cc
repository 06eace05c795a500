// Keys and tokens in the forms that their issuers document, and what follows "password:" in several languages.
#include "stage/redact/kinds/general.h"

namespace custos::stage {
namespace {

std::vector<Recognizer> token_recognizers() {
  std::vector<Recognizer> out;
  const auto add = [&](const char* type, const char* pattern) {
    out.push_back({.type = type, .pattern = pattern, .score = 0.95F});
  };
  add("AWS_ACCESS_KEY", "(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}");
  add("AWS_SECRET_KEY", R"((?i:aws|secret)[A-Za-z_ .-]{0,24}["']?\s?[:=]>?\s?["']?([A-Za-z0-9/+]{40}))");
  add("GCP_API_KEY", "AIza[0-9A-Za-z_-]{35}");
  add("SLACK_TOKEN", "xox[abeoprs]-[0-9A-Za-z-]{10,}");
  add("SLACK_TOKEN", "hooks\\.slack\\.com/services/(T[A-Z0-9]{7,12}/B[A-Z0-9]{7,12}/[A-Za-z0-9]{20,28})");
  add("GITHUB_TOKEN", "gh[pousr]_[A-Za-z0-9]{36,}");
  add("GITHUB_TOKEN", "github_pat_[A-Za-z0-9_]{22,}");
  add("GITLAB_TOKEN", "glpat-[A-Za-z0-9_-]{20,}");
  add("STRIPE_KEY", "[sr]k_(?:live|test)_[0-9A-Za-z]{16,}");
  add("API_KEY", "sk-(?:proj-|ant-)?[A-Za-z0-9_-]{32,}");
  add("JWT", R"(eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*)");
  add("PRIVATE_KEY",
      "-----BEGIN [A-Z0-9 ]{0,24}PRIVATE KEY(?: BLOCK)?-----(?:-{0,4}[^-])*-----END [A-Z0-9 ]{0,24}PRIVATE KEY"
      "(?: BLOCK)?-----");
  add("PRIVATE_KEY", R"(-----BEGIN [A-Z0-9 ]{0,24}PRIVATE KEY(?: BLOCK)?-----(?:\s{1,4}[A-Za-z0-9+/=]{16,76})+)");
  out.back().score = 0.9F;
  return out;
}

constexpr const char* kAsciiCue =
    "(?:password|passwd|pwd|passphrase|passcode|passwort|kennwort|mot de passe|contrasena|senha|wachtwoord|parola|"
    "adgangskode|passord|api[ _-]?key|secret[ _-]?key|access[ _-]?token)";
constexpr const char* kOtherCue =
    "(?:contrase(?:ñ|Ñ)a|l(?:ö|Ö)senord|has(?:ł|Ł)o|(?:п|П)ароль|ПАРОЛЬ|密码|パスワード|비밀번호)";

std::vector<Recognizer> password_recognizers() {
  std::vector<Recognizer> out;
  const auto add = [&](const std::string& pattern) {
    out.push_back({.type = "PASSWORD", .pattern = pattern, .score = 0.6F, .ignore_case = true});
  };
  for (const char* cue : {kAsciiCue, kOtherCue}) {
    add(as_bytes(cue) + R"(["']?[ \t]{0,4}[:=][ \t]{0,4}["']?([^\s"'<>,;]{4,}))");
    add(as_bytes(cue) + R"([ \t](?:is|ist|est|es|er|to)[ \t]["']?([^\s"'<>,;]*[0-9!@#$%^&*+=_~][^\s"'<>,;]{3,}))");
  }
  return out;
}

}  // namespace

std::vector<Recognizer> secret_recognizers() {
  std::vector<Recognizer> out = token_recognizers();
  for (Recognizer& recognizer : password_recognizers()) out.push_back(std::move(recognizer));
  return out;
}

}  // namespace custos::stage
