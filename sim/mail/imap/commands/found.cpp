#include "sim/mail/imap/commands/found.hpp"

#include <algorithm>

#include "sim/mail/imap/limits.hpp"
#include "sim/mail/imap/search_context.hpp"
#include "sim/mail/imap/strings.hpp"

namespace postack::mail::imap {
namespace {

// SORT's order is what was asked for.
std::string print_result(const std::vector<std::uint32_t>& numbers, bool ascending) {
    if (ascending) return print_numbers(numbers);
    std::string text;
    for (const std::uint32_t number : numbers) {
        if (!text.empty()) text += ',';
        text += std::to_string(number);
    }
    return text;
}

}  // namespace

bool known_charset(std::string_view upper) {
    return upper.empty() || upper == "UTF-8" || upper == "US-ASCII";
}

bool asks_mod_seq(const SearchKey& key) {
    return key.kind == SearchKey::Kind::mod_seq ||
           std::any_of(key.keys.begin(), key.keys.end(), asks_mod_seq);
}

void tell_found(CommandContext& context, const std::vector<store::Uid>& found, bool uid,
                const std::optional<SearchReturn>& returns, bool mod_seq, std::string_view word) {
    SelectedMailbox& selected = context.selected();
    std::vector<std::uint32_t> numbers;
    numbers.reserve(found.size());
    store::ModSeq highest = 0;
    for (const store::Uid one : found) {
        numbers.push_back(uid ? one : selected.sequence_of(one));
        if (mod_seq) highest = std::max(highest, selected.find(one)->modseq);
    }
    std::string& out = context.out;
    // RFC 9051, section 6.4.4: IMAP4rev2 answers every SEARCH with ESEARCH.
    const bool extended = returns || (context.conversation.rev2 && word == "SEARCH");
    if (!extended) {
        out += "* ";
        out += word;
        for (const std::uint32_t number : numbers)
            out += ' ' + std::to_string(number);
        if (mod_seq && !numbers.empty()) out += " (MODSEQ " + std::to_string(highest) + ')';
        out += "\r\n";
        return;
    }
    SearchReturn r = returns.value_or(SearchReturn{});
    // A hint is no answer (RFC 5267, section 4.2); UPDATE alone asks for what comes later only.
    r.all = r.all || !(r.min || r.max || r.count || r.save || r.partial || r.update);
    const bool ascending = std::is_sorted(numbers.begin(), numbers.end());
    if (r.save) {
        // RFC 5182, section 2.4: MIN and MAX alone save just these.
        selected.saved.clear();
        if (!found.empty() && !r.all && !r.count && !r.partial && (r.min || r.max)) {
            if (r.min) selected.saved.push_back(found.front());
            if (r.max && (!r.min || found.size() > 1)) selected.saved.push_back(found.back());
        } else {
            selected.saved = found;
        }
        std::sort(selected.saved.begin(), selected.saved.end());
        if (!r.min && !r.max && !r.all && !r.count && !r.partial) return;
    }
    out += "* ESEARCH (TAG ";
    append_string(out, context.conversation.pending_tag);
    out += ')';
    if (uid) out += " UID";
    if (r.min && !numbers.empty()) out += " MIN " + std::to_string(numbers.front());
    if (r.max && !numbers.empty()) out += " MAX " + std::to_string(numbers.back());
    if (r.count) out += " COUNT " + std::to_string(numbers.size());
    if (r.all && !numbers.empty()) {
        out += " ALL " + print_result(numbers, ascending);
    }
    if (r.partial) {  // RFC 5267, section 4.4
        const auto [first, last] = *r.partial;
        out += " PARTIAL (" + std::to_string(first) + ':' + std::to_string(last) + ' ';
        if (first > numbers.size()) {
            out += "NIL)";
        } else {
            const std::vector<std::uint32_t> part{
                numbers.begin() + (first - 1),
                numbers.begin() +
                    static_cast<std::ptrdiff_t>(std::min<std::size_t>(last, numbers.size()))};
            out += print_result(part, ascending) + ')';
        }
    }
    if (mod_seq && !numbers.empty()) out += " MODSEQ " + std::to_string(highest);
    out += "\r\n";
}

std::optional<Outcome> refuse_update(const CommandContext& context,
                                     const std::optional<SearchReturn>& returns) {
    if (!returns || !returns->update) return std::nullopt;
    const auto* contexts = context.selected().contexts();
    if (contexts == nullptr || !contexts->has(context.conversation.pending_tag)) {
        return std::nullopt;
    }
    return reply(Situation::bad_arguments, {{"problem", "Duplicate search update tag"}});
}

void follow_result(CommandContext& context, bool uid, const std::optional<SearchReturn>& returns,
                   const SearchKey& key, const SortOrder* order,
                   const std::vector<store::Uid>& found) {
    if (!returns || !returns->update) return;
    const std::string& tag = context.conversation.pending_tag;
    SearchContexts& contexts = context.selected().follow();
    if (contexts.size() >= max_search_contexts) {
        context.say(Situation::no_update, {{"search", tag}});
        return;
    }
    contexts.add(std::make_unique<SearchContext>(
        SearchContext::Options{tag, uid, returns->update_items, key,
                               order == nullptr ? std::nullopt : std::optional{*order}},
        context.store(), context.selected(), found));
}

}  // namespace postack::mail::imap
