// A mailbox file whose messages keep their uids and flags: besides what mbox.hpp says, fields in
// the header of each message, as Dovecot (mbox-sync-parse.c), c-client and, for the flags, mutt and
// Pine write them:
//
//   X-IMAPbase: 1673872681 0000000007 $Forwarded     UIDVALIDITY, last uid, keywords; first message
//   Status: RO                                       R seen, O not recent any more
//   X-Status: AF                                     A answered, F flagged, T draft, D deleted
//   X-Keywords: $Forwarded
//   X-UID: 7
//
// Nobody who reads the message is shown them, nor Content-Length. A file without messages keeps its
// numbers in one that is none, with X-IMAP instead of X-IMAPbase (c-client's pseudo message).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/core/result.hpp"
#include "sim/mail/store/mailbox_store.hpp"

namespace postack::mail::store {

struct MboxMarks {
    Uid uid = 0;  ///< 0: none
    Flags flags;
    bool old = false;  ///< told to somebody as \Recent
    bool operator==(const MboxMarks&) const = default;
};

/// X-IMAPbase or X-IMAP.
struct MboxBase {
    std::uint32_t uid_validity = 0;  ///< 0: the file has none
    Uid last_uid = 0;
    /// Those that the messages have: Dovecot knows no others.
    std::vector<std::string> keywords{};
    bool operator==(const MboxBase&) const = default;
};

struct MboxEntry {
    std::size_t begin = 0, end = 0;  ///< in the file, with the From_ line and the empty line behind
    std::string sender;              ///< of the From_ line; empty: the null sender
    std::int64_t unix_ns = 0;        ///< of the From_ line
    std::uint64_t size = 0;          ///< octets of mbox_text()
    MboxMarks marks;
};

struct MboxFile {
    std::vector<MboxEntry> entries;  ///< without the pseudo message
    MboxBase base;
    bool has_pseudo = false;
    /// Parts that an append which was interrupted left; begin and end of each.
    std::vector<std::pair<std::size_t, std::size_t>> unfinished;
};

/// Error: it does not begin with a From_ line (the line is shown), or has too many messages.
core::Result<MboxFile> read_mbox_file(std::string_view file, std::int32_t utc_offset_minutes);

/// The message of an entry (the bytes from begin to end): without its marks, CRLF line ends, an
/// empty line behind the header in any case.
std::string mbox_text(std::string_view entry);
/// The From_ line of an entry, without its line end.
std::string_view mbox_from_line(std::string_view entry);
/// The same of a text with CRLF line ends: as mbox_text() will give it.
std::string without_marks(std::string_view text);

/// An entry. `text` is as mbox_text() gives it; `base` is not null in the first one.
std::string print_mbox_entry(std::string_view from_line, std::string_view text,
                             const MboxMarks& marks, const MboxBase* base);
/// The file of a mailbox without messages.
std::string print_empty_mbox(const MboxBase& base, std::int64_t unix_ns,
                             std::int32_t utc_offset_minutes);

/// While an entry is being appended its first byte is this one instead of 'F': only when all the
/// rest is on the disk does that byte make it a message.
inline constexpr char mbox_unfinished = '\0';

}  // namespace postack::mail::store
