// What a server's answers say: XML and times.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "client/http.h"
#include "client/s3.h"

namespace custos::client {

// The <Code> of an <Error>; "" where the body is none.
[[nodiscard]] std::string error_code_in(std::string_view body);
// What an answer of 300 or more means, and what to do about it.
[[nodiscard]] Error error_of(const S3Location& at, const HttpAnswer& answer);
// May the same request be answered otherwise in a while?
[[nodiscard]] bool may_pass(int status, std::string_view code);

// kCorrupt where it is no listing.
[[nodiscard]] Result<S3Page> parse_listing(std::string_view body);
// kCorrupt where there is none.
[[nodiscard]] Result<std::string> parse_upload_id(std::string_view body);
// "" where there is none.
[[nodiscard]] std::string parse_etag(std::string_view body);
[[nodiscard]] std::string url_decoded(std::string_view text);

// Seconds since 1970, of "2009-10-12T17:50:30.000Z" and of "Mon, 12 Oct 2009 17:50:30 GMT"; nothing of other texts.
[[nodiscard]] std::optional<int64_t> parse_time(std::string_view text);
// "2009-10-12T17:50:30Z".
[[nodiscard]] std::string iso_time(int64_t seconds_since_1970);

}  // namespace custos::client
