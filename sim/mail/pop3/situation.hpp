// The situations in which a POP3 server says something: the keys of a personality's replies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace postack::mail::pop3 {

enum class Situation : std::uint8_t {
    greeting,
    user,
    user_again,  // a USER after a USER
    pass,
    pass_without_user,
    login_failed,  // PASS, APOP, AUTH: the same words for a wrong name and a wrong password
    maildrop_locked,
    capa,
    auth_list,  // AUTH alone: the mechanisms follow
    auth_unknown_mechanism,
    auth_cancelled,
    stat,
    list,      // the lines follow
    list_one,  // LIST 1
    uidl,
    uidl_one,
    retr,
    top,
    dele,
    noop,
    rset,
    last,
    quit,          // before login
    quit_update,   // with nothing deleted
    quit_deleted,  // with something deleted
    bad_number,    // not a number, or one too many words
    no_such_message,
    message_deleted,
    syntax,  // arguments missing or too many
    unknown_command,
    wrong_state,  // a command that is known, at the wrong time
    idle_timeout,
};
inline constexpr std::size_t situation_count =
    static_cast<std::size_t>(Situation::idle_timeout) + 1;

/// "no_such_message": as the enumerator.
std::string_view key(Situation situation);

}  // namespace postack::mail::pop3
