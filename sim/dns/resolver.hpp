// A stub resolver (RFC 1034, section 5.3.1; RFC 1035, section 4.2.1), sans-IO: one datagram out,
// one in; nobody acknowledges, so when nothing comes in time the question is asked again. That is
// what UDP is good for: one short question, one short answer, and a repetition costs little.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/random.hpp"
#include "sim/core/time.hpp"
#include "sim/dns/message.hpp"

namespace postack::dns {

/// resolv.conf(5): timeout:5 attempts:2 are the defaults of Linux.
struct ResolverOptions {
    core::Duration timeout = std::chrono::seconds(5);
    unsigned attempts = 2;
};

/// What became of a question.
struct Found {
    std::uint32_t ticket = 0;
    enum class Status : std::uint8_t { answered, no_such_name, failed, timed_out } status{};
    Message message;  ///< unless it timed out
};

class Resolver {
   public:
    static constexpr std::size_t max_open = 1000;  // questions at once: our choice

    Resolver(ResolverOptions options, core::Random random) : options_(options), random_(random) {}

    /// Asks; the datagram is the next outgoing(). Gives the ticket that Found will bear.
    std::uint32_t ask(std::string name, Type type, core::Instant now);
    /// The next datagram to be sent; nullopt: none now.
    std::optional<core::Bytes> outgoing();
    /// A datagram from the server. One that answers no open question is passed over.
    void receive(core::BytesView datagram);
    std::optional<Found> next_found();
    [[nodiscard]] core::Instant next_deadline() const;
    void timers(core::Instant now);

   private:
    struct Open {
        std::uint32_t ticket = 0;
        Message query;
        unsigned tries = 1;
        core::Instant deadline{};
    };
    ResolverOptions options_;
    core::Random random_;
    std::uint32_t next_ticket_ = 1;
    std::deque<Open> open_;
    std::deque<core::Bytes> outgoing_;
    std::deque<Found> found_;
};

}  // namespace postack::dns
