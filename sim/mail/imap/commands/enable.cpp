#include <algorithm>

#include "sim/mail/imap/commands/handlers.hpp"

namespace postack::mail::imap {

// RFC 5161. What is not known is passed over; what was enabled before is not told again by us.
Outcome handle(CommandContext& context, const Enable& command) {
    Conversation& c = context.conversation;
    const auto asked = [&](std::string_view capability) {
        return std::find(command.capabilities.begin(), command.capabilities.end(), capability) !=
               command.capabilities.end();
    };
    std::string enabled;
    if (asked("QRESYNC") && !c.qresync) {  // RFC 7162, section 3.2.3: it includes CONDSTORE.
        c.qresync = true;
        enabled += " QRESYNC";
        use_condstore(context);
    }
    if (asked("CONDSTORE") && !c.condstore) {
        enabled += " CONDSTORE";
        use_condstore(context);
    }
    if (asked("IMAP4REV2") && !c.rev2) {
        c.rev2 = true;
        enabled += " IMAP4rev2";
    }
    context.out += "* ENABLED" + enabled + "\r\n";
    return reply(Situation::enable);
}

}  // namespace postack::mail::imap
