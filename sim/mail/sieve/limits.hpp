// The limits of the Sieve interpreter. RFC 5228 asks for at least 15 levels of blocks and of tests,
// for at least one redirect, and that scripts cannot run for ever; the numbers are those of
// Dovecot's Pigeonhole (sieve-limits.h, sieve_max_*) where it has one.
#pragma once

#include <cstddef>
#include <cstdint>

namespace postack::mail::sieve {

inline constexpr std::size_t max_script_size = std::size_t{1} << 20;  ///< sieve_max_script_size
inline constexpr std::size_t max_string = std::size_t{1} << 20;       ///< octets; sieve-limits.h
inline constexpr std::size_t max_identifier = 32;                     ///< sieve-limits.h
inline constexpr std::size_t max_arguments = 32;                      ///< of a command or test
inline constexpr std::size_t max_nesting = 32;         ///< of blocks; of tests; sieve-limits.h
inline constexpr std::size_t max_commands = 10'000;    ///< and tests, of a script: our choice
inline constexpr std::size_t max_actions = 32;         ///< of one run: sieve_max_actions
inline constexpr std::size_t max_redirects = 4;        ///< of one run: sieve_max_redirects
inline constexpr std::size_t max_folder_name = 1000;   ///< octets: as IMAP's, imap/limits.hpp
inline constexpr std::size_t max_folder_levels = 100;  ///< our choice
// Of RFC 5229, section 6, which asks for 128 variables with names of 32 characters and values of
// 4000, and for ${9}; ext-variables-limits.h and sieve-limits.h give more.
inline constexpr std::size_t max_variables = 255;       ///< that a script sets
inline constexpr std::size_t max_variable_name = 64;    ///< characters
inline constexpr std::size_t max_variable_size = 4096;  ///< octets of a value; the rest is cut off
inline constexpr std::size_t max_match_variables = 32;  ///< ${0} is one of them
/// Sizes and counts in a script; RFC 5228, section 2.4.1, asks for 2^31 - 1 at least.
inline constexpr std::uint64_t max_number = std::uint64_t{1} << 62;
/// Characters looked at in one run, instead of Pigeonhole's processor time: equal on every machine.
inline constexpr std::uint64_t max_steps = 20'000'000;

}  // namespace postack::mail::sieve
