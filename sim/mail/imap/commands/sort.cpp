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
struct Row {
    store::Uid uid = 0;
    std::vector<Key> keys;
};

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

// RFC 5256: each message's keys are computed once, then compared; equal ones keep their order.
Outcome handle(CommandContext& context, const Sort& command) {
    if (!known_charset(command.charset)) return reply(Situation::bad_charset);
    SelectedMailbox& selected = context.selected();
    SearchProgram program{command.key, context.store(), selected, context.unix_ns()};
    if (program.bad_set()) return reply(Situation::bad_message_set);
    const bool headers = std::any_of(command.order.begin(), command.order.end(),
                                     [](const SortKey& k) { return reads_header(k.by); });
    std::vector<Row> rows;
    for (const store::Uid uid : program.run()) {
        Row row{uid, {}};
        store::Text text;
        if (headers) {
            if (auto read = context.store().text(selected.path(), uid)) text = *read;
        }
        std::string_view header = text ? std::string_view{*text} : std::string_view{};
        header = header.substr(0, mime::header_size(header));
        for (const SortKey& key : command.order)
            row.keys.push_back(key_of(*selected.find(uid), header, key.by));
        rows.push_back(std::move(row));
    }
    std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
        for (std::size_t i = 0; i < command.order.size(); ++i) {
            const Key& x = command.order[i].reverse ? b.keys[i] : a.keys[i];
            const Key& y = command.order[i].reverse ? a.keys[i] : b.keys[i];
            if (x.number != y.number) return x.number < y.number;
            if (x.text != y.text) return x.text < y.text;
        }
        return a.uid < b.uid;
    });
    std::vector<store::Uid> sorted;
    sorted.reserve(rows.size());
    for (const Row& row : rows)
        sorted.push_back(row.uid);
    tell_found(context, sorted, command.uid, command.returns, asks_mod_seq(command.key), "SORT");
    Outcome outcome = reply(Situation::sort);
    outcome.may_expunge = command.uid;
    return outcome;
}

}  // namespace postack::mail::imap
