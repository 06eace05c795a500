// The subject of a conversation: what is left of a Subject when "Re:", "Fwd:", "(fwd)" and list tags are gone.
#pragma once

#include <string>
#include <string_view>

namespace custos::stage {

struct BaseSubject {
  std::string text;       // case folded (NFKC_Casefold), so that equal subjects are equal bytes
  bool is_reply = false;  // something was removed that says reply or forward
};

// RFC 5256 §2.1, all six steps: white space, trailing "(fwd)", leading [blob]s and re/fw/fwd with an optional [blob],
// "[fwd: … ]". `subject` is UTF-8, RFC 2047 decoded. At most its first 1024 bytes are looked at.
[[nodiscard]] BaseSubject base_subject(std::string_view subject);

// The same, and the prefixes of localised clients count too: AW, WG, SV, VS, TR, RV, Antw, Odp, R, I, Rif, ENC, RES, …
// also with a count, as in "Re[2]:" and "AW(3):", and with a full-width colon.
[[nodiscard]] BaseSubject localized_base_subject(std::string_view subject);

}  // namespace custos::stage
