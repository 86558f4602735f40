#include "sim/mail/pop3/situation.hpp"

#include <array>

namespace postack::mail::pop3 {
namespace {

constexpr std::array<std::string_view, situation_count> keys{
    "greeting",
    "user",
    "user_again",
    "pass",
    "pass_without_user",
    "login_failed",
    "maildrop_locked",
    "capa",
    "auth_list",
    "auth_unknown_mechanism",
    "auth_cancelled",
    "stat",
    "list",
    "list_one",
    "uidl",
    "uidl_one",
    "retr",
    "top",
    "dele",
    "noop",
    "rset",
    "last",
    "quit",
    "quit_update",
    "quit_deleted",
    "bad_number",
    "no_such_message",
    "message_deleted",
    "syntax",
    "unknown_command",
    "wrong_state",
    "idle_timeout",
};

}  // namespace

std::string_view key(Situation situation) {
    return keys[static_cast<std::size_t>(situation)];
}

}  // namespace postack::mail::pop3
