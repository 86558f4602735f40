#include "sim/mail/imap/command_reader.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "sim/mail/message/address.hpp"

namespace postack::mail::imap {
namespace {

constexpr std::size_t longest_announcement = 24;  // "~{18446744073709551615+}"

struct Announced {
    std::uint64_t size = 0;
    bool waits = true;  // for "+"
};

// "{5}" or "{5+}" at the end of a line.
std::optional<Announced> announced_literal(std::string_view line) {
    if (!line.ends_with('}')) return std::nullopt;
    const std::size_t open = line.rfind('{');
    if (open == std::string_view::npos) return std::nullopt;
    std::string_view digits = line.substr(open + 1, line.size() - open - 2);
    Announced literal;
    if (digits.ends_with('+')) {
        literal.waits = false;
        digits.remove_suffix(1);
    }
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), literal.size);
    if (digits.empty() || end != digits.data() + digits.size()) return std::nullopt;
    if (error == std::errc::result_out_of_range) {
        literal.size = UINT64_MAX;
    } else if (error != std::errc{}) {
        return std::nullopt;
    }
    return literal;
}

bool is_append(std::string_view command) {
    const std::size_t blank = command.find(' ');
    return blank != std::string_view::npos &&
           message::equal_without_case(command.substr(blank + 1, 7), "APPEND ");
}

std::string_view without_end(std::string_view line) {
    if (line.ends_with('\n')) line.remove_suffix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

}  // namespace

std::size_t CommandReader::append(std::string_view bytes) {
    compact();
    const std::size_t room = max_unread_input - std::min(max_unread_input, buffer_.size());
    const std::size_t taken = std::min(room, bytes.size());
    buffer_ += bytes.substr(0, taken);
    return taken;
}

void CommandReader::compact() {
    buffer_.erase(0, used_);
    used_ = 0;
}

bool CommandReader::has_more() const {
    if (literal_rest_ > 0) return unread().size() >= literal_rest_;
    return unread().find('\n') != std::string_view::npos;
}

std::optional<std::string> CommandReader::next_line() {
    const std::size_t end = unread().find('\n');
    if (end == std::string_view::npos) {
        if (buffer_.size() - used_ < max_unread_input) return std::nullopt;
        std::string line{unread()};
        used_ = buffer_.size();
        return line;
    }
    std::string line{without_end(unread().substr(0, end + 1))};
    used_ += end + 1;
    return line;
}

std::optional<CommandReader::Event> CommandReader::next(bool may_append) {
    while (true) {
        if (literal_rest_ > 0) {
            const std::string_view part = unread().substr(0, literal_rest_);
            command_ += part;
            used_ += part.size();
            literal_rest_ -= part.size();
            if (literal_rest_ > 0) return std::nullopt;
        }
        if (passed_over_rest_ > 0) {
            const std::size_t part = std::min(passed_over_rest_, unread().size());
            used_ += part;
            passed_over_rest_ -= part;
            if (passed_over_rest_ > 0) return std::nullopt;
            pass_over_line_ = true;  // What follows the literal belongs to the same command.
        }
        const std::size_t end = unread().find('\n');
        const std::string_view line =
            unread().substr(0, end == std::string_view::npos ? end : end + 1);
        if (pass_over_line_) {
            tail_ += line.substr(line.size() - std::min(line.size(), longest_announcement + 2));
            if (tail_.size() > longest_announcement + 2) {
                tail_.erase(0, tail_.size() - longest_announcement - 2);
            }
            used_ += line.size();
            if (end == std::string_view::npos) return std::nullopt;
            pass_over_line_ = false;
            const auto literal = announced_literal(without_end(std::exchange(tail_, {})));
            if (literal && !literal->waits) {
                passed_over_rest_ = literal->size;
                if (passed_over_rest_ == 0) pass_over_line_ = true;
                continue;
            }
            return Event{*std::exchange(refusal_, std::nullopt), std::exchange(command_, {})};
        }
        // Literals have a limit of their own, so that a message is not a line.
        if (command_.size() - literals_ + line.size() > max_command_text + 2) {
            refusal_ = Kind::line_too_long;
            command_ += line.substr(0, max_tag);
            command_.resize(std::min(command_.size(), max_tag));
            literals_ = 0;
            pass_over_line_ = true;
            continue;
        }
        if (end == std::string_view::npos) return std::nullopt;
        const std::string_view content = without_end(line);
        const auto literal = announced_literal(content);
        if (!literal) {
            command_ += content;
            used_ += line.size();
            literals_ = 0;
            return Event{Kind::command, std::exchange(command_, {})};
        }
        const bool append =
            may_append && (command_.empty() ? is_append(content) : is_append(command_));
        const std::size_t limit = append ? max_append : max_string_literal;
        if (literal->size > limit - std::min(limit, literals_)) {
            command_ += content.substr(0, max_tag);
            command_.resize(std::min(command_.size(), max_tag));
            used_ += line.size();
            literals_ = 0;
            if (literal->waits) {
                return Event{Kind::literal_too_large, std::exchange(command_, {})};
            }
            refusal_ = Kind::literal_too_large;
            passed_over_rest_ = literal->size;
            continue;
        }
        command_ += content;
        command_ += "\r\n";
        used_ += line.size();
        literal_rest_ = literal->size;
        literals_ += literal->size;
        if (literal->waits) return Event{Kind::invite, {}};
    }
}

}  // namespace postack::mail::imap
