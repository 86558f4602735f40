#include "sim/mail/imap/search_program.hpp"

#include <algorithm>

#include "sim/mail/message/address.hpp"
#include "sim/mail/message/header.hpp"
#include "sim/mail/mime/casemap.hpp"
#include "sim/mail/mime/decode.hpp"
#include "sim/mail/mime/fields.hpp"

namespace postack::mail::imap {
namespace {

using Kind = SearchKey::Kind;
using store::Message;
using store::Uid;

constexpr std::int64_t nanoseconds = 1'000'000'000;
constexpr std::int64_t day_seconds = 86400;

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
    return a / b - (a % b < 0 ? 1 : 0);
}

// The day of a time in its own zone (RFC 9051: "disregarding time and timezone").
std::int64_t day_of(std::int64_t unix_ns, std::int32_t utc_offset_minutes) {
    return floor_divide(floor_divide(unix_ns, nanoseconds) + std::int64_t{utc_offset_minutes} * 60,
                        day_seconds);
}

bool has(std::string_view text, std::string_view folded_needle) {
    return mime::fold_case(text).find(folded_needle) != std::string::npos;
}

// How dear a key is to answer: the cheap ones of a conjunction are asked first.
int cost(Kind kind) {
    switch (kind) {
        case Kind::body:
        case Kind::text: return 3;
        case Kind::bcc:
        case Kind::cc:
        case Kind::from:
        case Kind::header:
        case Kind::sent_before:
        case Kind::sent_on:
        case Kind::sent_since:
        case Kind::subject:
        case Kind::to: return 2;
        case Kind::all_of:
        case Kind::or_:
        case Kind::not_: return 1;
        default: return 0;
    }
}

}  // namespace

struct SearchProgram::Prepared {
    const SearchKey* key = nullptr;
    std::string needle;     // folded
    std::vector<Uid> uids;  // of a set, ascending
    std::vector<Prepared> keys;
};

struct SearchProgram::Candidate {
    const Message* message = nullptr;
    store::Text text;
    std::optional<mime::Part> root;
};

SearchProgram::SearchProgram(const SearchKey& key, const store::MailboxStore& store,
                             const SelectedMailbox& selected, std::int64_t now_unix_ns)
    : store_(store), selected_(selected), now_(now_unix_ns), last_uid_(selected.last_uid()) {
    root_ = std::make_shared<Prepared>(prepare(key, selected, bad_set_));
}

SearchProgram::Prepared SearchProgram::prepare(const SearchKey& key,
                                               const SelectedMailbox& selected, bool& bad_set) {
    Prepared prepared;
    prepared.key = &key;
    prepared.needle = mime::fold_case(key.text);
    if (key.kind == Kind::sequence || key.kind == Kind::uid) {
        auto uids = selected.resolve(key.set, key.kind == Kind::uid);
        if (uids) {
            prepared.uids = std::move(*uids);
        } else {
            bad_set = true;
        }
    }
    for (const SearchKey& below : key.keys)
        prepared.keys.push_back(prepare(below, selected, bad_set));
    if (key.kind == Kind::all_of) {
        std::stable_sort(
            prepared.keys.begin(), prepared.keys.end(),
            [](const auto& a, const auto& b) { return cost(a.key->kind) < cost(b.key->kind); });
    }
    return prepared;
}

std::vector<Uid> SearchProgram::run() {
    std::vector<Uid> found;
    for (const Message& message : store_.messages(selected_.path())) {
        if (selected_.sequence_of(message.uid) == 0) continue;  // not told yet
        Candidate candidate;
        candidate.message = &message;
        if (matches(*root_, candidate)) found.push_back(message.uid);
    }
    return found;
}

bool SearchProgram::matches(const Message& message, std::int64_t now_unix_ns) {
    now_ = now_unix_ns;
    Candidate candidate;
    candidate.message = &message;
    return matches(*root_, candidate);
}

