#include "sim/mail/pop3/command.hpp"

#include <charconv>

#include "sim/mail/message/address.hpp"

namespace postack::mail::pop3 {

Command parse_command(std::string_view line) {
    const std::size_t space = line.find(' ');
    Command command;
    command.verb = message::upper_case(line.substr(0, space));
    if (space != std::string_view::npos) command.argument = std::string{line.substr(space + 1)};
    return command;
}

std::string print_command(const Command& command) {
    std::string line = command.verb;
    if (!command.argument.empty()) line += " " + command.argument;
    return line + "\r\n";
}

std::optional<std::uint32_t> parse_number(std::string_view text) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::vector<std::string_view> words_of(std::string_view argument) {
    std::vector<std::string_view> words;
    while (!argument.empty()) {
        const std::size_t space = argument.find(' ');
        words.push_back(argument.substr(0, space));
        if (space == std::string_view::npos) break;
        argument.remove_prefix(space + 1);
    }
    return words;
}

}  // namespace postack::mail::pop3
