#include "sim/mail/imap/situation.hpp"

#include <array>

namespace postack::mail::imap {
namespace {

constexpr std::array<std::string_view, situation_count> keys{
    "greeting",
    "logging_out",
    "idle_timeout_before_login",
    "idle_timeout",
    "too_many_bad_commands",
    "mailbox_deleted",
    "continue_literal",
    "continue_idle",
    "no_tag",
    "before_login",
    "login",
    "login_failed",
    "login_again",
    "unsupported_mechanism",
    "authenticate_cancelled",
    "authenticate_bad",
    "capability_before_login",
    "capability",
    "noop",
    "logout",
    "starttls",
    "id",
    "enable",
    "name_space",
    "select",
    "examine",
    "create",
    "create_exists",
    "delete",
    "delete_refused",
    "rename",
    "rename_exists",
    "subscribe",
    "unsubscribe",
    "list",
    "lsub",
    "status",
    "append",
    "idle",
    "idle_bad",
    "check",
    "close",
    "unselect",
    "expunge",
    "search",
    "bad_charset",
    "sort",
    "thread",
    "fetch",
    "fetch_gone",
    "unknown_encoding",
    "store",
    "store_modified",
    "copy",
    "move",
    "quota",
    "quota_root",
    "acl",
    "no_such_mailbox",
    "try_create",
    "bad_mailbox_name",
    "no_mailbox_selected",
    "read_only",
    "full",
    "cannot",
    "unknown_command",
    "invalid_command_name",
    "bad_arguments",
    "bad_message_set",
    "line_too_long",
    "literal_too_large",
};

}  // namespace

std::string_view key(Situation situation) {
    return keys[static_cast<std::size_t>(situation)];
}

}  // namespace postack::mail::imap
