#include "sim/mail/imap/sort_keys.hpp"

#include <algorithm>

#include "sim/mail/message/header.hpp"
#include "sim/mail/mime/casemap.hpp"
#include "sim/mail/mime/decode.hpp"
#include "sim/mail/mime/fields.hpp"

namespace postack::mail::imap {
namespace {

constexpr std::size_t max_ids = 1000;  // of one References field; our choice

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

void trim_front(std::string_view& text) {
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
}

// "[…]" at the beginning, without brackets inside (subj-blob).
bool take_blob(std::string_view& text) {
    if (!text.starts_with('[')) return false;
    const std::size_t close = text.find_first_of("[]", 1);
    if (close == std::string_view::npos || text[close] != ']') return false;
    text.remove_prefix(close + 1);
    trim_front(text);
    return true;
}

// "Re:", "Fw [x]:", "Fwd:" (subj-refwd).
bool take_reply(std::string_view& text) {
    std::string_view rest = text;
    for (const std::string_view word : {"FWD", "FW", "RE"}) {
        if (!rest.starts_with(word)) continue;
        rest.remove_prefix(word.size());
        trim_front(rest);
        take_blob(rest);
        if (!rest.starts_with(':')) return false;
        rest.remove_prefix(1);
        trim_front(rest);
        text = rest;
        return true;
    }
    return false;
}

}  // namespace

BaseSubject base_subject(std::string_view subject) {
    BaseSubject base;
    std::string folded;
    for (const char c : mime::fold_case(subject)) {  // (1): blanks become one
        if (!is_blank(c)) {
            folded += c;
        } else if (folded.empty() || folded.back() != ' ') {
            folded += ' ';
        }
    }
    std::string_view text = folded;
    while (true) {
        bool changed = true;
        while (changed) {  // (2): what stands at the end
            changed = false;
            while (!text.empty() && is_blank(text.back()))
                text.remove_suffix(1);
            if (text.ends_with("(FWD)")) {
                text.remove_suffix(5);
                base.reply_or_forward = changed = true;
            }
        }
        changed = true;
        while (changed) {  // (3) to (5): what stands at the beginning
            changed = false;
            trim_front(text);
            std::string_view after_blobs = text;
            while (take_blob(after_blobs)) {
            }
            std::string_view after_reply = after_blobs;
            if (take_reply(after_reply)) {
                text = after_reply;
                base.reply_or_forward = changed = true;
            } else {
                std::string_view after_one = text;
                if (take_blob(after_one) && !after_one.empty()) {
                    text = after_one;
                    changed = true;
                }
            }
        }
        if (!text.starts_with("[FWD:") || !text.ends_with(']')) break;  // (6)
        text = text.substr(5, text.size() - 6);
        base.reply_or_forward = true;
    }
    base.text = text;
    return base;
}

std::int64_t sent_seconds(const store::Message& message, std::string_view header) {
    const auto value = message::find_field(header, "Date");
    const auto date = value ? mime::parse_date_field(*value) : std::nullopt;
    return date ? date->unix_seconds : message.unix_ns / 1'000'000'000;
}

std::string address_key(std::string_view header, SortKey::By by) {
    using By = SortKey::By;
    const bool display = by == By::display_from || by == By::display_to;
    std::string_view name = "From";
    if (by == By::to || by == By::display_to) name = "To";
    if (by == By::cc) name = "Cc";
    const auto value = message::find_field(header, name);
    if (!value) return {};
    for (const mime::Mailbox& address : mime::parse_addresses(*value)) {
        if (!address.mailbox) continue;
        if (display && address.name && !address.name->empty()) {
            return mime::fold_case(mime::decode_words(*address.name));
        }
        if (display && address.host) {
            return mime::fold_case(*address.mailbox + '@' + *address.host);
        }
        return mime::fold_case(*address.mailbox);
    }
    return {};
}

std::vector<std::string> message_ids(std::string_view value) {
    std::vector<std::string> ids;
    while (ids.size() < max_ids) {
        const std::size_t open = value.find('<');
        if (open == std::string_view::npos) break;
        const std::size_t close = value.find('>', open);
        if (close == std::string_view::npos) break;
        std::string id;
        for (const char c : value.substr(open, close + 1 - open)) {
            if (!is_blank(c)) id += c;
        }
        if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(std::move(id));
        value.remove_prefix(close + 1);
    }
    return ids;
}

}  // namespace postack::mail::imap
