#include "sim/mail/mime/fields.hpp"

#include <algorithm>

#include "sim/mail/message/date.hpp"

namespace postack::mail::mime {
namespace {

constexpr std::size_t max_addresses = 1000;
constexpr std::size_t max_parameters = 100;

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Reads words of a structured field: atoms, quoted strings, comments, single specials.
class Words {
   public:
    explicit Words(std::string_view text) : rest_(text) {}

    // White space and comments; the last comment is kept.
    void skip() {
        while (!rest_.empty()) {
            if (is_space(rest_.front())) {
                rest_.remove_prefix(1);
            } else if (rest_.front() == '(') {
                comment();
            } else {
                return;
            }
        }
    }
    [[nodiscard]] bool at_end() {
        skip();
        return rest_.empty();
    }
    [[nodiscard]] char peek() {
        skip();
        return rest_.empty() ? '\0' : rest_.front();
    }
    bool take(char c) {
        if (peek() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    // Up to one of `specials` or white space; at least one character is taken, if there is any.
    std::string atom(std::string_view specials) {
        skip();
        std::size_t n = 0;
        while (n < rest_.size() && !is_space(rest_[n]) &&
               specials.find(rest_[n]) == std::string_view::npos)
            ++n;
        std::string text{rest_.substr(0, n)};
        rest_.remove_prefix(n);
        return text;
    }
    std::string quoted() {
        std::string text;
        rest_.remove_prefix(1);
        while (!rest_.empty()) {
            char c = rest_.front();
            rest_.remove_prefix(1);
            if (c == '"') break;
            if (c == '\\' && !rest_.empty()) {
                c = rest_.front();
                rest_.remove_prefix(1);
            }
            if (c != '\r' && c != '\n') text += c;
        }
        return text;
    }
    // Everything up to a character, as it is.
    std::string until(char c) {
        const std::size_t n = std::min(rest_.find(c), rest_.size());
        std::string text{rest_.substr(0, n)};
        rest_.remove_prefix(std::min(n + 1, rest_.size()));
        return text;
    }
    void drop() {
        if (!rest_.empty()) rest_.remove_prefix(1);
    }
    std::string last_comment;

   private:
    void comment() {
        last_comment.clear();
        int depth = 0;
        while (!rest_.empty()) {
            const char c = rest_.front();
            rest_.remove_prefix(1);
            if (c == '(' && depth++ == 0) continue;
            if (c == ')' && --depth == 0) return;
            if (c == '\\' && !rest_.empty()) {
                last_comment += rest_.front();
                rest_.remove_prefix(1);
            } else if (c != '\r' && c != '\n') {
                last_comment += c;
            }
        }
    }

    std::string_view rest_;
};

constexpr std::string_view mime_specials = "()<>@,;:\\\"/[]?=";

Parameters parameters(Words& words) {
    Parameters result;
    while (!words.at_end() && result.size() < max_parameters) {
        if (!words.take(';')) {
            words.drop();
            continue;
        }
        std::string name = words.atom(";=\"");
        if (name.empty() || !words.take('=')) continue;
        // A value without quotes may hold more than a token should: file names do.
        std::string value = words.peek() == '"' ? words.quoted() : words.atom(";\"");
        result.emplace_back(std::move(name), std::move(value));
    }
    return result;
}

class AddressReader {
   public:
    explicit AddressReader(std::string_view text) : words_(text) {}

    std::vector<Mailbox> read() {
        while (!words_.at_end() && found_.size() < max_addresses) {
            if (words_.take(',') || words_.take(';')) {
                continue;
            }
            entry();
        }
        if (in_group_) found_.push_back({});
        return std::move(found_);
    }

   private:
    // A phrase or a local part, until something says which of them it is.
    void entry() {
        std::string phrase;  // words joined by blanks, as a name is shown
        std::string local;   // words joined by nothing, as an address is
        bool any = false;
        words_.last_comment.clear();
        while (!words_.at_end()) {
            const char c = words_.peek();
            if (c == '"') {
                add(phrase, local, words_.quoted(), any);
            } else if (c == '<') {
                words_.take('<');
                angle(any ? std::optional{phrase} : std::nullopt);
                return end_of_entry();
            } else if (c == ':' && !in_group_) {
                words_.take(':');
                found_.push_back({std::nullopt, phrase, std::nullopt});
                in_group_ = true;
                return;
            } else if (c == '@') {
                words_.take('@');
                finish(local, domain());
                return end_of_entry();
            } else if (c == ',' || c == ';') {
                break;
            } else if (std::string_view{"()>\\]["}.find(c) != std::string_view::npos || c == ':') {
                words_.drop();
            } else {
                add(phrase, local, words_.atom("()<>@,;:\\\"[]"), any);
            }
        }
        if (any) finish(local, {});
        end_of_entry();
    }

    static void add(std::string& phrase, std::string& local, const std::string& word, bool& any) {
        if (any) phrase += ' ';
        phrase += word;
        local += word;
        any = true;
    }

    std::string domain() {
        std::string text;
        while (!words_.at_end()) {
            const char c = words_.peek();
            if (c == '[') {
                words_.take('[');
                text += '[' + words_.until(']') + ']';
            } else if (std::string_view{",;<>:\"@()"}.find(c) != std::string_view::npos) {
                break;
            } else {
                const std::string atom = words_.atom("()<>@,;:\\\"[]");
                if (atom.empty()) words_.drop();
                text += atom;
            }
        }
        return text;
    }

    // "<@route:local@domain>"
    void angle(std::optional<std::string> name) {
        std::string local;
        std::string host;
        while (!words_.at_end() && !words_.take('>')) {
            const char c = words_.peek();
            if (c == '"') {
                local += words_.quoted();
            } else if (c == '@') {
                words_.take('@');
                host = domain();
                if (words_.take(':')) {  // It was a source route.
                    local.clear();
                    host.clear();
                }
            } else {
                const std::string atom = words_.atom("()<>@,;:\\\"[]");
                if (atom.empty()) words_.drop();
                local += atom;
            }
        }
        found_.push_back({std::move(name), std::move(local), std::move(host)});
    }

    // An address without brackets: a comment is its name, as mail of old has it.
    void finish(std::string local, std::string host) {
        words_.skip();
        std::optional<std::string> name;
        if (!words_.last_comment.empty()) name = words_.last_comment;
        found_.push_back({std::move(name), std::move(local), std::move(host)});
    }

    void end_of_entry() {
        while (!words_.at_end() && words_.peek() != ',' && words_.peek() != ';')
            words_.drop();
        if (words_.take(';') && in_group_) {
            found_.push_back({});
            in_group_ = false;
        }
    }

    Words words_;
    std::vector<Mailbox> found_;
    bool in_group_ = false;
};

}  // namespace

std::optional<ContentType> parse_content_type(std::string_view value) {
    Words words{value};
    ContentType result;
    result.type = words.atom(mime_specials);
    if (result.type.empty() || !words.take('/')) return std::nullopt;
    result.subtype = words.atom(mime_specials);
    if (result.subtype.empty()) return std::nullopt;
    result.parameters = parameters(words);
    return result;
}

std::optional<std::pair<std::string, Parameters>> parse_disposition(std::string_view value) {
    Words words{value};
    std::string kind = words.atom(mime_specials);
    if (kind.empty()) return std::nullopt;
    return std::pair{std::move(kind), parameters(words)};
}

std::string parse_token(std::string_view value) {
    return Words{value}.atom(mime_specials);
}

std::vector<std::string> parse_list(std::string_view value) {
    Words words{value};
    std::vector<std::string> result;
    while (!words.at_end() && result.size() < max_parameters) {
        std::string token = words.atom(mime_specials);
        if (token.empty()) {
            words.drop();
        } else {
            result.push_back(std::move(token));
        }
    }
    return result;
}

std::string unfold(std::string_view value) {
    while (!value.empty() && is_space(value.front()))
        value.remove_prefix(1);
    while (!value.empty() && is_space(value.back()))
        value.remove_suffix(1);
    std::string text;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] == '\r' || value[i] == '\n') {
            // The fold's own white space stands for it (RFC 5322, section 2.2.3).
            if (i + 1 >= value.size() || !is_space(value[i + 1])) text += ' ';
            continue;
        }
        text += value[i] == '\t' ? ' ' : value[i];
    }
    return text;
}

