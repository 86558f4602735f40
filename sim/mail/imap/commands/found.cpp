#include "sim/mail/imap/commands/found.hpp"

#include <algorithm>

#include "sim/mail/imap/strings.hpp"

namespace postack::mail::imap {

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
    if (!returns) r.all = true;
    const bool ascending = std::is_sorted(numbers.begin(), numbers.end());
    if (r.save) {
        // RFC 5182, section 2.4: MIN and MAX alone save just these.
        selected.saved.clear();
        if (!found.empty() && !r.all && !r.count && (r.min || r.max)) {
            if (r.min) selected.saved.push_back(found.front());
            if (r.max && (!r.min || found.size() > 1)) selected.saved.push_back(found.back());
        } else {
            selected.saved = found;
        }
        std::sort(selected.saved.begin(), selected.saved.end());
        if (!r.min && !r.max && !r.all && !r.count) return;
    }
    out += "* ESEARCH (TAG ";
    append_string(out, context.conversation.pending_tag);
    out += ')';
    if (uid) out += " UID";
    if (r.min && !numbers.empty()) out += " MIN " + std::to_string(numbers.front());
    if (r.max && !numbers.empty()) out += " MAX " + std::to_string(numbers.back());
    if (r.count) out += " COUNT " + std::to_string(numbers.size());
    if (r.all && !numbers.empty()) {
        out += " ALL ";
        if (ascending) {
            out += print_numbers(numbers);
        } else {  // SORT's order is what was asked for.
            for (std::size_t i = 0; i < numbers.size(); ++i) {
                if (i > 0) out += ',';
                out += std::to_string(numbers[i]);
            }
        }
    }
    if (mod_seq && !numbers.empty()) out += " MODSEQ " + std::to_string(highest);
    out += "\r\n";
}

}  // namespace postack::mail::imap
