// ETRN (RFC 1985): a host that was away asks for the mail that waits for its domain.
#include "sim/mail/message/address.hpp"
#include "sim/mail/smtp/commands/command_handler.hpp"

namespace postack::mail::smtp {

Outcome handle_etrn(const CommandContext& context, const ParsedLine& line) {
    if (context.conversation.helo.empty()) {
        return Outcome::failure(context.say(Situation::mail_helo_first));
    }
    if (context.conversation.mail_from) {
        return Outcome::failure(context.say(Situation::auth_in_transaction));
    }
    std::string_view domain = line.command.argument;
    // "@domain" asks for its subdomains too; "#queue" is for queues with names, of which there are
    // none here (section 5.3).
    const bool subdomains = domain.starts_with('@');
    if (subdomains) domain.remove_prefix(1);
    const bool is_domain =
        !domain.empty() && domain.find_first_of(" @#<>\"") == std::string_view::npos;
    if (line.problem != Problem::none || !is_domain) {
        return Outcome::failure(context.say(Situation::etrn_syntax));
    }
    const Placeholders values{{"address", std::string{domain}}};
    if (!context.mailroom.has_route_agent()) {
        return Outcome::failure(context.say(Situation::etrn_refused, values));
    }
    context.mailroom.retry_now(domain, subdomains, context.now);
    return context.say(Situation::etrn, values);
}

}  // namespace postack::mail::smtp
