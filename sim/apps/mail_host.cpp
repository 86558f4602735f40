#include "sim/apps/mail_host.hpp"

#include <fmt/format.h>

namespace postack::apps {

void deliver_due(net::AppContext& context, MailHost& host) {
    for (auto& delivered : host.room.deliver(context.now())) {
        if (!delivered.rule.empty()) {
            context.line(record::LineKind::local,
                         fmt::format("{}: {}\n", delivered.queue_id, delivered.rule));
        }
        if (!delivered.problem.empty() || delivered.mailbox.empty()) continue;
        host.recorded_sizes[delivered.mailbox] = delivered.size_after;
        context.mailbox(std::move(delivered.mailbox), std::move(delivered.bytes),
                        delivered.size_after);
    }
    after_changes(context, host);
    wake_relay(context, host);
}

void wake_relay(net::AppContext& context, MailHost& host) {
    if (host.room.outgoing() == 0 && !host.room.retries_wanted()) return;
    for (const auto& tell : host.relay_watchers)
        tell(context.now());
}

void after_changes(net::AppContext& context, MailHost& host) {
    if (host.store.changes() == host.changes_told) return;
    host.changes_told = host.store.changes();
    // A deleted mailbox is one that has become empty.
    for (auto& [mailbox, size] : host.recorded_sizes) {
        const std::uint64_t now = host.store.summary(mailbox).file_size;
        if (now == size) continue;
        size = now;
        context.mailbox(mailbox, host.store.contents(mailbox), now, true);
    }
    // What a session put there itself (IMAP: APPEND, COPY).
    for (const std::string& mailbox : host.store.mailboxes()) {
        if (host.recorded_sizes.count(mailbox) != 0) continue;
        const std::uint64_t size = host.store.summary(mailbox).file_size;
        host.recorded_sizes[mailbox] = size;
        if (size > 0) context.mailbox(mailbox, host.store.contents(mailbox), size, true);
    }
    for (const auto& tell : host.watchers)
        tell(context.now());
}

}  // namespace postack::apps
