// What a store keeps of one mailbox besides the bytes: its messages, flags, uids and modseqs, and
// what was expunged. A value; who owns it puts it where it stays.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "sim/mail/store/mailbox_store.hpp"

namespace postack::mail::store {

struct MailboxIndex {
    struct Expunge {
        Uid uid = 0;
        ModSeq modseq = 0;
    };
    std::vector<Message> messages;  ///< in order of uid
    MailboxSummary summary;
    std::vector<Expunge> expunges;  ///< in order of modseq
    ModSeq forgotten = 0;           ///< expunges up to here are no longer among them

    /// Where the message is; nothing if it is not there.
    [[nodiscard]] std::optional<std::size_t> find(Uid uid) const;
    /// Gives the message the next uid and modseq. The caller has seen to it that one is left.
    Uid add(Message message);
    /// Raises the modseq and returns true if the flags differ.
    bool set_flags(std::size_t index, Flags flags);
    /// Takes messages away; returns where they were, ascending. At most `remembered` expunges are
    /// kept for vanished().
    std::vector<std::size_t> remove(std::span<const Uid> uids, std::size_t remembered);
    /// As MailboxStore::vanished.
    [[nodiscard]] std::vector<UidRange> vanished(ModSeq since) const;
};

/// Takes the elements at those indices (ascending) out of a vector that runs beside the messages.
template <typename T>
void remove_at(std::vector<T>& from, std::span<const std::size_t> indices) {
    std::size_t kept = 0;
    auto next = indices.begin();
    for (std::size_t i = 0; i < from.size(); ++i) {
        if (next != indices.end() && *next == i) {
            ++next;
            continue;
        }
        if (kept != i) from[kept] = std::move(from[i]);
        ++kept;
    }
    from.resize(kept);
}

}  // namespace postack::mail::store
