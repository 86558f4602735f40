#include "sim/mail/smtp/personality.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

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

// What is said in a situation of which the personality says nothing: its server has not that
// command, or never refuses that. Commands that are disabled never come so far.
struct Unsaid {
    Situation situation;
    Reply reply;
};

const std::vector<Unsaid>& unsaid() {
    const auto not_implemented = [](Situation s) {
        return Unsaid{s, {502, EnhancedCode{5, 5, 1}, {"Command not implemented"}}};
    };
    const auto syntax = [](Situation s) {
        return Unsaid{s, {501, EnhancedCode{5, 5, 4}, {"Syntax error"}}};
    };
    static const std::vector<Unsaid> all{
        not_implemented(Situation::expn),
        not_implemented(Situation::expn_unknown_user),
        not_implemented(Situation::help),
        {Situation::needs_smtputf8, {250, std::nullopt, {}}},
        syntax(Situation::rcpt_bad_parameter),
        not_implemented(Situation::bdat),
        syntax(Situation::bdat_syntax),
        {Situation::after_bdat, {503, EnhancedCode{5, 5, 1}, {"Bad sequence of commands"}}},
        not_implemented(Situation::etrn),
        syntax(Situation::etrn_syntax),
        not_implemented(Situation::etrn_refused),
        {Situation::rcpt_auth_required, {530, EnhancedCode{5, 7, 0}, {"Authentication required"}}},
        {Situation::auth, {235, EnhancedCode{2, 7, 0}, {"Authentication successful"}}},
        syntax(Situation::auth_syntax),
        not_implemented(Situation::auth_not_enabled),
        {Situation::auth_again, {503, EnhancedCode{5, 5, 1}, {"Already authenticated"}}},
        {Situation::auth_in_transaction, {503, EnhancedCode{5, 5, 1}, {"Bad sequence"}}},
        {Situation::auth_unknown_mechanism,
         {504, EnhancedCode{5, 5, 4}, {"Unrecognized authentication type"}}},
        {Situation::auth_cancelled, {501, EnhancedCode{5, 7, 0}, {"Authentication cancelled"}}},
        {Situation::auth_malformed, {501, EnhancedCode{5, 5, 2}, {"Cannot decode response"}}},
        {Situation::auth_too_long,
         {500, EnhancedCode{5, 5, 6}, {"Authentication line is too long"}}},
        {Situation::auth_failed,
         {535, EnhancedCode{5, 7, 8}, {"Authentication credentials invalid"}}},
    };
    return all;
}

void read_replies(const toml::table& table, Personality& personality) {
    std::vector<std::string_view> known;
    for (std::size_t i = 0; i < situation_count; ++i)
        known.push_back(key(static_cast<Situation>(i)));
    check_keys(table, known);
    for (std::size_t i = 0; i < situation_count; ++i) {
        const toml::node* node = table.get(known[i]);
        const auto missing = std::find_if(unsaid().begin(), unsaid().end(), [&](const Unsaid& u) {
            return u.situation == static_cast<Situation>(i);
        });
        if (node == nullptr && missing != unsaid().end()) {
            personality.replies[i] = missing->reply;
            continue;
        }
        personality.replies[i] = reply_of(need(table, known[i]), known[i]);
    }
}

Personality read(const toml::table& root) {
    check_keys(root, {"name", "product", "queue_id_format", "helo_required", "helo_without_name",
                      "refuses_header_lines", "checks_utf8", "idle_timeout", "limits", "errors",
                      "commands", "ehlo", "replies"});
    Personality p;
    p.name = text(root, "name");
    p.product = text(root, "product");
    p.queue_id_format = text(root, "queue_id_format");
    p.helo_required = flag(root, "helo_required");
    p.helo_without_name = flag(root, "helo_without_name");
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
