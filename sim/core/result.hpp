// A value or an explanation. Bad input is an ordinary outcome here, so it is returned, not thrown:
// exceptions are left for what only a bug or an exhausted machine can cause.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace postack::core {

/// What was wrong, where, and what would be right; written for the person who reads it.
struct Error {
    std::string message;
    bool operator==(const Error&) const = default;
};

/// Either a T or an Error. Access to the wrong one is a bug (std::bad_variant_access).
template <typename T>
class [[nodiscard]] Result {
   public:
    Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}

    [[nodiscard]] bool ok() const { return content_.index() == 0; }
    explicit operator bool() const { return ok(); }

    T& value() & { return std::get<0>(content_); }
    const T& value() const& { return std::get<0>(content_); }
    T&& value() && { return std::get<0>(std::move(content_)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    [[nodiscard]] const Error& error() const { return std::get<1>(content_); }

   private:
    std::variant<T, Error> content_;
};

/// Success without a value, or an Error.
using Status = Result<std::monostate>;
inline Status success() {
    return std::monostate{};
}

}  // namespace postack::core
