#include "sim/mail/imap/selected_mailbox.hpp"

#include <algorithm>
#include <utility>

#include "sim/mail/imap/search_context.hpp"

namespace postack::mail::imap {
namespace {

using store::Message;
using store::Uid;

}  // namespace

SelectedMailbox::SelectedMailbox(store::MailboxStore& store, std::string path, std::string name,
                                 bool read_only)
    : store_(&store), path_(std::move(path)), name_(std::move(name)), read_only_(read_only) {
    const auto messages = store.messages(path_);
    uids_.reserve(messages.size());
    for (const Message& message : messages)
        uids_.push_back(message.uid);
    const auto summary = store.summary(path_);
    uid_validity_ = summary.uid_validity;
    uid_next_ = summary.uid_next;
    flags_told_ = expunges_told_ = summary.highest_modseq;
    take_recent(uid_next_);
    recent_told_ = recent_count();
    store_changes_ = store.changes();
}

SelectedMailbox::~SelectedMailbox() = default;

SearchContexts& SelectedMailbox::follow() {
    if (contexts_ == nullptr) contexts_ = std::make_unique<SearchContexts>();
    // What changed before the first one is no change of its result. That others see a change twice
    // does no harm: they look at what the message is.
    if (contexts_->size() == 0) followed_to_ = store_->summary(path_).highest_modseq;
    return *contexts_;
}

// Messages below `next` that no session was told of as \Recent become ours.
void SelectedMailbox::take_recent(Uid next) {
    const Uid first = read_only_ ? store_->summary(path_).first_recent : store_->take_recent(path_);
    // With EXAMINE the same ones are there each time; they are ours once.
    const Uid known = recent_.empty() ? 0 : recent_.back().last;
    const Uid from = std::max(first, known + 1);
    if (from >= next) return;
    if (!recent_.empty() && recent_.back().last + 1 == from) {
        recent_.back().last = next - 1;
    } else {
        recent_.push_back({from, next - 1});
    }
}

std::uint32_t SelectedMailbox::sequence_of(Uid uid) const {
    const auto found = std::lower_bound(uids_.begin(), uids_.end(), uid);
    if (found == uids_.end() || *found != uid) return 0;
    return static_cast<std::uint32_t>(found - uids_.begin()) + 1;
}

bool SelectedMailbox::recent(Uid uid) const {
    return std::any_of(recent_.begin(), recent_.end(),
                       [&](const auto& r) { return uid >= r.first && uid <= r.last; });
}

std::uint32_t SelectedMailbox::recent_count() const {
    std::ptrdiff_t count = 0;
    for (const auto& range : recent_) {
        count += std::upper_bound(uids_.begin(), uids_.end(), range.last) -
                 std::lower_bound(uids_.begin(), uids_.end(), range.first);
    }
    return static_cast<std::uint32_t>(count);
}

std::optional<std::vector<Uid>> SelectedMailbox::resolve(const SequenceSet& set, bool uid) const {
    std::vector<Uid> result;
    if (set.saved) {
        for (const Uid one : saved) {
            if (sequence_of(one) != 0) result.push_back(one);
        }
        return result;
    }
    if (uid) {
        for (const SequenceRange& range : set.resolved(last_uid())) {
            const auto first = std::lower_bound(uids_.begin(), uids_.end(), range.first);
            const auto last = std::upper_bound(uids_.begin(), uids_.end(), range.last);
            result.insert(result.end(), first, last);
        }
        return result;
    }
    for (const SequenceRange& range : set.resolved(exists())) {
        if (range.first == 0 || range.last > exists()) return std::nullopt;
        result.insert(result.end(), uids_.begin() + (range.first - 1), uids_.begin() + range.last);
    }
    return result;
}

const Message* SelectedMailbox::find(Uid uid) const {
    const auto messages = store_->messages(path_);
    const auto found =
        std::lower_bound(messages.begin(), messages.end(), uid,
                         [](const Message& message, Uid wanted) { return message.uid < wanted; });
    return found == messages.end() || found->uid != uid ? nullptr : &*found;
}

SelectedMailbox::News SelectedMailbox::take_news(bool may_expunge) {
    News news;
    if (store_->changes() == store_changes_) return news;
    const auto summary = store_->summary(path_);
    if (summary.uid_validity != uid_validity_ || !store_->exists(path_)) {
        news.deleted = true;
        return news;
    }
    const bool followed = contexts_ != nullptr && contexts_->size() > 0;
    const store::ModSeq since = followed ? std::min(flags_told_, followed_to_) : flags_told_;
    if (summary.highest_modseq > since) {
        for (const Message& message : store_->messages(path_)) {
            if (message.modseq <= since || message.uid >= uid_next_ ||
                sequence_of(message.uid) == 0) {
                continue;
            }
            if (message.modseq > flags_told_) news.changed.push_back(message.uid);
            if (followed && message.modseq > followed_to_) news.touched.push_back(message.uid);
        }
        flags_told_ = followed_to_ = summary.highest_modseq;
    }
    if (may_expunge && summary.highest_modseq > expunges_told_) {
        for (const store::UidRange& range : store_->vanished(path_, expunges_told_)) {
            const auto last = std::upper_bound(uids_.begin(), uids_.end(), range.last);
            for (auto at = std::lower_bound(uids_.begin(), uids_.end(), range.first); at != last;
                 ++at) {
                if (find(*at) != nullptr) continue;
                news.expunged.push_back(static_cast<std::uint32_t>(at - uids_.begin()) + 1);
                news.expunged_uids.push_back(*at);
            }
        }
        std::reverse(news.expunged.begin(), news.expunged.end());
        const auto gone = [&](Uid uid) {
            return std::binary_search(news.expunged_uids.begin(), news.expunged_uids.end(), uid);
        };
        if (!news.expunged_uids.empty()) {
            uids_.erase(std::remove_if(uids_.begin(), uids_.end(), gone), uids_.end());
            saved.erase(std::remove_if(saved.begin(), saved.end(), gone), saved.end());
        }
        expunges_told_ = summary.highest_modseq;
    }
    if (summary.uid_next > uid_next_) {
        const auto messages = store_->messages(path_);
        auto at = std::lower_bound(messages.begin(), messages.end(), uid_next_,
                                   [](const Message& m, Uid wanted) { return m.uid < wanted; });
        news.more = at != messages.end();
        news.first_new = uids_.size();
        for (; at != messages.end(); ++at)
            uids_.push_back(at->uid);
        uid_next_ = summary.uid_next;
        take_recent(uid_next_);
    }
    const std::uint32_t now_recent = recent_count();
    news.recent_changed = now_recent != recent_told_ || news.more;
    recent_told_ = now_recent;
    // While expunges are kept back there will be news again.
    if (may_expunge) store_changes_ = store_->changes();
    return news;
}

void SelectedMailbox::before_own_changes() {
    others_silent_ = store_->summary(path_).highest_modseq == flags_told_;
}

void SelectedMailbox::told_own_changes() {
    if (others_silent_) flags_told_ = store_->summary(path_).highest_modseq;
}

}  // namespace postack::mail::imap
