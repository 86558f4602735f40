#include "sim/mail/pop3/personality.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "sim/mail/message/address.hpp"
#include "sim/mail/message/dot_stuffing.hpp"

namespace postack::mail::pop3 {
namespace {

using namespace personalities;

constexpr std::array<std::string_view, 10> placeholders{
    "count",  "hostname", "lf_octets", "messages", "number",
    "octets", "stamp",    "uid",       "user",     "verb"};

constexpr std::array<std::pair<std::string_view, Writes>, 5> write_names{{
    {"together", Writes::together},
    {"status_apart", Writes::status_apart},
    {"status_dot_apart", Writes::status_dot_apart},
    {"dot_apart", Writes::dot_apart},
    {"each_line", Writes::each_line},
}};

constexpr std::array<std::pair<std::string_view, UniqueIds>, 3> unique_id_names{{
    {"uid_and_validity", UniqueIds::uid_and_validity},
    {"header_hash", UniqueIds::header_hash},
    {"letters", UniqueIds::letters},
}};

template <typename Value, std::size_t count>
Value word(const toml::table& table, std::string_view name,
           const std::array<std::pair<std::string_view, Value>, count>& known) {
    const toml::node& node = need(table, name);
    const std::string written = text_of(node, name);
    std::string all;
    for (const auto& [key, value] : known) {
        if (key == written) return value;
        all += all.empty() ? std::string{key} : ", " + std::string{key};
    }
    throw Mistake{node.source(), fmt::format("\"{}\" must be one of: {}", name, all)};
}

void read_replies(const toml::table& table, Personality& p) {
    std::vector<std::string_view> known;
    for (std::size_t i = 0; i < situation_count; ++i)
        known.push_back(key(static_cast<Situation>(i)));
    check_keys(table, known);
    for (std::size_t i = 0; i < situation_count; ++i) {
        const toml::node& node = need(table, known[i]);
        const std::string line = lines_of(node, known[i]);
        // RFC 1939, section 3: a status indicator and perhaps more, on one line.
        const bool one_line = line.find('\r') == std::string::npos;
        const bool silent = line.empty() && static_cast<Situation>(i) == Situation::idle_timeout;
        if (!one_line || !(line.starts_with("+OK") || line.starts_with("-ERR") || silent)) {
            throw Mistake{
                node.source(),
                fmt::format("\"{}\": a reply is one line that begins with +OK or -ERR", known[i])};
        }
        check_placeholders(node, line, placeholders);
        p.replies[i] = line;
    }
}

Personality read(const toml::table& root) {
    check_keys(root, {"name", "protocol", "command_line", "idle_timeout", "stamp_in_greeting",
                      "unique_ids", "capabilities", "mechanisms", "disabled_commands",
                      "failed_login", "writes", "replies"});
    Personality p;
    p.name = text(root, "name");
    if (text(root, "protocol") != "pop3") {
        throw Mistake{need(root, "protocol").source(), "this is not a personality for pop3"};
    }
    constexpr std::uint64_t least_line = 64, largest_line = 32768;
    p.command_line_limit = number(root, "command_line", least_line, largest_line);
    p.idle_timeout = duration(root, "idle_timeout");
    p.stamp_in_greeting = flag(root, "stamp_in_greeting");
    p.unique_ids = word(root, "unique_ids", unique_id_names);
    p.capabilities = texts(root, "capabilities");
    p.mechanisms = texts(root, "mechanisms");
    p.disabled_commands = texts(root, "disabled_commands");

    const toml::table& failed = section(root, "failed_login");
    check_keys(failed, {"delay", "closes"});
    p.failed_login_delay = duration(failed, "delay");
    p.failed_login_closes = flag(failed, "closes");

    const toml::table& writes = section(root, "writes");
    check_keys(writes, {"list", "message", "block"});
    p.list_writes = word(writes, "list", write_names);
    p.message_writes = word(writes, "message", write_names);
    p.message_block = number(writes, "block", 0, 1'000'000);

    read_replies(section(root, "replies"), p);
    return p;
}

// Pieces of `block` bytes; one piece if block is 0.
void add_blocks(std::vector<std::string>& writes, std::string body, std::size_t block) {
    if (body.empty()) return;
    if (block == 0 || body.size() <= block) {
        writes.push_back(std::move(body));
        return;
    }
    for (std::size_t at = 0; at < body.size(); at += block)
        writes.push_back(body.substr(at, block));
}

}  // namespace

std::string Personality::reply(Situation situation, const Placeholders& values) const {
    return fill_placeholders(replies[static_cast<std::size_t>(situation)], values) + "\r\n";
}

core::Result<Personality> load_personality(std::string_view toml_text, std::string_view file_name) {
    return personalities::load<Personality>(toml_text, file_name, read);
}

std::vector<std::string> cut(Writes how, std::string status, std::string body, std::size_t block) {
    const std::string dot{message::end_of_data};
    std::vector<std::string> writes;
    switch (how) {
        case Writes::together: add_blocks(writes, status + body + dot, block); break;
        case Writes::status_apart:
            writes.push_back(std::move(status));
            add_blocks(writes, std::move(body) + dot, block);
            break;
        case Writes::status_dot_apart:
            writes.push_back(std::move(status));
            add_blocks(writes, std::move(body), block);
            writes.push_back(dot);
            break;
        case Writes::dot_apart:
            add_blocks(writes, std::move(status) + body, block);
            writes.push_back(dot);
            break;
        case Writes::each_line: {
            writes.push_back(std::move(status));
            for (std::size_t at = 0; at < body.size();) {
                const std::size_t lf = body.find('\n', at);
                const std::size_t end = lf == std::string::npos ? body.size() : lf + 1;
                writes.push_back(body.substr(at, end - at));
                at = end;
            }
            writes.push_back(dot);
            break;
        }
    }
    return writes;
}

}  // namespace postack::mail::pop3
