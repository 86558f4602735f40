// What a session tells without having been asked (RFC 9051, section 7.5; RFC 5267, section 4.3).
#include <algorithm>

#include "sim/mail/imap/commands/handlers.hpp"
#include "sim/mail/imap/limits.hpp"
#include "sim/mail/imap/search_context.hpp"

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

// RFC 5465, section 7: what those want to know who have the message in their results, in one FETCH.
void look_at_new(CommandContext& context, SearchContexts& contexts,
                 const SelectedMailbox::News& news) {
    const std::vector<store::Uid>& uids = context.selected().uids();
    for (std::size_t i = news.more ? news.first_new : uids.size(); i < uids.size(); ++i) {
        std::vector<FetchItem> items;
        for (const auto& followed : contexts) {
            if (followed->look_at(uids[i], context.unix_ns())) add_items(items, followed->items());
        }
        if (items.empty()) continue;
        if (context.out.size() < max_told_unasked) {
            tell_items(context, uids[i], items);
            continue;
        }
        // More than is told unasked: these are followed no longer (RFC 5267, section 4.3.1).
        std::vector<std::string> tags;
        for (const auto& followed : contexts) {
            if (!followed->items().empty()) tags.push_back(followed->tag());
        }
        for (const std::string& tag : tags) {
            context.say(Situation::no_update, {{"search", tag}});
            contexts.cancel(tag);
        }
    }
}

}  // namespace

bool CommandContext::tell_news(bool may_expunge) {
    if (!conversation.selected) return true;
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
    if (contexts != nullptr) look_at_new(*this, *contexts, news);
    for (const store::Uid uid : news.changed)
        tell_flags(uid, conversation.qresync, conversation.condstore);
    if (contexts == nullptr) return true;
    for (const auto& followed : *contexts) {
        for (const store::Uid uid : news.touched)
            (void)followed->look_at(uid, unix_ns());
        followed->tell(out);
    }
    return true;
}

}  // namespace postack::mail::imap
