#include "sim/mail/store/mbox_entry.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "sim/mail/message/address.hpp"
#include "sim/mail/message/date.hpp"
#include "sim/mail/message/header.hpp"
#include "sim/mail/store/mbox.hpp"

namespace postack::mail::store {
namespace {

// Dovecot's mbox_hide_headers.
constexpr std::array<std::string_view, 7> hidden_fields{
    "Content-Length", "Status", "X-IMAP", "X-IMAPbase", "X-Keywords", "X-Status", "X-UID"};
constexpr std::size_t max_keywords = 100;  // of a field, more are passed over: our choice

bool is_hidden(std::string_view name) {
    return std::any_of(hidden_fields.begin(), hidden_fields.end(), [&](std::string_view hidden) {
        return message::equal_without_case(name, hidden);
    });
}

std::vector<std::string_view> words_of(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    std::vector<std::string_view> words;
    while (true) {
        const std::size_t begin = text.find_first_not_of(blanks);
        if (begin == std::string_view::npos || words.size() > max_keywords) return words;
        text.remove_prefix(begin);
        const std::size_t end = std::min(text.find_first_of(blanks), text.size());
        words.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
}

template <typename Number>
Number number_of(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() ? number : Number{};
}

struct Marked {
    MboxMarks marks;
    MboxBase base;
    bool pseudo = false;
};

Marked read_marks(std::string_view header) {
    Marked found;
    for (const message::HeaderField& field : message::header_fields(header)) {
        const auto is = [&](std::string_view name) {
            return message::equal_without_case(field.name, name);
        };
        if (!is_hidden(field.name)) continue;
        const auto words = words_of(field.value);
        const std::string_view first = words.empty() ? std::string_view{} : words[0];
        const auto has = [&](char letter) { return first.find(letter) != std::string_view::npos; };
        Flags& flags = found.marks.flags;
        if (is("X-UID")) {
            found.marks.uid = number_of<Uid>(first);
        } else if (is("Status")) {
            flags.seen = has('R');
            found.marks.old = has('O');
        } else if (is("X-Status")) {
            flags.answered = has('A');
            flags.flagged = has('F');
            flags.draft = has('T');
            flags.deleted = has('D');
        } else if (is("X-Keywords")) {
            for (const std::string_view word : words) {
                auto& there = flags.keywords;
                if (std::find(there.begin(), there.end(), word) == there.end()) {
                    there.emplace_back(word);
                }
            }
        } else if ((is("X-IMAPbase") || is("X-IMAP")) && words.size() >= 2) {
            found.base = {number_of<std::uint32_t>(first), number_of<Uid>(words[1]),
                          std::vector<std::string>(words.begin() + 2, words.end())};
            found.pseudo = is("X-IMAP");
        }
    }
    return found;
}

// The header's lines that people are shown.
std::string visible(std::string_view header) {
    std::string result;
    result.reserve(header.size() + 2);
    bool hidden = false;
    for (std::size_t at = 0; at < header.size();) {
        const std::size_t end = std::min(header.find('\n', at), header.size() - 1) + 1;
        const std::string_view line = header.substr(at, end - at);
        at = end;
        if (line[0] != ' ' && line[0] != '\t') {
            std::string_view name = line.substr(0, line.find(':'));
            while (name.ends_with(' ') || name.ends_with('\t'))
                name.remove_suffix(1);
            hidden = is_hidden(name);
        }
        if (!hidden) result += line;
    }
    return result;
}

// Where the line that begins at `at` ends, without its LF.
std::size_t line_end(std::string_view file, std::size_t at) {
    return std::min(file.find('\n', at), file.size());
}

bool is_unfinished(std::string_view line) {
    if (line.empty() || line[0] != mbox_unfinished) return false;
    std::string whole{line};
    whole[0] = 'F';
    return parse_from_line(whole).has_value();
}

// The text of an entry with all of its fields, CRLF.
std::string marked_text(std::string_view entry) {
    entry.remove_prefix(std::min(entry.find('\n'), entry.size() - 1) + 1);
    if (entry.ends_with('\n')) entry.remove_suffix(1);  // The empty line behind it.
    std::string text = message::with_crlf(entry);
    // A From_ line that breaks off the header begins no message, having no empty line before it.
    // Where the text is written again there is one.
    const std::string_view body = message::split_message(text).body;
    const std::string_view line = body.substr(0, body.find("\r\n"));
    if (parse_from_line(line) || is_unfinished(line)) {
        text.insert(static_cast<std::size_t>(body.data() - text.data()), 1, '>');
    }
    return text;
}

}  // namespace

std::string_view mbox_from_line(std::string_view entry) {
    return entry.substr(0, line_end(entry, 0));
}

std::string without_marks(std::string_view text) {
    const message::MessageParts parts = message::split_message(text);
    std::string result = visible(parts.header);
    result += "\r\n";
    result += parts.body;
    return result;
}

std::string mbox_text(std::string_view entry) {
    return without_marks(marked_text(entry));
}

core::Result<MboxFile> read_mbox_file(std::string_view file, std::int32_t utc_offset_minutes) {
    MboxFile result;
    // Where the entries begin, and the unfinished parts.
    struct Begin {
        std::size_t at;
        std::optional<FromLine> from;
    };
    std::vector<Begin> begins;
    for (std::size_t at = 0; at < file.size();) {
        const std::size_t end = line_end(file, at);
        const std::string_view line = file.substr(at, end - at);
        const bool after_unfinished = !begins.empty() && !begins.back().from;
        const bool may_begin =
            at == 0 || after_unfinished || (at >= 2 && file.substr(at - 2, 2) == "\n\n");
        if (may_begin && !line.empty()) {
            if (auto from = parse_from_line(line)) {
                begins.push_back({at, from});
            } else if (is_unfinished(line)) {
                begins.push_back({at, std::nullopt});
            } else if (at == 0) {
                return core::Error{
                    fmt::format("not a mailbox file: it begins with \"{}\", expected "
                                "\"From sender  Mon Jan 16 12:27:45 2023\"",
                                line.substr(0, 60))};
            }
            if (begins.size() > max_mbox_messages) {
                return core::Error{
                    fmt::format("more than {} messages in a mailbox file", max_mbox_messages)};
            }
        } else if (at == 0) {
            return core::Error{"not a mailbox file: it begins with an empty line"};
        }
        at = end + 1;
    }
    for (std::size_t i = 0; i < begins.size(); ++i) {
        const std::size_t end = i + 1 < begins.size() ? begins[i + 1].at : file.size();
        if (!begins[i].from) {
            result.unfinished.emplace_back(begins[i].at, end);
            continue;
        }
        MboxEntry entry;
        entry.begin = begins[i].at;
        entry.end = end;
        const FromLine& from = *begins[i].from;
        if (from.sender != mbox_daemon) entry.sender = std::string{from.sender};
        entry.unix_ns = message::unix_seconds(from.time, utc_offset_minutes) * 1'000'000'000;
        const std::string text = marked_text(file.substr(entry.begin, end - entry.begin));
        Marked marked = read_marks(message::split_message(text).header);
        if (i == 0) {
            result.base = marked.base;
            if (marked.pseudo) {
                result.has_pseudo = true;
                continue;
            }
        }
        entry.marks = std::move(marked.marks);
        entry.size = without_marks(text).size();
        result.entries.push_back(std::move(entry));
    }
    return result;
}

std::string print_mbox_entry(std::string_view from_line, std::string_view text,
                             const MboxMarks& marks, const MboxBase* base) {
    const message::MessageParts parts = message::split_message(text);
    std::string result{from_line};
    result += '\n';
    result += message::with_lf(parts.header);
    if (base != nullptr) {
        result += fmt::format("X-IMAPbase: {} {:010}", base->uid_validity, base->last_uid);
        for (const std::string& keyword : base->keywords)
            result += ' ' + keyword;
        result += '\n';
    }
    const Flags& flags = marks.flags;
    if (flags.seen || marks.old) {
        result += fmt::format("Status: {}{}\n", flags.seen ? "R" : "", marks.old ? "O" : "");
    }
    if (flags.answered || flags.flagged || flags.draft || flags.deleted) {
        result +=
            fmt::format("X-Status: {}{}{}{}\n", flags.answered ? "A" : "", flags.flagged ? "F" : "",
                        flags.draft ? "T" : "", flags.deleted ? "D" : "");
    }
    if (!flags.keywords.empty()) {
        result += fmt::format("X-Keywords: {}\n", fmt::join(flags.keywords, " "));
    }
    if (marks.uid != 0) result += fmt::format("X-UID: {}\n", marks.uid);
    result += '\n';
    result += message::with_lf(parts.body);
    if (!result.ends_with('\n')) result += '\n';
    result += '\n';
    return result;
}

std::string print_empty_mbox(const MboxBase& base, std::int64_t unix_ns,
                             std::int32_t utc_offset_minutes) {
    return fmt::format(
        "From {}  {}\n"
        "From: Mail System Internal Data <{}@localhost>\n"
        "Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\n"
        "X-IMAP: {} {:010}\n"
        "Status: RO\n"
        "\n"
        "This is not a message: it holds the numbers of this mailbox, which is empty.\n\n",
        mbox_daemon, message::ctime_date(unix_ns, utc_offset_minutes), mbox_daemon,
        base.uid_validity, base.last_uid);
}

}  // namespace postack::mail::store
