// Addresses of the envelope: the paths of MAIL and RCPT (RFC 5321, section 4.1.2).
//
// Reading is as lenient as Postfix's with strict_rfc821_envelopes = no: the angle brackets may be
// missing, bytes above 127 are let through. Comments inside addresses are not modelled: a
// parenthesis outside a quoted string is an error.
#pragma once

#include <string>
#include <string_view>

#include "sim/core/result.hpp"

namespace postack::mail::message {

/// An address in two halves. A local part keeps its quotes; the domain is empty if there is none.
struct Address {
    std::string local;
    std::string domain;
    bool operator==(const Address&) const = default;
};

/// Reads `<path>` or a bare address and gives it without brackets; a source route (`@a,@b:`) is
/// dropped, as RFC 5321, appendix C, asks. The null path `<>` gives an empty text. Error: empty
/// without brackets, unclosed bracket or quote, space or control character, empty half.
core::Result<std::string> read_path(std::string_view text);

/// Splits at the last '@' that is not inside quotes.
Address split_address(std::string_view address);

/// A local part as it is meant: "a b" in quotes and a\ b without are the same (RFC 5321, 4.1.2).
std::string unquoted(std::string_view local);

/// Compares ASCII letters without case, as domains and SMTP's words are compared.
bool equal_without_case(std::string_view a, std::string_view b);

/// Upper case of the ASCII letters only.
std::string upper_case(std::string_view text);

}  // namespace postack::mail::message
