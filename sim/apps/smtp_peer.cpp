#include "sim/apps/smtp_peer.hpp"

namespace postack::apps {

void SmtpPeer::advance(net::AppContext& context) {
    if (closed_) return;
    flush(context);
    for (core::Bytes bytes = context.receive(socket_); !bytes.empty();
         bytes = context.receive(socket_)) {
        session_.receive(bytes, context.now());
    }
    if (context.at_end(socket_) && !end_told_) {
        end_told_ = true;
        session_.end_of_input(context.now());
    }
    while (auto action = session_.next(context.now())) {
        for (const std::string& write : action->writes) {
            unsent_ += write;
            flush(context);
        }
        close_ = close_ || action->close;
    }
    if (close_ && unsent_.empty()) {
        closed_ = true;
        context.close(socket_);
    }
}

void SmtpPeer::flush(net::AppContext& context) {
    if (unsent_.empty()) return;
    unsent_.erase(0, context.send(socket_, core::as_bytes(unsent_)));
}

}  // namespace postack::apps
