#include "sim/mail/imap/words.hpp"

#include <algorithm>
#include <array>

#include "sim/mail/message/address.hpp"

namespace postack::mail::imap {
namespace {

using Kind = SearchKey::Kind;
using Argument = SearchArgument;
using Item = FetchItem::Kind;
using By = SortKey::By;

constexpr std::array<std::string_view, 5> system_flags{"\\Answered", "\\Flagged", "\\Deleted",
                                                       "\\Seen", "\\Draft"};

constexpr std::array<std::string_view, status_item_count> status_names{
    "MESSAGES", "RECENT", "UIDNEXT", "UIDVALIDITY", "UNSEEN", "HIGHESTMODSEQ", "SIZE", "DELETED"};

constexpr std::array<std::string_view, notify_event_count> notify_events{"MessageNew",
                                                                         "MessageExpunge",
                                                                         "FlagChange",
                                                                         "AnnotationChange",
                                                                         "MailboxName",
                                                                         "SubscriptionChange",
                                                                         "MailboxMetadataChange",
                                                                         "ServerMetadataChange",
                                                                         "UnknownEvent"};

constexpr std::array<std::string_view, 7> notify_mailbox_names{
    "selected", "selected-delayed", "inboxes", "personal", "subscribed", "subtree", "mailboxes"};

template <typename Value>
struct Named {
    std::string_view name;
    Value value;
};

constexpr std::array<Named<Item>, 13> fetch_items{{
    {"FLAGS", Item::flags},
    {"UID", Item::uid},
    {"INTERNALDATE", Item::internal_date},
    {"RFC822.SIZE", Item::size},
    {"ENVELOPE", Item::envelope},
    {"BODY", Item::body},
    {"BODYSTRUCTURE", Item::body_structure},
    {"RFC822", Item::rfc822},
    {"RFC822.HEADER", Item::rfc822_header},
    {"RFC822.TEXT", Item::rfc822_text},
    {"MODSEQ", Item::mod_seq},
    {"SAVEDATE", Item::save_date},
    {"PREVIEW", Item::preview},
}};

constexpr std::array<Named<By>, 9> sort_words{{
    {"ARRIVAL", By::arrival},
    {"CC", By::cc},
    {"DATE", By::date},
    {"FROM", By::from},
    {"SIZE", By::size},
    {"SUBJECT", By::subject},
    {"TO", By::to},
    {"DISPLAYFROM", By::display_from},
    {"DISPLAYTO", By::display_to},
}};

constexpr std::array<SearchWord, 43> search_words{{
    {"NOT", Kind::not_, Argument::one_key},
    {"OR", Kind::or_, Argument::two_keys},
    {"ALL", Kind::all, Argument::none},
    {"ANSWERED", Kind::answered, Argument::none},
    {"BCC", Kind::bcc, Argument::text},
    {"BEFORE", Kind::before, Argument::date},
    {"BODY", Kind::body, Argument::text},
    {"CC", Kind::cc, Argument::text},
    {"DELETED", Kind::deleted, Argument::none},
    {"DRAFT", Kind::draft, Argument::none},
    {"FLAGGED", Kind::flagged, Argument::none},
    {"FROM", Kind::from, Argument::text},
    {"HEADER", Kind::header, Argument::header},
    {"KEYWORD", Kind::keyword, Argument::keyword},
    {"LARGER", Kind::larger, Argument::number},
    {"NEW", Kind::new_, Argument::none},
    {"OLD", Kind::old, Argument::none},
    {"ON", Kind::on, Argument::date},
    {"RECENT", Kind::recent, Argument::none},
    {"SEEN", Kind::seen, Argument::none},
    {"SENTBEFORE", Kind::sent_before, Argument::date},
    {"SENTON", Kind::sent_on, Argument::date},
    {"SENTSINCE", Kind::sent_since, Argument::date},
    {"SINCE", Kind::since, Argument::date},
    {"SMALLER", Kind::smaller, Argument::number},
    {"SUBJECT", Kind::subject, Argument::text},
    {"TEXT", Kind::text, Argument::text},
    {"TO", Kind::to, Argument::text},
    {"UID", Kind::uid, Argument::set},
    {"UNANSWERED", Kind::unanswered, Argument::none},
    {"UNDELETED", Kind::undeleted, Argument::none},
    {"UNDRAFT", Kind::undraft, Argument::none},
    {"UNFLAGGED", Kind::unflagged, Argument::none},
    {"UNKEYWORD", Kind::unkeyword, Argument::keyword},
    {"UNSEEN", Kind::unseen, Argument::none},
    {"MODSEQ", Kind::mod_seq, Argument::mod_seq},
    {"OLDER", Kind::older, Argument::number},
    {"YOUNGER", Kind::younger, Argument::number},
    {"SAVEDBEFORE", Kind::saved_before, Argument::date},
    {"SAVEDON", Kind::saved_on, Argument::date},
    {"SAVEDSINCE", Kind::saved_since, Argument::date},
    {"SAVEDATESUPPORTED", Kind::save_date_supported, Argument::none},
    {"", Kind::sequence, Argument::set},
}};

template <typename Table>
auto* find_name(const Table& table, std::string_view name) {
    const auto found =
        std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.name == name; });
    return found == table.end() ? nullptr : &*found;
}

}  // namespace

