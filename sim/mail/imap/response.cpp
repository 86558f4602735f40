#include "sim/mail/imap/response.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "sim/mail/imap/sequence_set.hpp"
#include "sim/mail/imap/strings.hpp"
#include "sim/mail/message/address.hpp"
#include "sim/mail/smtp/printable.hpp"

namespace postack::mail::imap {
namespace {

constexpr std::array<std::string_view, 5> statuses{"OK", "NO", "BAD", "BYE", "PREAUTH"};
constexpr std::size_t longest_quoted_in_errors = 80;

bool is_status_word(std::string_view upper) {
    return std::find(statuses.begin(), statuses.end(), upper) != statuses.end();
}

template <typename Number>
std::optional<Number> whole_number(std::string_view digits) {
    Number value = 0;
    const char* const last = digits.data() + digits.size();
    const auto [end, error] = std::from_chars(digits.data(), last, value);
    if (digits.empty() || error != std::errc{} || end != last) return std::nullopt;
    return value;
}

// "{5}" or "~{5}" at the end of a line: the literal that follows.
std::optional<std::size_t> literal_size(std::string_view line) {
    if (!line.ends_with('}')) return std::nullopt;
    const std::size_t open = line.rfind('{');
    if (open == std::string_view::npos) return std::nullopt;
    return whole_number<std::size_t>(line.substr(open + 1, line.size() - open - 2));
}

// The first word of a line, and what follows it.
std::string_view take_word(std::string_view& rest) {
    const std::size_t end = std::min(rest.find_first_of(" \r\n"), rest.size());
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(end);
    if (rest.starts_with(' ')) rest.remove_prefix(1);
    return word;
}

// Whether a line is text for people, in which "{5}" means nothing.
bool is_status_line(std::string_view line) {
    if (line.starts_with('+')) return true;
    take_word(line);
    return is_status_word(message::upper_case(take_word(line)));
}

// Values between blanks and parentheses, as far as the bounds go.
class ValueReader {
   public:
    explicit ValueReader(std::string_view text) : rest_(text) {}

    // False: `problem` says why.
    bool read_all(std::vector<Value>& values) {
        while (!rest_.empty()) {
            if (skip_blank()) continue;
            if (!read_value(values, 0)) return false;
        }
        return true;
    }
    std::string_view problem;

