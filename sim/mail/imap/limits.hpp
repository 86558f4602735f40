// What the IMAP engine bears at most. Each limit has a source or is a stated choice; what goes
// beyond gets a protocol error, never more memory.
#pragma once

#include <cstddef>
#include <cstdint>

namespace postack::mail::imap {

/// Bytes of a command besides its literals: Dovecot's imap_max_line_length. RFC 7162, section 4,
/// asks for 8192 at least.
inline constexpr std::size_t max_command_text = std::size_t{64} * 1024;
/// Bytes of a literal that is no message: names, passwords, search texts. Our choice.
inline constexpr std::size_t max_string_literal = std::size_t{64} * 1024;
/// Bytes of a message in APPEND, all messages of a MULTIAPPEND together. Our choice.
inline constexpr std::size_t max_append = std::size_t{64} * 1024 * 1024;
/// Parentheses within parentheses in a command: search keys are the one thing that nests.
inline constexpr int max_nesting = 32;
/// Pieces of one message in CATENATE: each URL costs the reading of a message. Our choice.
inline constexpr std::size_t max_catenate_parts = 256;
/// Members of one list: flags, header fields, search keys, ranges of a set. Our choice.
inline constexpr std::size_t max_list = 10000;
/// Bytes kept that no command has taken yet: a whole line of max_command_text must fit.
inline constexpr std::size_t max_unread_input = std::size_t{128} * 1024;
/// Bytes of one answer, roughly: a FETCH of more goes out in several. Our choice.
inline constexpr std::size_t max_answer = std::size_t{256} * 1024;
/// Searches of a session that are followed (RFC 5267): Dovecot's CLIENT_MAX_SEARCH_UPDATES.
inline constexpr std::size_t max_search_contexts = 10;
/// Names that NOTIFY may give, all groups together: Dovecot's IMAP_NOTIFY_MAX_NAMES_PER_NS.
inline constexpr std::size_t max_notify_names = 100;
/// Event groups of NOTIFY, and mailboxes of an account that is watched with it: our choices. What
/// goes beyond gets NOTIFICATIONOVERFLOW (RFC 5465, section 5.8).
inline constexpr std::size_t max_notify_groups = 100;
inline constexpr std::size_t max_watched_mailboxes = 1000;
/// Bytes, roughly, that a session tells at once of new messages whose data it was to tell unasked
/// (NOTIFY, UPDATE). Our choice.
inline constexpr std::size_t max_told_unasked = std::size_t{1024} * 1024;
/// Bytes of a tag (RFC 9051 sets none): our choice.
inline constexpr std::size_t max_tag = 256;
/// Keywords of one message, and bytes of each. Our choice.
inline constexpr std::size_t max_keywords = 64;
inline constexpr std::size_t max_keyword_length = 64;
/// Bytes of a mailbox name. Our choice; file systems take 255 bytes a level.
inline constexpr std::size_t max_mailbox_name = 1024;
/// Levels of a mailbox name, as "a/b/c" has three. Our choice.
inline constexpr std::size_t max_mailbox_levels = 16;
/// Commands that a client may get wrong in a row before it is shown the door; Dovecot:
/// CLIENT_MAX_BAD_COMMANDS.
inline constexpr std::uint32_t max_bad_commands = 20;

}  // namespace postack::mail::imap
