// A relaying MTA's sending half: what SMTP has accepted for other domains goes to the server that
// DNS names (RFC 5321, section 5). MX first, else the domain's own address; the next server, then a
// later attempt if one is dead or says 4xx; a report to the sender at 5xx or when it has been tried
// for too long; and no message goes round for ever (section 6.3).
//
//   mailroom ─► outgoing ─► MX? ─► A?, AAAA? ─► connect ─► SMTP client session ─► sent
//                  ▲                                                  │
//                  └────────── later (4xx, nobody there) ◄────────────┴─► bounce (5xx)
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/apps/mail_host.hpp"
#include "sim/apps/smtp_peer.hpp"
#include "sim/dns/resolver.hpp"

namespace postack::apps {

struct RelayConfig {
    std::string program = "smtp";  ///< Postfix's name of it
    std::uint32_t process = 0;
    wire::Endpoint name_server;
    std::string smarthost;  ///< everything goes to that host (Postfix: relayhost = [host])
    dns::ResolverOptions resolver;
    std::uint64_t seed = 1;   ///< of the numbers of its DNS questions
    std::uint16_t port = 25;  ///< that it delivers to
    core::Duration connect_timeout = std::chrono::seconds(30);  // Postfix: smtp_connect_timeout
    core::Duration first_retry = std::chrono::seconds(300);     // Postfix: minimal_backoff_time
    core::Duration longest_retry = std::chrono::seconds(4000);  // Postfix: maximal_backoff_time
    core::Duration lifetime = std::chrono::hours(24 * 5);       // Postfix: maximal_queue_lifetime
    std::uint32_t max_hops = 50;                                // Postfix: hopcount_limit
};

class RelayAgent final : public net::App {
   public:
    RelayAgent(RelayConfig config, std::shared_ptr<MailHost> host);

    [[nodiscard]] std::string_view program() const override { return config_.program; }
    [[nodiscard]] std::uint32_t process() const override { return config_.process; }
    void start(net::AppContext& context) override;
    void timer(net::AppContext& context, std::uint64_t token) override;
    void event(net::AppContext& context, net::SocketHandle socket, net::SocketEvent event,
               net::SocketHandle child) override;

   private:
    static constexpr std::size_t max_jobs = 100'000;  // ever, a run: our choice
    static constexpr std::size_t max_servers = 50;    // tried for one domain: our choice

    enum class Stage : std::uint8_t {
        waiting,
        asking_mail,
        asking_address,
        connecting,
        talking,
        done
    };

    // A message for one domain.
    struct Job {
        mail::store::QueuedMail mail;
        std::shared_ptr<const mail::store::QueueSlot> slot;  // shared by the domains of a message
        std::string domain;
        Stage stage = Stage::waiting;
        core::Instant next_try{};
        unsigned tries = 0;
        std::uint32_t ticket = 0;
        std::vector<dns::Mail> servers;
        std::size_t server = 0;
        bool asked_aaaa = false;
        std::vector<wire::IpAddress> addresses;
        std::size_t address = 0;
        std::unique_ptr<SmtpPeer> peer;
        std::uint32_t connection = 0;  // counts them, so that an old timer is known as such
        std::string problem, problem_status;
    };

    void take_work(net::AppContext& context);
    void attempt(net::AppContext& context, std::size_t index);
    void found(net::AppContext& context, const dns::Found& answer);
    void servers_found(net::AppContext& context, std::size_t index, const dns::Found& answer);
    void next_server(net::AppContext& context, std::size_t index);
    void ask_address(net::AppContext& context, std::size_t index, dns::Type type);
    void next_address(net::AppContext& context, std::size_t index);
    void talk(net::AppContext& context, std::size_t index);
    void conclude(net::AppContext& context, std::size_t index);
    void defer(net::AppContext& context, std::size_t index);
    void bounce(net::AppContext& context, std::size_t index, const std::string& status,
                const std::string& diagnostic, const std::string& remote = {});
    void finish(net::AppContext& context, std::size_t index);
    void pump_resolver(net::AppContext& context);
    void look_after(net::AppContext& context);
    void log(net::AppContext& context, const Job& job, std::string_view text);
    [[nodiscard]] mail::smtp::ClientOptions client_options(const Job& job) const;

    RelayConfig config_;
    std::shared_ptr<MailHost> host_;
    dns::Resolver resolver_;
    net::SocketHandle dns_socket_ = net::no_socket;
    std::vector<Job> jobs_;
    core::Instant resolver_timer_ = core::never;
    core::Instant delivery_at_ = core::never;
    bool woken_ = false;
};

}  // namespace postack::apps
