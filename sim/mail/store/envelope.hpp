// The envelope of a message (RFC 5321, section 2.3.1): who gets it, and what the sender wants to be
// told about it (RFC 3461, delivery status notifications).
#pragma once

#include <string>
#include <utility>

namespace postack::mail::store {

/// NOTIFY= of RCPT. Without it a server reports failures, and may report delays (section 4.1).
struct Notify {
    bool success = false;
    bool failure = true;
    bool delay = true;
    bool operator==(const Notify&) const = default;
};

struct Recipient {
    std::string address;  ///< without angle brackets
    Notify notify;
    std::string original;       ///< ORCPT=, "rfc822;etudiant@lab.fr" in xtext; empty: not given
    bool notify_given = false;  ///< NOTIFY= was said: it is handed on to the next server

    Recipient(std::string where) : address(std::move(where)) {}  // NOLINT: an address is one.
    Recipient(const char* where) : address(where) {}             // NOLINT
    bool operator==(const Recipient&) const = default;
};

/// What MAIL said besides the sender.
struct EnvelopeOptions {
    bool headers_only = false;  ///< RET=HDRS: a report does not bring the whole message back
    bool return_given = false;
    std::string envelope_id;  ///< ENVID=, in xtext; empty: not given
    bool smtputf8 = false;    ///< RFC 6531: addresses or header are not ASCII
    bool body_8bit = false;   ///< BODY=8BITMIME
    bool operator==(const EnvelopeOptions&) const = default;
};

}  // namespace postack::mail::store
