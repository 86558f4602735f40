// One end of a stop-and-wait conversation on a UDP socket: joins udp::StopAndWait to an
// application's context, and tells the recording why each datagram left and what the timer did.
#pragma once

#include <cstdint>

#include "sim/net/app.hpp"
#include "sim/udp/stop_and_wait.hpp"

namespace postack::apps {

class NumberedDatagrams {
   public:
    /// `token` is what App::timer() gets when timer() is to be called. `conversation` tells those
    /// of one socket apart (a server's): their numbers are the same.
    NumberedDatagrams(net::SocketHandle socket, const wire::Endpoint& peer, std::uint64_t token,
                      std::uint16_t conversation = 0)
        : socket_(socket), peer_(peer), token_(token), conversation_(conversation) {}

    /// Takes bytes to send; returns how many (the rest when there is room again).
    std::size_t send(net::AppContext& context, core::BytesView bytes);

    /// A datagram of the peer's. Returns what is new for the application, a view of `payload`;
    /// without `room` a new piece is left alone and comes again.
    core::BytesView arrives(net::AppContext& context, core::BytesView payload, bool room = true);

    void timer(net::AppContext& context);

    [[nodiscard]] bool gave_up() const { return engine_.gave_up(); }

   private:
    void flush(net::AppContext& context);
    void tell_timer(net::AppContext& context, bool fired = false);

    udp::StopAndWait engine_;
    net::SocketHandle socket_;
    wire::Endpoint peer_;
    std::uint64_t token_;
    std::uint16_t conversation_;
    core::Instant told_ = core::never;  // the deadline that the recording knows of
};

}  // namespace postack::apps
