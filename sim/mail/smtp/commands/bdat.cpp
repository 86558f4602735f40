// BDAT (RFC 3030): the text in chunks of a size told beforehand, so that no dot ends it. The bytes
// themselves are the session's; they come whether the command is refused or not.
#include "sim/core/units.hpp"
#include "sim/mail/message/address.hpp"
#include "sim/mail/smtp/commands/command_handler.hpp"

namespace postack::mail::smtp {

Outcome handle_bdat(const CommandContext& context, const ParsedLine& line) {
    Conversation& conversation = context.conversation;
    const std::string_view words = line.command.argument;
    const std::size_t space = words.find(' ');
    const auto size = core::parse_count(words.substr(0, space), max_chunk);
    const bool last = space != std::string_view::npos &&
                      message::equal_without_case(words.substr(space + 1), "LAST");
    if (line.problem != Problem::none || !size || (space != std::string_view::npos && !last)) {
        // How many bytes follow is not known: what comes next is read as commands.
        return Outcome::failure(context.say(Situation::bdat_syntax));
    }
    Chunk chunk;
    chunk.size = chunk.left = *size;
    chunk.last = last;
    if (conversation.recipients.empty()) {
        chunk.refusal = context.say(conversation.mail_from ? Situation::data_no_valid_recipients
                                                           : Situation::data_need_rcpt);
    }
    conversation.chunk = std::move(chunk);
    return Outcome::silent();  // The reply comes when the bytes are there.
}

}  // namespace postack::mail::smtp
