#include <algorithm>

#include "sim/mail/imap/commands/found.hpp"
#include "sim/mail/imap/commands/handlers.hpp"
#include "sim/mail/imap/search_program.hpp"
#include "sim/mail/imap/sort_keys.hpp"
#include "sim/mail/message/header.hpp"
#include "sim/mail/mime/decode.hpp"
#include "sim/mail/mime/part.hpp"

namespace postack::mail::imap {
namespace {

using By = SortKey::By;

struct Key {
    std::int64_t number = 0;
    std::string text;
};
// What is moved while sorting: the first key as far as it fits, so that most comparisons look
// nowhere else.
struct Row {
    std::int64_t number = 0;
    std::uint64_t beginning = 0;  // of the text, so that smaller is before
    std::uint32_t index = 0;
};

std::uint64_t beginning_of(std::string_view text) {
    std::uint64_t beginning = 0;
    for (std::size_t i = 0; i < sizeof beginning; ++i) {
        beginning <<= 8;
        if (i < text.size()) beginning |= static_cast<unsigned char>(text[i]);
    }
    return beginning;
}

Key key_of(const store::Message& message, std::string_view header, By by) {
    switch (by) {
        case By::arrival: return {message.unix_ns, {}};
        case By::size: return {static_cast<std::int64_t>(message.size), {}};
        case By::date: return {sent_seconds(message, header), {}};
        case By::subject: {
            const auto value = message::find_field(header, "Subject");
            return {0, base_subject(value ? mime::decode_words(*value) : std::string{}).text};
        }
        case By::cc:
        case By::from:
        case By::to:
        case By::display_from:
        case By::display_to: break;
    }
    return {0, address_key(header, by)};
}

bool reads_header(By by) {
    return by != By::arrival && by != By::size;
}

}  // namespace

// RFC 5256: each message's keys are computed once, then compared; equal ones are in the
// order of their numbers.
Outcome handle(CommandContext& context, const Sort& command) {
    if (!known_charset(command.charset)) return reply(Situation::bad_charset);
    SelectedMailbox& selected = context.selected();
    SearchProgram program{command.key, context.store(), selected, context.unix_ns()};
    if (program.bad_set()) return reply(Situation::bad_message_set);
    const bool headers = std::any_of(command.order.begin(), command.order.end(),
                                     [](const SortKey& k) { return reads_header(k.by); });
    const std::vector<store::Uid> found = program.run();
    std::vector<Key> keys;  // of each message all of the order's
    keys.reserve(found.size() * command.order.size());
    std::vector<Row> rows;
    rows.reserve(found.size());
    for (const store::Uid uid : found) {
        store::Text text;
        if (headers) {
            if (auto read = context.store().text(selected.path(), uid)) text = *read;
        }
        std::string_view header = text ? std::string_view{*text} : std::string_view{};
        header = header.substr(0, mime::header_size(header));
        const std::size_t first = keys.size();
        for (const SortKey& key : command.order)
            keys.push_back(key_of(*selected.find(uid), header, key.by));
        rows.push_back({keys[first].number, beginning_of(keys[first].text),
                        static_cast<std::uint32_t>(rows.size())});
    }
    const bool reverse = command.order.front().reverse;
    std::sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
        if (a.number != b.number) return (a.number < b.number) != reverse;
        if (a.beginning != b.beginning) return (a.beginning < b.beginning) != reverse;
        const std::size_t n = command.order.size();
        for (std::size_t i = 0; i < n; ++i) {
            const Key& x = keys[(command.order[i].reverse ? b.index : a.index) * n + i];
            const Key& y = keys[(command.order[i].reverse ? a.index : b.index) * n + i];
            if (x.number != y.number) return x.number < y.number;
            if (const int order = x.text.compare(y.text); order != 0) return order < 0;
        }
        return a.index < b.index;  // found in the order of their uids
    });
    std::vector<store::Uid> sorted;
    sorted.reserve(rows.size());
    for (const Row& row : rows)
        sorted.push_back(found[row.index]);
    tell_found(context, sorted, command.uid, command.returns, asks_mod_seq(command.key), "SORT");
    Outcome outcome = reply(Situation::sort);
    outcome.may_expunge = command.uid;
    return outcome;
}

}  // namespace postack::mail::imap
