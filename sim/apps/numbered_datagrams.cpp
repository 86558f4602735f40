#include "sim/apps/numbered_datagrams.hpp"

namespace postack::apps {
namespace {

tcp::Cause cause_of(udp::StopAndWait::Kind kind) {
    using enum udp::StopAndWait::Kind;
    switch (kind) {
        case piece: return tcp::Cause::numbered_datagram;
        case piece_again: return tcp::Cause::datagram_again;
        case acknowledgment: return tcp::Cause::datagram_ack;
        case acknowledgment_again: return tcp::Cause::datagram_ack_again;
    }
    return tcp::Cause::none;
}

}  // namespace

std::size_t NumberedDatagrams::send(net::AppContext& context, core::BytesView bytes) {
    const std::size_t taken = engine_.send(bytes);
    flush(context);
    return taken;
}

core::BytesView NumberedDatagrams::arrives(net::AppContext& context, core::BytesView payload,
                                           bool room) {
    const auto arrival = engine_.datagram_arrives(payload, room);
    tell_timer(context);
    flush(context);
    return arrival.bytes;
}

void NumberedDatagrams::timer(net::AppContext& context) {
    if (engine_.next_deadline() > context.now()) return;  // of a wait that is over
    engine_.timers(context.now());
    tell_timer(context, true);
    flush(context);
}

void NumberedDatagrams::flush(net::AppContext& context) {
    while (const auto out = engine_.next(context.now())) {
        net::DatagramStory story;
        story.cause = cause_of(out->kind);
        const bool piece = story.cause == tcp::Cause::numbered_datagram ||
                           story.cause == tcp::Cause::datagram_again;
        if (piece) story.number = std::uint32_t{conversation_} << 16U | (out->number & 0xffffU);
        context.send_datagram(socket_, peer_, out->datagram, story);
        tell_timer(context);
    }
}

// Every change of the deadline is told; each new one gets a wake-up of its own, since an
// application's timers are not cancelled: those that come up for a wait that is over do nothing.
void NumberedDatagrams::tell_timer(net::AppContext& context, bool fired) {
    const core::Instant deadline = engine_.next_deadline();
    if (deadline == told_) return;
    if (told_ != core::never) {
        context.timer(socket_, fired ? record::TimerAction::fired : record::TimerAction::cancelled,
                      told_);
    }
    if (deadline != core::never) {
        context.timer(socket_, record::TimerAction::set, deadline);
        context.after(deadline - context.now(), token_);
    }
    told_ = deadline;
}

}  // namespace postack::apps
