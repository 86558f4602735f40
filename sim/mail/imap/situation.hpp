// The situations in which an IMAP server says something in its own words: the keys of a
// personality's replies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace postack::mail::imap {

enum class Situation : std::uint8_t {
    // Untagged, whole lines.
    greeting,
    logging_out,
    idle_timeout_before_login,
    idle_timeout,
    too_many_bad_commands,
    mailbox_deleted,
    continue_literal,
    continue_idle,
    no_update,
    notification_overflow,
    no_tag,
    // What follows the tag.
    before_login,
    login,
    login_failed,
    login_again,
    unsupported_mechanism,
    authenticate_cancelled,
    authenticate_bad,
    capability_before_login,
    capability,
    noop,
    logout,
    starttls,
    id,
    enable,
    name_space,
    select,
    examine,
    create,
    create_exists,
    delete_,
    delete_refused,
    rename,
    rename_exists,
    subscribe,
    unsubscribe,
    list,
    lsub,
    status,
    append,
    idle,
    idle_bad,
    check,
    close,
    unselect,
    expunge,
    search,
    bad_charset,
    sort,
    cancel_update,
    unknown_update,
    thread,
    fetch,
    fetch_gone,
    unknown_encoding,
    bad_url,
    too_big,
    store,
    store_modified,
    copy,
    move,
    quota,
    quota_root,
    acl,
    notify,
    notify_bad_event,
    notify_too_much,
    no_such_mailbox,
    try_create,
    bad_mailbox_name,
    no_mailbox_selected,
    read_only,
    full,
    cannot,
    unknown_command,
    invalid_command_name,
    bad_arguments,
    bad_message_set,
    line_too_long,
    literal_too_large,
};
inline constexpr std::size_t situation_count =
    static_cast<std::size_t>(Situation::literal_too_large) + 1;

/// "select", "delete", "name_space": as the enumerator, without a '_' at the end.
std::string_view key(Situation situation);

/// Whether the reply is a whole untagged line.
constexpr bool untagged(Situation situation) {
    return situation <= Situation::no_tag;
}

}  // namespace postack::mail::imap