std::optional<std::string_view> system_flag(std::string_view flag) {
    for (const std::string_view known : system_flags) {
        if (message::equal_without_case(known, flag)) return known;
    }
    return std::nullopt;
}

std::string_view name(StatusItem item) {
    return status_names[static_cast<std::size_t>(item)];
}

std::optional<StatusItem> status_item(std::string_view upper) {
    const auto found = std::find(status_names.begin(), status_names.end(), upper);
    if (found == status_names.end()) return std::nullopt;
    return static_cast<StatusItem>(found - status_names.begin());
}

std::string_view name(NotifyEvent event) {
    return notify_events[static_cast<std::size_t>(event)];
}

NotifyEvent notify_event(std::string_view word) {
    const auto found = std::find_if(notify_events.begin(), notify_events.end(), [&](auto known) {
        return message::equal_without_case(known, word);
    });
    if (found == notify_events.end()) return NotifyEvent::unknown;
    return static_cast<NotifyEvent>(found - notify_events.begin());
}

std::string_view name(NotifyGroup::Mailboxes mailboxes) {
    return notify_mailbox_names[static_cast<std::size_t>(mailboxes)];
}

std::optional<NotifyGroup::Mailboxes> notify_mailboxes(std::string_view word) {
    const auto found =
        std::find_if(notify_mailbox_names.begin(), notify_mailbox_names.end(),
                     [&](auto known) { return message::equal_without_case(known, word); });
    if (found == notify_mailbox_names.end()) return std::nullopt;
    return static_cast<NotifyGroup::Mailboxes>(found - notify_mailbox_names.begin());
}

std::optional<FetchItem::Kind> fetch_item_kind(std::string_view upper) {
    const auto* row = find_name(fetch_items, upper);
    return row == nullptr ? std::nullopt : std::optional{row->value};
}

std::string_view name(FetchItem::Kind kind) {
    switch (kind) {
        case Item::body_section: return "BODY";
        case Item::binary: return "BINARY";
        case Item::binary_size: return "BINARY.SIZE";
        default: break;
    }
    for (const auto& row : fetch_items) {
        if (row.value == kind) return row.name;
    }
    return {};
}

std::optional<SortKey::By> sort_by(std::string_view upper) {
    const auto* row = find_name(sort_words, upper);
    return row == nullptr ? std::nullopt : std::optional{row->value};
}

std::string_view name(SortKey::By by) {
    for (const auto& row : sort_words) {
        if (row.value == by) return row.name;
    }
    return {};
}

const SearchWord* search_word(std::string_view upper) {
    return upper.empty() ? nullptr : find_name(search_words, upper);
}

const SearchWord& search_word(SearchKey::Kind kind) {
    const auto found = std::find_if(search_words.begin(), search_words.end(),
                                    [&](const SearchWord& row) { return row.kind == kind; });
    return found == search_words.end() ? search_words.back() : *found;
}

}  // namespace postack::mail::imap
