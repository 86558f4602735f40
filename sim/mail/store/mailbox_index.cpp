#include "sim/mail/store/mailbox_index.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace postack::mail::store {

std::optional<std::size_t> MailboxIndex::find(Uid uid) const {
    const auto found =
        std::lower_bound(messages.begin(), messages.end(), uid,
                         [](const Message& message, Uid wanted) { return message.uid < wanted; });
    if (found == messages.end() || found->uid != uid) return std::nullopt;
    return static_cast<std::size_t>(found - messages.begin());
}

Uid MailboxIndex::add(Message message) {
    message.uid = summary.uid_next++;
    message.modseq = ++summary.highest_modseq;
    summary.octets += message.size;
    ++summary.messages;
    messages.push_back(std::move(message));
    return messages.back().uid;
}

bool MailboxIndex::set_flags(std::size_t index, Flags flags) {
    Message& message = messages[index];
    if (message.flags == flags) return false;
    message.flags = std::move(flags);
    message.modseq = ++summary.highest_modseq;
    return true;
}

std::vector<std::size_t> MailboxIndex::remove(std::span<const Uid> uids, std::size_t remembered) {
    std::vector<Uid> wanted{uids.begin(), uids.end()};
    std::sort(wanted.begin(), wanted.end());
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
    std::vector<std::size_t> gone;
    for (const Uid uid : wanted) {
        const auto index = find(uid);
        if (!index) continue;
        summary.octets -= messages[*index].size;
        expunges.push_back({uid, ++summary.highest_modseq});
        gone.push_back(*index);
    }
    remove_at(messages, gone);
    summary.messages = messages.size();
    if (expunges.size() > remembered) {
        // Half of them goes at once, so that forgetting costs little an expunge.
        const auto cut = expunges.end() - static_cast<std::ptrdiff_t>(remembered / 2);
        forgotten = std::prev(cut)->modseq;
        expunges.erase(expunges.begin(), cut);
    }
    return gone;
}

std::vector<UidRange> MailboxIndex::vanished(ModSeq since) const {
    std::vector<UidRange> ranges;
    const auto add = [&](Uid first, Uid last) {
        if (first > last) return;
        if (!ranges.empty() && ranges.back().last + 1 >= first) {
            ranges.back().last = std::max(ranges.back().last, last);
        } else {
            ranges.push_back({first, last});
        }
    };
    if (since < forgotten) {
        // Every uid that was once and is not here now.
        Uid next = 1;
        for (const Message& message : messages) {
            add(next, message.uid - 1);
            next = message.uid + 1;
        }
        add(next, summary.uid_next - 1);
        return ranges;
    }
    std::vector<Uid> uids;
    for (auto at = expunges.rbegin(); at != expunges.rend() && at->modseq > since; ++at)
        uids.push_back(at->uid);
    std::sort(uids.begin(), uids.end());
    for (const Uid uid : uids)
        add(uid, uid);
    return ranges;
}

}  // namespace postack::mail::store
