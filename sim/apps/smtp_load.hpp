// Many mails to one SMTP server over a number of connections at once: for benchmarks. Each
// connection is a real client session; the mails are all alike.
#pragma once

#include <cstdint>
#include <functional>
#include <map>

#include "sim/apps/smtp_peer.hpp"
#include "sim/net/app.hpp"

namespace postack::apps {

struct SmtpLoadPlan {
    wire::Endpoint to;
    mail::smtp::OutgoingMail mail;
    mail::smtp::ClientOptions options;
    std::uint32_t mails = 1;
    std::uint32_t sessions = 1;  ///< at once
    bool reconnect = false;      ///< a connection for each mail
};

/// What a load has come to; shared by all that take part in it.
struct SmtpLoadProgress {
    std::uint64_t accepted = 0;  ///< answered 250 after the text
    std::uint64_t failed = 0;    ///< everything else
    std::uint64_t connections = 0;
    std::uint64_t goal = 0;
    core::Instant done_at = core::never;  ///< when accepted + failed reached `goal`
    std::function<void()> done;           ///< called then
};

class SmtpLoad final : public net::App {
   public:
    SmtpLoad(SmtpLoadPlan plan, SmtpLoadProgress& progress)
        : plan_(std::move(plan)), progress_(&progress), unsent_(plan_.mails) {}

    [[nodiscard]] std::string_view program() const override { return "smtp-load"; }
    void start(net::AppContext& context) override;
    void timer(net::AppContext&, std::uint64_t) override {}
    void event(net::AppContext& context, net::SocketHandle socket, net::SocketEvent event,
               net::SocketHandle child) override;

   private:
    void open(net::AppContext& context);
    void count(net::AppContext& context, std::uint64_t accepted, std::uint64_t failed);

    struct Connection {
        SmtpPeer peer;
        std::uint32_t mails;
    };
    SmtpLoadPlan plan_;
    SmtpLoadProgress* progress_;
    std::uint32_t unsent_;  // mails that no connection has
    std::uint32_t sessions_left_ = 0;
    std::map<net::SocketHandle, Connection> connections_;
};

}  // namespace postack::apps
