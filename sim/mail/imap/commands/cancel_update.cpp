#include <algorithm>

#include "sim/mail/imap/commands/handlers.hpp"
#include "sim/mail/imap/search_context.hpp"

namespace postack::mail::imap {

// RFC 5267, section 4.3.5. All of them or none.
Outcome handle(CommandContext& context, const CancelUpdate& command) {
    const auto& selected = context.conversation.selected;
    SearchContexts* contexts = selected ? selected->contexts() : nullptr;
    const auto followed = [&](const std::string& tag) {
        return contexts != nullptr && contexts->has(tag);
    };
    if (!std::all_of(command.tags.begin(), command.tags.end(), followed)) {
        return reply(Situation::unknown_update);
    }
    for (const std::string& tag : command.tags)
        contexts->cancel(tag);
    return reply(Situation::cancel_update);
}

}  // namespace postack::mail::imap
