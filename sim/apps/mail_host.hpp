// What the mail programs of one host share: the store and the mailroom with its queue. Several
// servers (SMTP, POP3, IMAP) on one host are given the same one, so that each sees what the others
// do. The delivery agent (Postfix's local) runs in whichever of them let a message in.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/mail/store/mailroom.hpp"
#include "sim/mail/store/memory_store.hpp"
#include "sim/net/app.hpp"

namespace postack::apps {

struct MailHost {
    mail::store::MemoryStore store;
    mail::store::Mailroom room;

    explicit MailHost(mail::store::MailroomOptions options) : room(std::move(options), store) {}
    MailHost(const MailHost&) = delete;
    MailHost& operator=(const MailHost&) = delete;

    /// Asked to be told, at that time, that the store has changed (a session that idles may have
    /// something to say). Called for every server of the host, in the order of their starts.
    std::vector<std::function<void(core::Instant)>> watchers;
    /// Asked to be told that mail for other hosts, or a wish to have it tried again, waits.
    std::vector<std::function<void(core::Instant)>> relay_watchers;
    /// changes() of the store when the watchers were last told.
    std::uint64_t changes_told = 0;
    /// Sizes of the mailbox files as they were last recorded.
    std::map<std::string, std::uint64_t> recorded_sizes;
};

/// Delivers what is due and records it. An application calls it when its delivery timer comes up.
void deliver_due(net::AppContext& context, MailHost& host);

/// Wakes the relay agents if there is something for them. A server calls it after each answer.
void wake_relay(net::AppContext& context, MailHost& host);

/// Records mailbox files that became shorter (messages were expunged), and tells the watchers if
/// anything in the store changed. A server calls it after each answer of a session.
void after_changes(net::AppContext& context, MailHost& host);

}  // namespace postack::apps
