// Result<T>: a value, or the Error that explains why there is none.
//
// `assert` is for our own mistakes; Result is for the world's: files, servers and what people send. The text of an
// error names the place (file, offset) and what to do about it, and never carries message content.
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace custos {

enum class Code {
  kInvalidArgument,  // the caller's input cannot be used as it is
  kNotFound,         // the thing named is not there
  kCorrupt,          // bytes that do not say what they should
  kLimit,            // a stated maximum was reached
  kIo,               // the operating system or a server failed
  kUntrusted,        // a server whose certificate will not do, or to which ours will not
  kConflict,         // somebody else holds it, or it exists already
  kUnsupported,      // a form or version that this build does not read
  kCancelled,        // stopped on request
};

[[nodiscard]] std::string_view code_name(Code code);

struct Error {
  Code code = Code::kIo;
  std::string message;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit by design
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // REQUIRES: ok().
  [[nodiscard]] T& value() & { return assert(ok()), std::get<0>(state_); }
  [[nodiscard]] const T& value() const& { return assert(ok()), std::get<0>(state_); }
  [[nodiscard]] T&& value() && { return assert(ok()), std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // REQUIRES: !ok().
  [[nodiscard]] const Error& error() const { return assert(!ok()), std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  [[nodiscard]] bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  [[nodiscard]] const Error& error() const { return assert(!ok()), *error_; }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace custos

#define CUSTOS_JOIN_INNER(a, b) a##b
#define CUSTOS_JOIN(a, b) CUSTOS_JOIN_INNER(a, b)

// Hands a failed Status or Result on to our caller.
#define RETURN_IF_ERROR(expression)                               \
  do {                                                            \
    if (auto custos_status = (expression); !custos_status.ok()) { \
      return custos_status.error();                               \
    }                                                             \
  } while (false)

// ASSIGN_OR_RETURN(auto file, File::open(path)): declares and binds the value, or hands the error on.
#define ASSIGN_OR_RETURN(declaration, expression) \
  CUSTOS_ASSIGN_OR_RETURN(CUSTOS_JOIN(custos_result_, __LINE__), declaration, expression)
#define CUSTOS_ASSIGN_OR_RETURN(result, declaration, expression) \
  auto result = (expression);                                    \
  if (!result.ok()) return result.error();                       \
  declaration = std::move(result).value()