   private:
    bool wrong(std::string_view what) {
        problem = what;
        return false;
    }
    bool skip_blank() {
        if (!rest_.starts_with(' ')) return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool read_value(std::vector<Value>& into, int depth) {
        if (++count_ > max_response_values) return wrong("too many values");
        Value& value = into.emplace_back();
        switch (rest_.front()) {
            case '(': return read_list(value, depth + 1);
            case '"': return read_quoted(value);
            case '{': return read_literal(value);
            case '~':
                if (rest_.substr(1).starts_with('{')) {
                    rest_.remove_prefix(1);
                    return read_literal(value);
                }
                break;
            default: break;
        }
        return read_atom(value);
    }
    bool read_list(Value& list, int depth) {
        if (depth > max_response_nesting) return wrong("too many parentheses");
        list.kind = Value::Kind::list;
        rest_.remove_prefix(1);
        while (!rest_.empty()) {
            if (skip_blank()) continue;
            if (rest_.front() == ')') {
                rest_.remove_prefix(1);
                return true;
            }
            if (!read_value(list.items, depth)) return false;
        }
        return wrong("a ')' is missing");
    }
    bool read_quoted(Value& value) {
        value.kind = Value::Kind::string;
        rest_.remove_prefix(1);
        while (true) {
            const std::size_t n = rest_.find_first_of("\"\\\r\n");
            if (n == std::string_view::npos || rest_[n] == '\r' || rest_[n] == '\n') {
                return wrong("a '\"' is missing");
            }
            value.text += rest_.substr(0, n);
            const bool escape = rest_[n] == '\\';
            rest_.remove_prefix(n + 1);
            if (!escape) return true;
            if (rest_.empty()) return wrong("a '\"' is missing");
            value.text += rest_.front();
            rest_.remove_prefix(1);
        }
    }
    bool read_literal(Value& value) {
        value.kind = Value::Kind::string;
        const std::size_t end = rest_.find("}\r\n");
        if (end == std::string_view::npos) return wrong("a literal without its size");
        const auto size = whole_number<std::size_t>(rest_.substr(1, end - 1));
        rest_.remove_prefix(end + 3);
        if (!size || *size > rest_.size()) return wrong("a literal that is not there");
        value.text = rest_.substr(0, *size);
        rest_.remove_prefix(*size);
        return true;
    }
    // What stands in brackets belongs to it, blanks and all: BODY[HEADER.FIELDS (DATE "X Y")]<0>.
    bool read_atom(Value& value) {
        bool in_brackets = false;
        bool in_quotes = false;
        std::size_t n = 0;
        for (; n < rest_.size(); ++n) {
            const char c = rest_[n];
            if (c == '\r' || c == '\n') return wrong("a line end where none may be");
            if (in_quotes) {
                in_quotes = c != '"';
            } else if (in_brackets) {
                in_quotes = c == '"';
                in_brackets = c != ']';
            } else if (c == '[') {
                in_brackets = true;
            } else if (c == ' ' || c == '(' || c == ')' || c == '"' || c == '{') {
                break;
            }
        }
        if (in_brackets) return wrong("a ']' is missing");
        if (n == 0) return wrong("an unexpected character");
        value.text = rest_.substr(0, n);
        rest_.remove_prefix(n);
        return true;
    }

    std::string_view rest_;
    std::size_t count_ = 0;
};

core::Error not_a_response(std::string_view why, std::string_view line) {
    return core::Error{fmt::format("not an IMAP response ({}): {}", why,
                                   smtp::printable(line.substr(0, longest_quoted_in_errors)))};
}

// "[code] text".
void read_status(Response& response, std::string_view rest) {
    if (rest.starts_with('[')) {
        bool in_quotes = false;
        std::size_t n = 1;
        while (n < rest.size() && (in_quotes || rest[n] != ']')) {
            if (rest[n] == '"') in_quotes = !in_quotes;
            ++n;
        }
        if (n < rest.size() && n > 1) {
            response.code = rest.substr(1, n - 1);
            rest.remove_prefix(n + 1);
            if (rest.starts_with(' ')) rest.remove_prefix(1);
        }
    }
    response.text = rest;
}

void print_value(std::string& out, const Value& value) {
    switch (value.kind) {
        case Value::Kind::atom: out += value.text; return;
        case Value::Kind::string:
            if (value.text.find('\0') != std::string::npos) out += '~';
            append_string(out, value.text);
            return;
        case Value::Kind::list: break;
    }
    out += '(';
    for (std::size_t i = 0; i < value.items.size(); ++i) {
        if (i > 0) out += ' ';
        print_value(out, value.items[i]);
    }
    out += ')';
}

}  // namespace

bool Value::is_nil() const {
    return kind == Kind::atom && message::equal_without_case(text, "NIL");
}

bool Response::is_status() const {
    return is_status_word(word);
}

core::Result<Response> parse_response(std::string_view text) {
    Response response;
    std::string_view rest = text;
    const std::string_view tag = take_word(rest);
    if (tag == "+") {
        response.kind = Response::Kind::invitation;
        if (rest.find_first_of("\r\n") != std::string_view::npos) {
            return not_a_response("a line end where none may be", text);
        }
        response.text = rest;
        return response;
    }
    if (tag.empty()) return not_a_response("no tag", text);
    if (tag != "*") {
        response.kind = Response::Kind::tagged;
        response.tag = tag;
    }
    std::string_view word = take_word(rest);
    if (const auto number = whole_number<std::uint32_t>(word); number && tag == "*") {
        response.number = number;
        word = take_word(rest);
    }
    response.word = message::upper_case(word);
    // A word is letters and perhaps a sign or two of them: "X-GM-RAW" is as welcome as "FETCH".
    const bool fine = !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               c == '-' || c == '.' || c == '_';
    });
    if (!fine || whole_number<std::uint32_t>(word)) return not_a_response("no word", text);
    if (response.is_status() && !response.number) {
        if (rest.find_first_of("\r\n") != std::string_view::npos) {
            return not_a_response("a line end where none may be", text);
        }
        read_status(response, rest);
        return response;
    }
    if (tag != "*") return not_a_response("a tag without OK, NO or BAD", text);
    ValueReader reader{rest};
    if (!reader.read_all(response.values)) return not_a_response(reader.problem, text);
    return response;
}

