// AUTH (RFC 5034) with PLAIN (RFC 4616) and CRAM-MD5 (RFC 2195).
#include <algorithm>

#include "sim/mail/message/address.hpp"
#include "sim/mail/pop3/commands/command_handler.hpp"
#include "sim/mail/sasl/base64.hpp"
#include "sim/mail/sasl/md5.hpp"

namespace postack::mail::pop3 {
namespace {

// "authorization NUL authentication NUL password"; acting for another account is refused.
Outcome plain(const CommandContext& context, const std::string& response) {
    const std::size_t first = response.find('\0');
    const std::size_t second =
        first == std::string::npos ? std::string::npos : response.find('\0', first + 1);
    if (second == std::string::npos) return context.refuse_login();
    const std::string authorization = response.substr(0, first);
    const std::string name = response.substr(first + 1, second - first - 1);
    const bool own = authorization.empty() || authorization == name;
    if (!own || !context.mailroom.login(name, std::string_view{response}.substr(second + 1))) {
        return context.refuse_login();
    }
    return context.log_in(name);
}

// "name digest"; the digest is keyed with the password.
Outcome cram_md5(const CommandContext& context, const std::string& response) {
    const std::size_t space = response.rfind(' ');
    if (space == std::string::npos) return context.refuse_login();
    const store::Account* account =
        context.mailroom.find_account(std::string_view{response}.substr(0, space));
    if (account == nullptr ||
        response.substr(space + 1) !=
            sasl::hex(sasl::hmac_md5(account->password, context.conversation.stamp))) {
        return context.refuse_login();
    }
    return context.log_in(account->name);
}

}  // namespace

Outcome handle_auth(const CommandContext& context, const Command& command) {
    const auto words = words_of(command.argument);
    const auto& known = context.personality.mechanisms;
    if (words.empty()) {
        std::string body;
        for (const std::string& mechanism : known)
            body += mechanism + "\r\n";
        return outcome_of(cut(context.personality.list_writes, context.line(Situation::auth_list),
                              std::move(body), 0));
    }
    const std::string mechanism = message::upper_case(words[0]);
    if (std::find(known.begin(), known.end(), mechanism) == known.end()) {
        return context.say(Situation::auth_unknown_mechanism);
    }
    context.conversation.mechanism = mechanism;
    context.conversation.phase = Phase::sasl;
    const bool server_first = mechanism == "CRAM-MD5";
    if (words.size() == 2 && !server_first) {
        // An empty initial response is a single '='.
        return continue_auth(context, words[1] == "=" ? std::string_view{} : words[1]);
    }
    if (words.size() > 1) {
        context.conversation.phase = Phase::authorization;
        return context.say(Situation::syntax);
    }
    const std::string challenge =
        server_first ? sasl::to_base64(context.conversation.stamp) : std::string{};
    return outcome_of({"+ " + challenge + "\r\n"});
}

Outcome continue_auth(const CommandContext& context, std::string_view line) {
    const auto response = sasl::from_base64(line);
    if (line == "*" || !response) {
        context.conversation.phase = Phase::authorization;
        context.conversation.mechanism.clear();
        return context.say(Situation::auth_cancelled);
    }
    return context.conversation.mechanism == "PLAIN" ? plain(context, *response)
                                                     : cram_md5(context, *response);
}

}  // namespace postack::mail::pop3
