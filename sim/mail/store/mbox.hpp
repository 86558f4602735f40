// The mbox form of messages, as Postfix's local delivery writes it and as POP3 and IMAP servers on
// the same host read it (mail_copy.c; RFC 4155 is near to it): lines end in LF; a From_ line in
// front, with two spaces before the date; an empty line behind.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/result.hpp"
#include "sim/mail/message/date.hpp"
#include "sim/mail/store/mailbox_store.hpp"

namespace postack::mail::store {

/// "From SENDER  Mon Jan 16 12:27:45 2023".
struct FromLine {
    std::string_view sender;
    message::CivilTime time;
};
/// Reads one, without its LF; other programs write one blank before the date (mutt: mbox.c). The
/// sender is all up to there: a quoted local part may hold blanks.
std::optional<FromLine> parse_from_line(std::string_view line);
/// Who stands there for the null sender.
inline constexpr std::string_view mbox_daemon = "MAILER-DAEMON";

/// A '>' before each line that begins with "From ", so that it is not taken for the next message.
/// It is not undone when read: nobody could tell it from a '>' that the sender wrote.
std::string quote_from_lines(std::string_view text);

/// One message: From_ line, text with LF and quoted, empty line. The null sender is MAILER-DAEMON.
std::string print_mbox(const StoredMessage& message);

/// All messages of a file, uids 1, 2, 3…; the dates are taken to be of that offset. The text is as
/// it stands in the file, so print_mbox gives the same file again. Error: it does not begin with a
/// From_ line (the line is shown), or has more messages than `max_mbox_messages`.
core::Result<std::vector<StoredMessage>> parse_mbox(std::string_view file,
                                                    std::int32_t utc_offset_minutes);

inline constexpr std::size_t max_mbox_messages = 100000;  ///< our choice

}  // namespace postack::mail::store
