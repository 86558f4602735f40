#include "sim/mail/imap/commands/handlers.hpp"
#include "sim/mail/mime/decode.hpp"

namespace postack::mail::imap {

// RFC 9051, section 6.2.2, and RFC 4959 for the initial response.
Outcome handle(CommandContext& context, const Authenticate& command) {
    if (command.mechanism != "PLAIN") return reply(Situation::unsupported_mechanism);
    if (command.initial) {
        return authenticate_plain(context, *command.initial == "=" ? "" : *command.initial);
    }
    context.conversation.authenticating = true;
    context.out += "+ \r\n";
    return {};
}

// RFC 4616: authorization identity, NUL, user, NUL, password.
Outcome authenticate_plain(CommandContext& context, std::string_view base64) {
    if (base64 == "*") return reply(Situation::authenticate_cancelled);
    const std::string decoded = mime::decode_base64(base64);
    // Only what decodes back is base64: the decoder itself passes over the rest.
    if (mime::encode_base64(decoded) != base64) return reply(Situation::authenticate_bad);
    const std::string_view text = decoded;
    const std::size_t first = text.find('\0');
    const std::size_t second = first == std::string_view::npos ? first : text.find('\0', first + 1);
    if (second == std::string_view::npos) return reply(Situation::authenticate_bad);
    const std::string_view identity = text.substr(0, first);
    const std::string_view user = text.substr(first + 1, second - first - 1);
    // Nobody may act for somebody else.
    if (!identity.empty() && identity != user) return reply(Situation::login_failed);
    return context.log_in(user, text.substr(second + 1));
}

}  // namespace postack::mail::imap
