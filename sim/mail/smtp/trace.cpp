#include "sim/mail/smtp/trace.hpp"

#include <fmt/format.h>

#include "sim/mail/message/date.hpp"
#include "sim/mail/smtp/printable.hpp"

namespace postack::mail::smtp {

std::string received_line(const Personality& personality, const ServerFacts& facts,
                          const Conversation& conversation, const message::Clock& clock) {
    std::string text =
        fmt::format("Received: from {} ({} [{}])\r\n",
                    conversation.helo.empty() ? facts.client_name : conversation.helo,
                    facts.client_name, facts.client_address);
    text += fmt::format("\tby {}", facts.hostname);
    if (!personality.product.empty()) text += fmt::format(" ({})", personality.product);
    text += conversation.options.smtputf8 ? " with UTF8SMTP"  // RFC 6531, section 4.3
            : conversation.extended       ? " with ESMTP"
                                          : " with SMTP";
    if (conversation.extended && !conversation.account.empty()) text += "A";  // RFC 3848
    if (conversation.slot) text += " id " + conversation.slot->queue_id;
    if (conversation.recipients.size() == 1) {
        text += fmt::format("\r\n\tfor <{}>; ", printable(conversation.recipients.front().address));
    } else {
        text += ";\r\n\t";
    }
    text += message::mail_date(clock.unix_ns(conversation.arrival), clock.utc_offset_minutes,
                               clock.zone_name);
    return text + "\r\n";
}

}  // namespace postack::mail::smtp
