#include "sim/mail/smtp/situation.hpp"

#include <array>

namespace postack::mail::smtp {
namespace {

constexpr std::array<std::string_view, situation_count> keys{
    "greeting",
    "helo",
    "helo_syntax",
    "ehlo",
    "ehlo_syntax",
    "mail",
    "mail_syntax",
    "mail_bad_address",
    "mail_nested",
    "mail_unknown_parameter",
    "mail_bad_size",
    "mail_too_big",
    "mail_helo_first",
    "needs_smtputf8",
    "rcpt",
    "rcpt_syntax",
    "rcpt_bad_address",
    "rcpt_need_mail",
    "rcpt_unknown_user",
    "rcpt_relay_denied",
    "rcpt_too_many",
    "rcpt_unknown_parameter",
    "rcpt_bad_parameter",
    "rcpt_auth_required",
    "data",
    "data_syntax",
    "data_need_rcpt",
    "data_no_valid_recipients",
    "message",
    "message_too_big",
    "message_queue_full",
    "bdat",
    "bdat_syntax",
    "after_bdat",
    "rset",
    "rset_syntax",
    "noop",
    "vrfy",
    "vrfy_syntax",
    "vrfy_unknown_user",
    "vrfy_relay_denied",
    "expn",
    "expn_unknown_user",
    "help",
    "etrn",
    "etrn_syntax",
    "etrn_refused",
    "auth",
    "auth_syntax",
    "auth_not_enabled",
    "auth_again",
    "auth_in_transaction",
    "auth_unknown_mechanism",
    "auth_cancelled",
    "auth_malformed",
    "auth_too_long",
    "auth_failed",
    "quit",
    "unknown_command",
    "empty_command",
    "bad_utf8",
    "forbidden_command",
    "too_many_errors",
    "idle_timeout",
};

}  // namespace

std::string_view key(Situation situation) {
    return keys[static_cast<std::size_t>(situation)];
}

}  // namespace postack::mail::smtp
