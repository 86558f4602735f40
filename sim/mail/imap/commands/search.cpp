#include "sim/mail/imap/commands/found.hpp"
#include "sim/mail/imap/commands/handlers.hpp"
#include "sim/mail/imap/search_program.hpp"

namespace postack::mail::imap {

// RFC 9051, section 6.4.4; RFC 4731 (ESEARCH), RFC 5182 (SEARCHRES), RFC 7162 (MODSEQ).
Outcome handle(CommandContext& context, const Search& command) {
    if (!known_charset(command.charset)) return reply(Situation::bad_charset);
    if (auto refused = refuse_update(context, command.returns)) return std::move(*refused);
    if (asks_mod_seq(command.key)) use_condstore(context);
    SelectedMailbox& selected = context.selected();
    SearchProgram program{command.key, context.store(), selected, context.unix_ns()};
    if (program.bad_set()) return reply(Situation::bad_message_set);
    const std::vector<store::Uid> found = program.run();
    follow_result(context, command.uid, command.returns, command.key, nullptr, found);
    tell_found(context, found, command.uid, command.returns, asks_mod_seq(command.key), "SEARCH");
    Outcome outcome = reply(Situation::search);
    outcome.may_expunge = command.uid;
    return outcome;
}

}  // namespace postack::mail::imap
