#include <algorithm>

#include "sim/mail/imap/commands/found.hpp"
#include "sim/mail/imap/commands/handlers.hpp"
#include "sim/mail/imap/search_program.hpp"
#include "sim/mail/imap/sort_order.hpp"

namespace postack::mail::imap {
namespace {

// What is moved while sorting: the first value as far as it fits, so that most comparisons look
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

}  // namespace

// RFC 5256: each message's values are computed once, then compared; equal ones are in the order of
// their numbers.
Outcome handle(CommandContext& context, const Sort& command) {
    if (!known_charset(command.charset)) return reply(Situation::bad_charset);
    if (auto refused = refuse_update(context, command.returns)) return std::move(*refused);
    SelectedMailbox& selected = context.selected();
    SearchProgram program{command.key, context.store(), selected, context.unix_ns()};
    if (program.bad_set()) return reply(Situation::bad_message_set);
    const SortOrder order{command.order};
    const std::vector<store::Uid> found = program.run();
    std::vector<SortOrder::Value> values;  // of each message all of the order's
    values.reserve(found.size() * order.size());
    std::vector<Row> rows;
    rows.reserve(found.size());
    for (const store::Uid uid : found) {
        const std::size_t first = values.size();
        order.append_values(context.store(), selected.path(), *selected.find(uid), values);
        rows.push_back({values[first].number, beginning_of(values[first].text),
                        static_cast<std::uint32_t>(rows.size())});
    }
    const bool reverse = order.reverse();
    std::sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
        if (a.number != b.number) return (a.number < b.number) != reverse;
        if (a.beginning != b.beginning) return (a.beginning < b.beginning) != reverse;
        const std::size_t n = order.size();
        const int tells = order.compare(&values[a.index * n], &values[b.index * n]);
        return tells != 0 ? tells < 0 : a.index < b.index;  // found in the order of their uids
    });
    std::vector<store::Uid> sorted;
    sorted.reserve(rows.size());
    for (const Row& row : rows)
        sorted.push_back(found[row.index]);
    follow_result(context, command.uid, command.returns, command.key, &order, sorted);
    tell_found(context, sorted, command.uid, command.returns, asks_mod_seq(command.key), "SORT");
    Outcome outcome = reply(Situation::sort);
    outcome.may_expunge = command.uid;
    return outcome;
}

}  // namespace postack::mail::imap
