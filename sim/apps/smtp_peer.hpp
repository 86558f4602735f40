// An SMTP client session and its socket: what a mail program and a relaying server share.
#pragma once

#include <string>

#include "sim/mail/smtp/client_session.hpp"
#include "sim/net/app.hpp"

namespace postack::apps {

class SmtpPeer {
   public:
    SmtpPeer(net::SocketHandle socket, mail::smtp::ClientOptions options,
             std::vector<mail::smtp::OutgoingMail> mails)
        : socket_(socket), session_(std::move(options), std::move(mails)) {}

    [[nodiscard]] net::SocketHandle socket() const { return socket_; }
    [[nodiscard]] mail::smtp::ClientSession& session() { return session_; }

    void connected(net::AppContext& context) { session_.start(context.now()); }
    /// Takes what has come and says what is due; each action's writes at once.
    void advance(net::AppContext& context);

   private:
    void flush(net::AppContext& context);

    net::SocketHandle socket_;
    mail::smtp::ClientSession session_;
    std::string unsent_;
    bool close_ = false, closed_ = false, end_told_ = false;
};

}  // namespace postack::apps
