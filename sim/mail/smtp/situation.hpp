// The situations in which an SMTP server says something: the keys of a personality's replies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace postack::mail::smtp {

enum class Situation : std::uint8_t {
    greeting,
    helo,
    helo_syntax,
    ehlo,  // the first line of the answer
    ehlo_syntax,
    mail,
    mail_syntax,
    mail_bad_address,
    mail_nested,
    mail_unknown_parameter,
    mail_bad_size,
    mail_too_big,
    mail_helo_first,
    needs_smtputf8,  // an address that is not ASCII, without SMTPUTF8; if missing: it is taken
    rcpt,
    rcpt_syntax,
    rcpt_bad_address,
    rcpt_need_mail,
    rcpt_unknown_user,
    rcpt_relay_denied,
    rcpt_too_many,
    rcpt_unknown_parameter,
    rcpt_bad_parameter,  // NOTIFY or ORCPT with a value that is none (RFC 3461, 5.1)
    rcpt_auth_required,  // a submission service, and nobody has logged in
    data,
    data_syntax,
    data_need_rcpt,
    data_no_valid_recipients,
    message,  // the text was accepted
    message_too_big,
    message_queue_full,
    bdat,  // a chunk was taken that is not the last
    bdat_syntax,
    after_bdat,
    rset,
    rset_syntax,
    noop,
    vrfy,
    vrfy_syntax,
    vrfy_unknown_user,
    vrfy_relay_denied,
    expn,
    expn_unknown_user,
    help,
    etrn,
    etrn_syntax,
    etrn_refused,
    auth,  // logged in
    auth_syntax,
    auth_not_enabled,
    auth_again,
    auth_in_transaction,
    auth_unknown_mechanism,
    auth_cancelled,
    auth_malformed,
    auth_too_long,
    auth_failed,
    quit,
    unknown_command,
    empty_command,
    bad_utf8,
    forbidden_command,
    too_many_errors,
    idle_timeout,
};
inline constexpr std::size_t situation_count =
    static_cast<std::size_t>(Situation::idle_timeout) + 1;

/// "rcpt_unknown_user": as the enumerator.
std::string_view key(Situation situation);

}  // namespace postack::mail::smtp
