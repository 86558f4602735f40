// What the commands have in common: replies, flags, mailboxes.
#include <algorithm>

#include "sim/mail/imap/capabilities.hpp"
#include "sim/mail/imap/commands/handlers.hpp"
#include "sim/mail/imap/limits.hpp"
#include "sim/mail/message/address.hpp"

namespace postack::mail::imap {

void CommandContext::say(Situation situation, Placeholders values) const {
    const std::string& line = personality.replies[static_cast<std::size_t>(situation)];
    if (line.find("{capabilities}") != std::string::npos) {
        values["capabilities"] = capabilities();
    }
    values["hostname"] = facts.hostname;
    if (!personality.timing.empty() && line.find("{timing}") != std::string::npos) {
        std::string seconds = personality.seconds;
        const auto listed = facts.seconds.find(values["command"]);
        if (listed != facts.seconds.end() && !listed->second.empty()) {
            std::size_t& times = conversation.executed[listed->first];
            seconds = listed->second[std::min(times, listed->second.size() - 1)];
            ++times;
        }
        values["timing"] =
            personalities::fill_placeholders(personality.timing, {{"seconds", seconds}});
    }
    out += personality.reply(situation, values);
    out += "\r\n";
}

std::string CommandContext::capabilities() const {
    const bool logged_in = conversation.phase >= Phase::authenticated;
    const auto older = personality.older.find(facts.version);
    std::string text;
    for (const std::string& capability :
         logged_in ? personality.capabilities : personality.capabilities_before_login) {
        const bool all = personality.announces_all && !facts.only_what_works;
        if (!all && !works(capability)) continue;
        if (older != personality.older.end() &&
            std::find(older->second.begin(), older->second.end(), capability) !=
                older->second.end()) {
            continue;
        }
        if (!text.empty()) text += ' ';
        text += capability;
    }
    return text;
}

Outcome CommandContext::log_in(std::string_view user, std::string_view password) const {
    Outcome outcome;
    // After a wrong password the next answer is late too (measured: capture imap-errors).
    if (conversation.failed_login) outcome.extra_delay = personality.failed_login_delay;
    conversation.failed_login = !room.login(user, password);
    if (conversation.failed_login) {
        outcome.extra_delay = personality.failed_login_delay;
        outcome.reply = Situation::login_failed;
        return outcome;
    }
    conversation.phase = Phase::authenticated;
    conversation.account = user;
    outcome.reply = Situation::login;
    return outcome;
}

std::string print_flags(const store::Flags& flags, bool recent) {
    std::string text = "(";
    const auto add = [&](std::string_view flag) {
        if (text.size() > 1) text += ' ';
        text += flag;
    };
    if (flags.answered) add("\\Answered");
    if (flags.flagged) add("\\Flagged");
    if (flags.deleted) add("\\Deleted");
    if (flags.seen) add("\\Seen");
    if (flags.draft) add("\\Draft");
    if (recent) add("\\Recent");
    for (const std::string& keyword : flags.keywords)
        add(keyword);
    return text += ')';
}

void set_flag(store::Flags& flags, std::string_view flag, bool on) {
    if (flag == "\\Answered") {
        flags.answered = on;
    } else if (flag == "\\Flagged") {
        flags.flagged = on;
    } else if (flag == "\\Deleted") {
        flags.deleted = on;
    } else if (flag == "\\Seen") {
        flags.seen = on;
    } else if (flag == "\\Draft") {
        flags.draft = on;
    } else {
        const auto found =
            std::find_if(flags.keywords.begin(), flags.keywords.end(),
                         [&](const auto& k) { return message::equal_without_case(k, flag); });
        if (!on && found != flags.keywords.end()) flags.keywords.erase(found);
        if (on && found == flags.keywords.end() && flags.keywords.size() < max_keywords) {
            flags.keywords.emplace_back(flag);
        }
    }
}

void use_condstore(CommandContext& context) {
    Conversation& c = context.conversation;
    if (c.condstore) return;
    c.condstore = true;
    // RFC 7162, section 3.1.2.2: from then on the client must know where it stands.
    if (!c.selected) return;
    context.out += "* OK [HIGHESTMODSEQ " +
                   std::to_string(context.store().summary(c.selected->path()).highest_modseq) +
                   "] Highest\r\n";
}

void CommandContext::tell_flags(store::Uid uid, bool with_uid, bool with_modseq) const {
    const std::uint32_t sequence = selected().sequence_of(uid);
    const store::Message* message = selected().find(uid);
    if (sequence == 0 || message == nullptr) return;
    out += "* " + std::to_string(sequence) + " FETCH (";
    if (with_uid) out += "UID " + std::to_string(uid) + ' ';
    if (with_modseq) out += "MODSEQ (" + std::to_string(message->modseq) + ") ";
    // IMAP4rev2 has no \Recent (RFC 9051, appendix E).
    out += "FLAGS " + print_flags(message->flags, !conversation.rev2 && selected().recent(uid)) +
           ")\r\n";
}

std::optional<std::string> CommandContext::existing(std::string_view name, Outcome& otherwise,
                                                    Situation missing) const {
    const Folders names = folders();
    auto path = names.path_of(name);
    if (!path) {
        otherwise = reply(Situation::bad_mailbox_name,
                          {{"mailbox", std::string{name}}, {"problem", path.error().message}});
        return std::nullopt;
    }
    if (!store().exists(*path)) {
        // Everybody has an INBOX (RFC 9051, section 5.1).
        if (*path != names.inbox_path() || !store().create(*path, unix_ns())) {
            otherwise = reply(missing, {{"mailbox", std::string{name}}});
            return std::nullopt;
        }
    }
    return *path;
}

}  // namespace postack::mail::imap