std::string print_response(const Response& response) {
    if (response.kind == Response::Kind::invitation) {
        return response.text.empty() ? "+" : "+ " + response.text;
    }
    std::string out = response.kind == Response::Kind::tagged ? response.tag : "*";
    if (response.number) out += ' ' + std::to_string(*response.number);
    out += ' ' + response.word;
    if (response.is_status() && !response.number) {
        if (!response.code.empty()) out += " [" + response.code + ']';
        if (!response.text.empty()) out += ' ' + response.text;
        return out;
    }
    for (const Value& value : response.values) {
        out += ' ';
        print_value(out, value);
    }
    return out;
}

void ResponseReader::append(std::string_view bytes) {
    if (!failed_) buffer_ += bytes;
}

std::optional<core::Result<Response>> ResponseReader::next() {
    const auto fail = [&](core::Error error) -> core::Result<Response> {
        failed_ = true;
        buffer_ = {};
        return error;
    };
    while (!failed_) {
        if (buffer_.size() < looked_at_) return std::nullopt;  // in the middle of a literal
        searched_ = std::max(searched_, looked_at_);
        const std::size_t lf = buffer_.find('\n', searched_);
        const std::size_t here = lf == std::string::npos ? buffer_.size() : lf;
        if (here - literals_ > max_response_text) {
            return fail(not_a_response("a line without end", buffer_));
        }
        if (lf == std::string::npos) {
            searched_ = buffer_.size();
            return std::nullopt;
        }
        std::string_view line = std::string_view{buffer_}.substr(looked_at_, lf - looked_at_);
        if (line.ends_with('\r')) line.remove_suffix(1);
        const bool text = literals_ == 0 && is_status_line(line);
        const auto literal = text ? std::nullopt : literal_size(line);
        if (literal) {
            // A line that ends in a bare LF announces nothing that could be read.
            if (lf == looked_at_ + line.size() || *literal > max_response_literals - literals_) {
                return fail(not_a_response("a literal too large", line));
            }
            literals_ += *literal;
            looked_at_ = searched_ = lf + 1 + *literal;
            continue;
        }
        std::string_view whole = std::string_view{buffer_}.substr(0, lf);
        if (whole.ends_with('\r')) whole.remove_suffix(1);
        auto response = parse_response(whole);
        if (!response) return fail(response.error());
        buffer_.erase(0, lf + 1);
        looked_at_ = searched_ = literals_ = 0;
        return response;
    }
    return std::nullopt;
}

std::optional<MessageData> message_data(const Response& response) {
    if (response.word != "FETCH" || !response.number || response.values.empty()) {
        return std::nullopt;
    }
    MessageData data;
    data.number = *response.number;
    const std::vector<Value>& items = response.values.front().items;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
        const std::string name = message::upper_case(items[i].text);
        const Value& value = items[i + 1];
        if (name == "UID") {
            data.uid = whole_number<std::uint32_t>(value.text);
        } else if (name == "RFC822.SIZE") {
            data.size = whole_number<std::uint64_t>(value.text);
        } else if (name == "FLAGS") {
            data.flags.emplace();
            for (const Value& flag : value.items)
                data.flags->push_back(flag.text);
        } else if ((name == "BODY[]" || name == "RFC822") && !value.is_nil()) {
            data.text = value.text;
        }
    }
    return data;
}

std::optional<std::vector<std::uint32_t>> found_numbers(const Response& response) {
    std::vector<std::uint32_t> found;
    if (response.word == "SEARCH" || response.word == "SORT") {
        for (const Value& value : response.values) {
            if (value.kind == Value::Kind::list) continue;  // (MODSEQ 12)
            const auto number = whole_number<std::uint32_t>(value.text);
            if (!number) return std::nullopt;
            found.push_back(*number);
        }
        return found;
    }
    if (response.word != "ESEARCH") return std::nullopt;
    for (std::size_t i = 0; i + 1 < response.values.size(); ++i) {
        if (!message::equal_without_case(response.values[i].text, "ALL")) continue;
        const auto set = parse_sequence_set(response.values[i + 1].text);
        if (!set) return std::nullopt;
        for (const SequenceRange& range : set->ranges) {
            if (range.first == 0) return std::nullopt;
            for (std::uint32_t n = range.first;; ++n) {
                if (found.size() >= max_response_values) return std::nullopt;
                found.push_back(n);
                if (n == range.last) break;
            }
        }
    }
    return found;
}

}  // namespace postack::mail::imap
