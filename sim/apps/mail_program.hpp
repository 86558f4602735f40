// A mail program (MUA) that sends: at its time it connects to a server and hands in the messages
// that its user has written. It answers as fast as a program does, and uses what EHLO announces.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/apps/smtp_peer.hpp"

namespace postack::apps {

struct MailProgramConfig {
    std::string program = "thunderbird";  ///< as netstat shows it
    wire::Endpoint server;
    net::ConnectionChoices choices;
    mail::smtp::ClientOptions options;
    std::vector<mail::smtp::OutgoingMail> mails;
};

class MailProgram final : public net::App {
   public:
    explicit MailProgram(MailProgramConfig config) : config_(std::move(config)) {}

    [[nodiscard]] std::string_view program() const override { return config_.program; }
    void start(net::AppContext& context) override;
    void timer(net::AppContext& context, std::uint64_t token) override;
    void event(net::AppContext& context, net::SocketHandle socket, net::SocketEvent event,
               net::SocketHandle child) override;

   private:
    void advance(net::AppContext& context);

    MailProgramConfig config_;
    std::unique_ptr<SmtpPeer> peer_;
    core::Instant timer_at_ = core::never;
    bool told_ = false;
};

}  // namespace postack::apps
