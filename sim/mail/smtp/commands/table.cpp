#include <array>

#include "sim/mail/smtp/commands/command_handler.hpp"

namespace postack::mail::smtp {
namespace {

constexpr bool junk = true;
constexpr std::array<CommandHandler, 14> handlers{{
    {"HELO", handle_helo},
    {"EHLO", handle_ehlo},
    {"MAIL", handle_mail},
    {"RCPT", handle_rcpt},
    {"DATA", handle_data},
    {"BDAT", handle_bdat, false, "CHUNKING"},
    {"RSET", handle_rset, junk},
    {"NOOP", handle_noop, junk},
    {"VRFY", handle_vrfy, junk},
    {"EXPN", handle_expn, junk},
    {"HELP", handle_help, junk},
    {"QUIT", handle_quit},
    {"ETRN", handle_etrn, junk},
    {"AUTH", handle_auth},
}};

}  // namespace

const CommandHandler* find_handler(std::string_view verb) {
    for (const CommandHandler& handler : handlers) {
        if (handler.verb == verb) return &handler;
    }
    return nullptr;
}

Reply CommandContext::say(Situation situation, Placeholders values) const {
    values.emplace("hostname", facts.hostname);
    values.emplace("client", facts.client_address);
    values.emplace("helo", conversation.helo);
    return personality.reply(situation, values);
}

void CommandContext::reset_transaction() const {
    if (conversation.slot) mailroom.release(*conversation.slot);
    conversation.slot.reset();
    conversation.mail_from.reset();
    conversation.recipients.clear();
    conversation.options = {};
    conversation.chunk.reset();
    conversation.chunks.reset();
    conversation.chunks_size = 0;
    if (conversation.phase == Phase::mail || conversation.phase == Phase::recipients ||
        conversation.phase == Phase::data) {
        conversation.phase = conversation.helo.empty() ? Phase::greeted : Phase::ready;
    }
}

}  // namespace postack::mail::smtp
