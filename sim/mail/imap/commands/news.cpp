// What a session tells without having been asked (RFC 9051, section 7.5; RFC 5267, section 4.3; RFC
// 5465). EXISTS is before the FETCH of what came, and that before the ESEARCH.
#include <algorithm>
#include <utility>

#include "sim/mail/imap/commands/handlers.hpp"
#include "sim/mail/imap/limits.hpp"
#include "sim/mail/imap/search_context.hpp"
#include "sim/mail/imap/watch.hpp"

namespace postack::mail::imap {
namespace {

// Numbers go out as they were before the EXPUNGE (RFC 5267, section 4.3.4).
void tell_gone(CommandContext& context, SearchContexts& contexts,
               const SelectedMailbox::News& news) {
    const std::size_t n = news.expunged.size();
    for (const auto& followed : contexts) {
        for (std::size_t i = 0; i < n; ++i)
            followed->gone(news.expunged_uids[i], news.expunged[n - 1 - i]);
        followed->tell(context.out);
    }
}

void add_items(std::vector<FetchItem>& to, const std::vector<FetchItem>& items) {
    for (const FetchItem& item : items) {
        if (std::find(to.begin(), to.end(), item) == to.end()) to.push_back(item);
    }
}

// What was to be told of new messages is more than is told unasked: nothing is from here on
// (RFC 5267, section 4.3.1; RFC 5465, section 5.8).
void give_up(CommandContext& context, bool notified) {
    std::vector<std::string> tags;
    SearchContexts* contexts = context.selected().contexts();
    if (contexts != nullptr) {
        for (const auto& followed : *contexts) {
            if (!followed->items().empty()) tags.push_back(followed->tag());
        }
    }
    for (const std::string& tag : tags) {
        context.say(Situation::no_update, {{"search", tag}});
        contexts->cancel(tag);
    }
    if (notified) overflow_notifications(context);
}

// One FETCH with all that is wanted: by NOTIFY of each new message, by a search of what is in its
// result (RFC 5465, sections 5.2 and 7).
void tell_new(CommandContext& context, const SelectedMailbox::News& news,
              const std::vector<FetchItem>* notify_items) {
    const std::vector<store::Uid>& uids = context.selected().uids();
    SearchContexts* contexts = context.selected().contexts();
    if (contexts == nullptr && notify_items == nullptr) return;
    std::vector<FetchItem> items;
    for (std::size_t i = news.more ? news.first_new : uids.size(); i < uids.size(); ++i) {
        items.clear();
        if (notify_items != nullptr) items = *notify_items;
        if (contexts != nullptr) {
            for (const auto& followed : *contexts) {
                if (followed->look_at(uids[i], context.unix_ns())) {
                    add_items(items, followed->items());
                }
            }
        }
        if (items.empty()) continue;
        if (context.out.size() < max_told_unasked) {
            tell_items(context, uids[i], items);
            continue;
        }
        give_up(context, std::exchange(notify_items, nullptr) != nullptr);
    }
}

}  // namespace

bool CommandContext::tell_news(bool may_expunge, NewsBy by) {
    if (!conversation.selected) return true;
    const NotifyGroup* wanted = nullptr;
    if (conversation.watch != nullptr) {
        wanted = conversation.watch->of_selected();
        // To this client the mailbox is as it was when it was selected (RFC 5465, section 3.1).
        if (wanted == nullptr && by != NewsBy::own_expunges) return true;
    }
    const bool flags_wanted = wanted == nullptr || wanted->wants(NotifyEvent::flag_change);
    const bool items_wanted =
        wanted != nullptr && !wanted->new_items.empty() && by != NewsBy::own_messages;
    SelectedMailbox::News news = selected().take_news(may_expunge);
    if (news.deleted) {
        say(Situation::mailbox_deleted);
        return false;
    }
    SearchContexts* contexts = selected().contexts();
    if (contexts != nullptr && !news.expunged.empty()) tell_gone(*this, *contexts, news);
    // With QRESYNC each message is told with its uid (RFC 7162, section 3.2.4).
    // The numbers of FETCH are those after the expunges, which are told first.
    if (conversation.qresync && !news.expunged_uids.empty()) {
        out += "* VANISHED " + print_numbers(news.expunged_uids) + "\r\n";
    } else {
        for (const std::uint32_t number : news.expunged)
            out += "* " + std::to_string(number) + " EXPUNGE\r\n";
    }
    if (news.more) out += "* " + std::to_string(selected().exists()) + " EXISTS\r\n";
    if (news.recent_changed && !conversation.rev2) {
        out += "* " + std::to_string(selected().recent_count()) + " RECENT\r\n";
    }
    // The uid is told with what came (RFC 5465, section 5.1).
    const bool uids_wanted = conversation.qresync || wanted != nullptr;
    if (flags_wanted) {
        for (const store::Uid uid : news.changed)
            tell_flags(uid, uids_wanted, conversation.condstore);
    }
    tell_new(*this, news, items_wanted ? &wanted->new_items : nullptr);
    if (contexts == nullptr) return true;
    for (const auto& followed : *contexts) {
        for (const store::Uid uid : news.touched)
            (void)followed->look_at(uid, unix_ns());
        followed->tell(out);
    }
    return true;
}

}  // namespace postack::mail::imap