bool SearchProgram::matches(const Prepared& prepared, Candidate& candidate) const {
    const SearchKey& key = *prepared.key;
    const Message& m = *candidate.message;
    const auto text = [&]() -> std::string_view {
        if (!candidate.text) {
            auto read = store_.text(selected_.path(), m.uid);
            candidate.text = read ? *read : std::make_shared<const std::string>();
        }
        return *candidate.text;
    };
    const auto header = [&] { return text().substr(0, mime::header_size(text())); };
    const auto field_has = [&](std::string_view name) {
        for (const auto& field : message::header_fields(header())) {
            if (!message::equal_without_case(field.name, name)) continue;
            // An empty text asks whether the field is there.
            if (prepared.needle.empty() || has(mime::decode_words(field.value), prepared.needle)) {
                return true;
            }
        }
        return false;
    };
    const auto sent_day = [&]() -> std::optional<std::int64_t> {
        const auto value = message::find_field(header(), "Date");
        const auto date = value ? mime::parse_date_field(*value) : std::nullopt;
        if (!date) return std::nullopt;
        return day_of(date->unix_seconds * nanoseconds, date->utc_offset_minutes);
    };
    const auto body_has = [&](auto&& self, const mime::Part& part, bool headers) -> bool {
        if (headers && has(mime::decode_words(part.header), prepared.needle)) return true;
        for (const mime::Part& below : part.parts) {
            if (self(self, below, headers || part.embeds_message())) return true;
        }
        if (!part.parts.empty() || !(part.is_text() || part.embeds_message())) return false;
        const auto bytes = mime::decode_body(part);
        if (!bytes) return false;
        const auto utf8 = mime::to_utf8(*bytes, part.parameter("charset").value_or("utf-8"));
        return has(utf8 ? *utf8 : *bytes, prepared.needle);
    };
    const auto root = [&]() -> const mime::Part& {
        if (!candidate.root) candidate.root = mime::parse_message(text());
        return *candidate.root;
    };
    const std::int64_t day = day_of(m.unix_ns, m.utc_offset_minutes);
    const auto saved_day = [&] { return day_of(m.saved_unix_ns, m.utc_offset_minutes); };
    const auto age = [&] { return (now_ - m.unix_ns) / nanoseconds; };
    const auto keyword = [&] {
        return std::any_of(m.flags.keywords.begin(), m.flags.keywords.end(),
                           [&](const auto& k) { return mime::fold_case(k) == prepared.needle; });
    };
    const bool recent = selected_.recent(m.uid);
    switch (key.kind) {
        case Kind::all_of:
            return std::all_of(prepared.keys.begin(), prepared.keys.end(),
                               [&](const auto& k) { return matches(k, candidate); });
        case Kind::not_: return !matches(prepared.keys[0], candidate);
        case Kind::or_:
            return matches(prepared.keys[0], candidate) || matches(prepared.keys[1], candidate);
        case Kind::all: return true;
        case Kind::answered: return m.flags.answered;
        case Kind::unanswered: return !m.flags.answered;
        case Kind::deleted: return m.flags.deleted;
        case Kind::undeleted: return !m.flags.deleted;
        case Kind::draft: return m.flags.draft;
        case Kind::undraft: return !m.flags.draft;
        case Kind::flagged: return m.flags.flagged;
        case Kind::unflagged: return !m.flags.flagged;
        case Kind::seen: return m.flags.seen;
        case Kind::unseen: return !m.flags.seen;
        case Kind::recent: return recent;
        case Kind::old: return !recent;
        case Kind::new_: return recent && !m.flags.seen;
        case Kind::keyword: return keyword();
        case Kind::unkeyword: return !keyword();
        case Kind::before: return day < key.day;
        case Kind::on: return day == key.day;
        case Kind::since: return day >= key.day;
        case Kind::saved_before: return saved_day() < key.day;
        case Kind::saved_on: return saved_day() == key.day;
        case Kind::saved_since: return saved_day() >= key.day;
        case Kind::save_date_supported: return true;
        case Kind::sent_before: {
            const auto sent = sent_day();
            return sent && *sent < key.day;
        }
        case Kind::sent_on: {
            const auto sent = sent_day();
            return sent && *sent == key.day;
        }
        case Kind::sent_since: {
            const auto sent = sent_day();
            return sent && *sent >= key.day;
        }
        case Kind::larger: return m.size > key.number;
        case Kind::smaller: return m.size < key.number;
        case Kind::mod_seq: return m.modseq >= key.number;
        case Kind::older: return age() >= static_cast<std::int64_t>(key.number);
        case Kind::younger: return age() <= static_cast<std::int64_t>(key.number);
        case Kind::sequence:
            if (m.uid > last_uid_) {
                return key.set.contains(selected_.sequence_of(m.uid), selected_.exists());
            }
            return std::binary_search(prepared.uids.begin(), prepared.uids.end(), m.uid);
        case Kind::uid:
            if (m.uid > last_uid_) return key.set.contains(m.uid, selected_.last_uid());
            return std::binary_search(prepared.uids.begin(), prepared.uids.end(), m.uid);
        case Kind::bcc: return field_has("Bcc");
        case Kind::cc: return field_has("Cc");
        case Kind::from: return field_has("From");
        case Kind::to: return field_has("To");
        case Kind::subject: return field_has("Subject");
        case Kind::header: return field_has(key.field);
        case Kind::body: return prepared.needle.empty() || body_has(body_has, root(), false);
        case Kind::text: return prepared.needle.empty() || body_has(body_has, root(), true);
    }
    return false;
}

}  // namespace postack::mail::imap
