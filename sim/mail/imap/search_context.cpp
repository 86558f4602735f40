#include "sim/mail/imap/search_context.hpp"

#include <algorithm>
#include <utility>

#include "sim/mail/imap/strings.hpp"

namespace postack::mail::imap {

using store::Uid;

SearchContext::SearchContext(Options options, const store::MailboxStore& store,
                             const SelectedMailbox& selected, const std::vector<Uid>& found)
    : options_(std::move(options)),
      store_(store),
      selected_(selected),
      program_(options_.key, store, selected, 0),
      result_(found) {
    if (!options_.order) return;
    values_.reserve(result_.size() * options_.order->size());
    for (const Uid uid : result_) {
        options_.order->append_values(store, selected.path(), *selected.find(uid), values_);
    }
}

std::uint32_t SearchContext::number_of(Uid uid) const {
    return options_.uid ? uid : selected_.sequence_of(uid);
}

std::size_t SearchContext::place_of(Uid uid) const {
    if (!options_.order) {
        const auto at = std::lower_bound(result_.begin(), result_.end(), uid);
        if (at == result_.end() || *at != uid) return result_.size();
        return static_cast<std::size_t>(at - result_.begin());
    }
    return static_cast<std::size_t>(std::find(result_.begin(), result_.end(), uid) -
                                    result_.begin());
}

bool SearchContext::look_at(Uid uid, std::int64_t now_unix_ns) {
    const store::Message* message = selected_.find(uid);
    if (message == nullptr) return false;  // It goes: that is told when its number goes.
    const bool matches = program_.matches(*message, now_unix_ns);
    if (matches == (place_of(uid) < result_.size())) return false;
    if (matches) {
        added_.push_back(uid);
    } else {
        remove(uid, number_of(uid));
    }
    return matches;
}

void SearchContext::gone(Uid uid, std::uint32_t sequence) {
    if (place_of(uid) < result_.size()) remove(uid, options_.uid ? uid : sequence);
}

void SearchContext::remove(Uid uid, std::uint32_t number) {
    const std::size_t place = place_of(uid);
    result_.erase(result_.begin() + static_cast<std::ptrdiff_t>(place));
    if (!options_.order) {
        removed_.push_back(number);
        return;
    }
    const auto first =
        values_.begin() + static_cast<std::ptrdiff_t>(place * options_.order->size());
    values_.erase(first, first + static_cast<std::ptrdiff_t>(options_.order->size()));
    removed_places_ += ' ' + std::to_string(place + 1) + ' ' + std::to_string(number);
}

std::size_t SearchContext::insert(Uid uid) {
    std::size_t place = 0;
    if (!options_.order) {
        const auto at = std::lower_bound(result_.begin(), result_.end(), uid);
        place = static_cast<std::size_t>(at - result_.begin());
    } else {
        const SortOrder& order = *options_.order;
        const std::size_t n = order.size();
        std::vector<SortOrder::Value> values;
        order.append_values(store_, selected_.path(), *selected_.find(uid), values);
        std::size_t end = result_.size();
        while (place < end) {
            const std::size_t middle = place + (end - place) / 2;
            const int tells = order.compare(&values_[middle * n], values.data());
            if (tells < 0 || (tells == 0 && result_[middle] < uid)) {
                place = middle + 1;
            } else {
                end = middle;
            }
        }
        values_.insert(values_.begin() + static_cast<std::ptrdiff_t>(place * n),
                       std::make_move_iterator(values.begin()),
                       std::make_move_iterator(values.end()));
    }
    result_.insert(result_.begin() + static_cast<std::ptrdiff_t>(place), uid);
    return place;
}

void SearchContext::tell(std::string& out) {
    if (added_.empty() && removed_.empty() && removed_places_.empty()) return;
    out += "* ESEARCH (TAG ";
    append_string(out, options_.tag);
    out += options_.uid ? ") UID" : ")";
    if (!removed_.empty()) {
        // Place 0: wherever they are; ascending is the shortest set.
        std::sort(removed_.begin(), removed_.end());
        out += " REMOVEFROM (0 " + print_numbers(removed_) + ')';
    }
    if (!removed_places_.empty()) out += " REMOVEFROM (" + removed_places_.substr(1) + ')';
    if (!added_.empty()) {
        std::sort(added_.begin(), added_.end());
        std::vector<std::uint32_t> numbers;
        std::string places;
        for (const Uid uid : added_) {
            const std::size_t place = insert(uid);
            numbers.push_back(number_of(uid));
            if (!options_.order) continue;
            places += ' ' + std::to_string(place + 1) + ' ' + std::to_string(numbers.back());
        }
        out += " ADDTO (";
        out += options_.order ? places.substr(1) : "0 " + print_numbers(numbers);
        out += ')';
    }
    out += "\r\n";
    added_.clear();
    removed_.clear();
    removed_places_.clear();
}

bool SearchContexts::has(std::string_view tag) const {
    return std::any_of(contexts_.begin(), contexts_.end(),
                       [&](const auto& context) { return context->tag() == tag; });
}

void SearchContexts::cancel(std::string_view tag) {
    std::erase_if(contexts_, [&](const auto& context) { return context->tag() == tag; });
}

}  // namespace postack::mail::imap
