#include "sim/mail/smtp/personality.hpp"

#include <limits>
#include <optional>

#include <fmt/format.h>

#include "sim/mail/personalities/reader.hpp"

namespace postack::mail::smtp {
namespace {

using namespace personalities;

constexpr std::array<std::string_view, 8> placeholders{"address",   "client",   "helo", "hostname",
                                                       "parameter", "queue_id", "size", "verb"};

// "250 2.1.0 Ok"; several lines have an LF between.
Reply reply_of(const toml::node& node, std::string_view name) {
    auto reply = parse_reply(lines_of(node, name));
    if (!reply)
        throw Mistake{node.source(), fmt::format("\"{}\": {}", name, reply.error().message)};
    for (const std::string& line : reply->lines)
        check_placeholders(node, line, placeholders);
    return *reply;
}

bool may_be_missing(Situation situation) {
    return situation == Situation::expn || situation == Situation::help;
}

void read_replies(const toml::table& table, Personality& personality) {
    std::vector<std::string_view> known;
    for (std::size_t i = 0; i < situation_count; ++i)
        known.push_back(key(static_cast<Situation>(i)));
    check_keys(table, known);
    for (std::size_t i = 0; i < situation_count; ++i) {
        const toml::node* node = table.get(known[i]);
        if (node == nullptr && may_be_missing(static_cast<Situation>(i))) {
            personality.replies[i] = {502, EnhancedCode{5, 5, 1}, {"Command not implemented"}};
            continue;
        }
        personality.replies[i] = reply_of(need(table, known[i]), known[i]);
    }
}

Personality read(const toml::table& root) {
    check_keys(root,
               {"name", "product", "queue_id_format", "helo_required", "refuses_header_lines",
                "checks_utf8", "idle_timeout", "limits", "errors", "commands", "ehlo", "replies"});
    Personality p;
    p.name = text(root, "name");
    p.product = text(root, "product");
    p.queue_id_format = text(root, "queue_id_format");
    p.helo_required = flag(root, "helo_required");
    p.refuses_header_lines = flag(root, "refuses_header_lines");
    p.checks_utf8 = flag(root, "checks_utf8");
    p.idle_timeout = duration(root, "idle_timeout");

    const toml::table& limits = section(root, "limits");
    check_keys(limits, {"command_line", "message_size", "recipients", "junk_commands"});
    constexpr std::uint64_t largest_line = 32768, largest_message = 1'000'000'000;
    p.command_line_limit =
        static_cast<std::uint32_t>(number(limits, "command_line", 512, largest_line));
    p.message_size_limit = number(limits, "message_size", 1, largest_message);
    p.recipient_limit = static_cast<std::uint32_t>(number(limits, "recipients", 1, 100'000));
    p.junk_command_limit = count(limits, "junk_commands");

    const toml::table& errors = section(root, "errors");
    check_keys(errors, {"soft_limit", "hard_limit", "delay"});
    p.soft_error_limit = count(errors, "soft_limit");
    p.hard_error_limit = count(errors, "hard_limit");
    p.error_delay = duration(errors, "delay");

    const toml::table& commands = section(root, "commands");
    check_keys(commands, {"disabled", "forbidden"});
    p.disabled_commands = texts(commands, "disabled");
    p.forbidden_commands = texts(commands, "forbidden");

    const toml::table& ehlo = section(root, "ehlo");
    check_keys(ehlo, {"keywords"});
    p.ehlo_keywords = texts(ehlo, "keywords");
    for (const std::string& keyword : p.ehlo_keywords)
        check_placeholders(need(ehlo, "keywords"), keyword, placeholders);

    read_replies(section(root, "replies"), p);
    return p;
}

}  // namespace

Reply Personality::reply(Situation situation, const Placeholders& values) const {
    Reply result = replies[static_cast<std::size_t>(situation)];
    for (std::string& line : result.lines)
        line = fill_placeholders(line, values);
    return result;
}

core::Result<Personality> load_personality(std::string_view toml_text, std::string_view file_name) {
    return personalities::load<Personality>(toml_text, file_name, read);
}

}  // namespace postack::mail::smtp