std::vector<Mailbox> parse_addresses(std::string_view value) {
    return AddressReader{value}.read();
}

std::optional<SentDate> parse_date_field(std::string_view value) {
    constexpr std::string_view months = "janfebmaraprmayjunjulaugsepoctnovdec";
    Words words{value};
    const auto digits = [](const std::string& text) -> std::optional<int> {
        if (text.empty() || text.size() > 4) return std::nullopt;
        int number = 0;
        for (const char c : text) {
            if (c < '0' || c > '9') return std::nullopt;
            number = number * 10 + (c - '0');
        }
        return number;
    };
    std::string word = words.atom(",:");
    if (words.take(',')) word = words.atom(",:");  // It was the day of the week.
    message::CivilTime t;
    const auto day = digits(word);
    std::string month = words.atom(",:");
    for (char& c : month) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    const std::size_t found = month.size() == 3 ? months.find(month) : std::string_view::npos;
    const std::string year_text = words.atom(",:");
    const auto year = digits(year_text);
    const auto hour = digits(words.atom(",:"));
    if (!day || *day < 1 || *day > 31 || found == std::string_view::npos || found % 3 != 0 ||
        !year || !hour || *hour > 23 || !words.take(':')) {
        return std::nullopt;
    }
    const auto minute = digits(words.atom(",:"));
    const auto second = words.take(':') ? digits(words.atom(",:")) : std::optional{0};
    if (!minute || *minute > 59 || !second || *second > 60) return std::nullopt;
    t.year = *year;
    // RFC 5322, section 4.3.
    if (year_text.size() == 2) t.year += *year < 50 ? 2000 : 1900;
    if (year_text.size() == 3) t.year += 1900;
    t.month = static_cast<int>(found / 3) + 1;
    t.day = *day;
    t.hour = *hour;
    t.minute = *minute;
    t.second = *second;
    SentDate date;
    const std::string zone = words.atom(",:");
    constexpr std::string_view american = "EST-5EDT-4CST-6CDT-5MST-7MDT-6PST-8PDT-7";
    if (zone.size() == 5 && (zone[0] == '+' || zone[0] == '-')) {
        const auto offset = digits(zone.substr(1));
        if (!offset || *offset % 100 > 59 || *offset > 2359) return std::nullopt;
        date.utc_offset_minutes = (*offset / 100 * 60 + *offset % 100) * (zone[0] == '-' ? -1 : 1);
    } else if (zone.size() == 3) {
        const std::size_t at = american.find(zone);
        if (at != std::string_view::npos && at % 5 == 0) {
            date.utc_offset_minutes = -60 * (american[at + 4] - '0');
        }
    }
    date.unix_seconds = message::unix_seconds(t, date.utc_offset_minutes);
    return date;
}

}  // namespace postack::mail::mime
