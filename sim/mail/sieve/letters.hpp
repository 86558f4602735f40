// Kinds of characters of a script (RFC 5228, section 8.1), and letter case of US-ASCII: other
// letters stay as they are.
#pragma once

namespace postack::mail::sieve {

inline bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

inline bool begins_identifier(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

inline char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

inline char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
}

}  // namespace postack::mail::sieve
