// SASL (RFC 4422): who proves to whom that they know a password. Both sides of each mechanism as
// sans-IO exchanges of messages; base64 and the lines around them belong to the protocol that
// carries them (SMTP: RFC 4954).
//
//   PLAIN          RFC 4616   the password travels as it is
//   LOGIN          no RFC; a draft (draft-murchison-sasl-login): the same in two messages
//   CRAM-MD5       RFC 2195   a digest of password and challenge travels
//   SCRAM-SHA-256  RFC 7677, RFC 5802   a proof; the server proves itself too
//
// Left out: SASLprep of names and passwords that are not ASCII (they are compared byte by byte),
// and channel binding (there is no channel to bind to without TLS).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/result.hpp"

namespace postack::mail::sasl {

/// Weakest first.
std::span<const std::string_view> mechanisms();

/// The last of mechanisms() that is among `offered` (compared without case); empty if none is.
std::string_view strongest(std::span<const std::string> offered);

/// The password of an account; nullopt: there is no such account.
using FindPassword = std::function<std::optional<std::string>(std::string_view name)>;

enum class Status : std::uint8_t {
    challenge,  ///< `data` is to be sent to the client
    accepted,   ///< `data` is the account's name
    refused,    ///< wrong name or password, or acting for somebody else
    malformed,  ///< the message is none of this mechanism
};

struct Step {
    Status status = Status::malformed;
    std::string data;
};

class ServerExchange {
   public:
    virtual ~ServerExchange() = default;
    /// The client's next message, decoded. nullopt: it began without one (an initial response that
    /// is empty is another thing, RFC 4954, section 4). Not to be called after accepted, refused or
    /// malformed.
    virtual Step next(std::optional<std::string_view> message) = 0;
};

/// nullptr: the mechanism is unknown. `stamp` must differ from one exchange to the next, and be
/// printable without a comma: the challenge of CRAM-MD5 ("<1896.697170952@host>"), and what the
/// nonce of SCRAM is made of.
std::unique_ptr<ServerExchange> make_server_exchange(std::string_view mechanism, FindPassword find,
                                                     const std::string& stamp);

struct Login {
    std::string name;
    std::string password;
};

class ClientExchange {
   public:
    virtual ~ClientExchange() = default;
    /// What is said before the server has asked; nullopt: the server speaks first.
    virtual std::optional<std::string> initial() = 0;
    /// The answer to a challenge. Error: the challenge is none of this mechanism, or the server's
    /// proof is wrong; the exchange is to be cancelled.
    virtual core::Result<std::string> answer(std::string_view challenge) = 0;
    /// False while the server has not proved itself although the mechanism asks for it.
    [[nodiscard]] virtual bool complete() const { return true; }
};

/// nullptr: the mechanism is unknown. `stamp` as for the server.
std::unique_ptr<ClientExchange> make_client_exchange(std::string_view mechanism, Login login,
                                                     const std::string& stamp);

}  // namespace postack::mail::sasl
