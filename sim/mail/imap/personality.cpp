#include "sim/mail/imap/personality.hpp"

#include <fmt/format.h>

namespace postack::mail::imap {
namespace {

using namespace personalities;

constexpr std::array<std::string_view, 11> placeholders{
    "capabilities", "code",   "command", "events", "hostname", "mailbox",
    "problem",      "search", "seconds", "timing", "url"};

std::string line_of(const toml::table& table, std::string_view name) {
    const toml::node& node = need(table, name);
    std::string line = text_of(node, name);
    if (line.find_first_of("\r\n") != std::string::npos) {
        throw Mistake{node.source(), fmt::format("\"{}\" must be one line", name)};
    }
    check_placeholders(node, line, placeholders);
    return line;
}

void check_status(const toml::table& table, Situation situation, std::string_view line) {
    const toml::node& node = need(table, key(situation));
    if (untagged(situation)) {
        if (line.starts_with("* ") || line.starts_with("+ ")) return;
        throw Mistake{node.source(),
                      fmt::format("\"{}\" must begin with \"* \" or \"+ \"", key(situation))};
    }
    for (const std::string_view status : {"OK ", "NO ", "BAD "}) {
        if (line.starts_with(status)) return;
    }
    throw Mistake{node.source(),
                  fmt::format("\"{}\" must begin with OK, NO or BAD (no tag)", key(situation))};
}

std::map<std::string, std::string, std::less<>> text_table(const toml::table& table) {
    std::map<std::string, std::string, std::less<>> result;
    for (const auto& [k, node] : table)
        result[std::string{k.str()}] = text_of(node, k.str());
    return result;
}

Personality read_personality(const toml::table& root) {
    check_keys(root,
               {"name", "version", "timing", "seconds", "separator", "no_inferiors", "inbox_last",
                "idle_timeout_before_login", "idle_timeout", "failed_login_delay", "quick_ack",
                "special_use", "id", "capabilities", "older", "replies"});
    Personality p;
    p.name = text(root, "name");
    p.version = text(root, "version");
    p.timing = line_of(root, "timing");
    p.seconds = text(root, "seconds");
    const std::string separator = text(root, "separator");
    if (separator != "/" && separator != ".") {
        throw Mistake{need(root, "separator").source(), "\"separator\" must be \"/\" or \".\""};
    }
    p.separator = separator.front();
    p.quick_ack = flag(root, "quick_ack");
    p.no_inferiors = flag(root, "no_inferiors");
    p.inbox_last = flag(root, "inbox_last");
    p.idle_timeout_before_login = duration(root, "idle_timeout_before_login");
    p.idle_timeout = duration(root, "idle_timeout");
    p.failed_login_delay = duration(root, "failed_login_delay");
    p.special_uses = text_table(section(root, "special_use"));
    p.id = text_table(section(root, "id"));

    const toml::table& capabilities = section(root, "capabilities");
    check_keys(capabilities, {"before_login", "after_login", "announces_all"});
    p.capabilities_before_login = texts(capabilities, "before_login");
    p.capabilities = texts(capabilities, "after_login");
    p.announces_all = flag(capabilities, "announces_all");
    for (const auto& [k, node] : section(root, "older")) {
        const auto* version = node.as_table();
        if (version == nullptr) {
            throw Mistake{node.source(), "an older version is a table with \"without\""};
        }
        check_keys(*version, {"without"});
        p.older[std::string{k.str()}] = texts(*version, "without");
    }

    const toml::table& replies = section(root, "replies");
    std::vector<std::string_view> known;
    for (std::size_t i = 0; i < situation_count; ++i)
        known.push_back(key(static_cast<Situation>(i)));
    check_keys(replies, known);
    for (std::size_t i = 0; i < situation_count; ++i) {
        p.replies[i] = line_of(replies, known[i]);
        check_status(replies, static_cast<Situation>(i), p.replies[i]);
    }
    return p;
}

}  // namespace

std::string Personality::reply(Situation situation, const Placeholders& values) const {
    return personalities::fill_placeholders(replies[static_cast<std::size_t>(situation)], values);
}

core::Result<Personality> load_personality(std::string_view toml_text, std::string_view file_name) {
    return personalities::load<Personality>(toml_text, file_name, read_personality);
}

}  // namespace postack::mail::imap
