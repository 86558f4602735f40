#include "sim/apps/relay_agent.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "sim/mail/message/address.hpp"
#include "sim/mail/message/header.hpp"

namespace postack::apps {
namespace {

using mail::message::RecipientReport;
using mail::message::ReportAction;
using mail::smtp::Reply;
using mail::smtp::SendResult;

// What a timer is for: the job's index and its connection above, the purpose in the three lowest
// bits.
enum Purpose : std::uint64_t { work, resolver, retry, connecting, session, delivery };

std::uint64_t token(Purpose purpose, std::size_t job = 0, std::uint32_t connection = 0) {
    return static_cast<std::uint64_t>(connection) << 32U | static_cast<std::uint64_t>(job) << 3U |
           purpose;
}

std::string said(const Reply& reply) {
    std::string text = fmt::format("{}", reply.code);
    if (reply.enhanced) {
        text += fmt::format(" {}.{}.{}", reply.enhanced->klass, reply.enhanced->subject,
                            reply.enhanced->detail);
    }
    return text + fmt::format(" {}", fmt::join(reply.lines, " "));
}

std::string status_of(const Reply& reply) {
    if (!reply.enhanced) return fmt::format("{}.0.0", reply.code / 100);
    return fmt::format("{}.{}.{}", reply.enhanced->klass, reply.enhanced->subject,
                       reply.enhanced->detail);
}

std::size_t received_lines(std::string_view text) {
    const auto parts = mail::message::split_message(text);
    const auto fields = mail::message::header_fields(parts.header);
    return static_cast<std::size_t>(std::count_if(fields.begin(), fields.end(), [](const auto& f) {
        return mail::message::equal_without_case(f.name, "Received");
    }));
}

}  // namespace

RelayAgent::RelayAgent(RelayConfig config, std::shared_ptr<MailHost> host)
    : config_(std::move(config)),
      host_(std::move(host)),
      resolver_(config_.resolver, core::Random{config_.seed}) {}

void RelayAgent::start(net::AppContext& context) {
    host_->room.set_route_agent();
    const auto socket = context.open_udp({});
    if (!socket) {
        context.line(record::LineKind::local, socket.error().message + "\n");
        return;
    }
    dns_socket_ = *socket;
    host_->relay_watchers.emplace_back([this, mine = context](core::Instant now) {
        if (woken_) return;
        woken_ = true;
        mine.at(now).after(core::Duration{0}, token(work));
    });
}

void RelayAgent::log(net::AppContext& context, const Job& job, std::string_view text) {
    context.line(record::LineKind::local, fmt::format("{}: {}\n", job.mail.slot.queue_id, text));
}

// A job for each domain that a message goes to.
void RelayAgent::take_work(net::AppContext& context) {
    for (mail::store::QueuedMail& mail : host_->room.take_outgoing()) {
        auto& room = host_->room;
        std::map<std::string, std::vector<mail::store::Recipient>> domains;
        for (mail::store::Recipient& recipient : mail.recipients) {
            domains[mail::message::upper_case(
                        mail::message::split_address(recipient.address).domain)]
                .push_back(std::move(recipient));
        }
        const std::shared_ptr<const mail::store::QueueSlot> slot(
            new mail::store::QueueSlot(mail.slot), [&room](const mail::store::QueueSlot* used) {
                room.release(*used);
                delete used;  // NOLINT: the deleter of the line above.
            });
        for (auto& [key, recipients] : domains) {
            if (jobs_.size() >= max_jobs) break;
            Job job;
            job.mail = mail;
            job.mail.recipients = std::move(recipients);
            job.slot = slot;
            job.domain = mail::message::split_address(job.mail.recipients.front().address).domain;
            job.next_try = context.now();
            jobs_.push_back(std::move(job));
            attempt(context, jobs_.size() - 1);
        }
    }
    for (const auto& asked : host_->room.take_retries()) {
        for (std::size_t i = 0; i < jobs_.size(); ++i) {
            const std::string& domain = jobs_[i].domain;
            const bool same = mail::message::equal_without_case(domain, asked.domain);
            const bool below =
                asked.subdomains && domain.size() > asked.domain.size() &&
                domain[domain.size() - asked.domain.size() - 1] == '.' &&
                mail::message::equal_without_case(
                    std::string_view{domain}.substr(domain.size() - asked.domain.size()),
                    asked.domain);
            if (jobs_[i].stage == Stage::waiting && (same || below)) attempt(context, i);
        }
    }
}

void RelayAgent::attempt(net::AppContext& context, std::size_t index) {
    Job& job = jobs_[index];
    ++job.tries;
    job.servers.clear();
    job.server = 0;
    if (received_lines(job.mail.text) > config_.max_hops) {
        return bounce(context, index, "5.4.6", "too many hops: the mail goes round in a loop");
    }
    // An address in brackets needs no DNS (RFC 5321, section 4.1.3).
    if (job.domain.starts_with('[') && job.domain.ends_with(']')) {
        std::string_view literal{job.domain};
        literal = literal.substr(1, literal.size() - 2);
        if (mail::message::equal_without_case(literal.substr(0, 5), "IPv6:")) {
            literal.remove_prefix(5);
        }
        const auto address = wire::parse_ip(literal);
        if (!address) return bounce(context, index, "5.1.3", "the address literal is none");
        job.servers = {{0, std::string{literal}}};
        job.addresses = {*address};
        job.address = 0;
        job.server = 1;
        return next_address(context, index);
    }
    if (!config_.smarthost.empty()) {
        job.servers = {{0, config_.smarthost}};
        return next_server(context, index);
    }
    job.stage = Stage::asking_mail;
    job.ticket = resolver_.ask(job.domain, dns::Type::mx, context.now());
    pump_resolver(context);
}

void RelayAgent::pump_resolver(net::AppContext& context) {
    while (const auto datagram = resolver_.outgoing())
        context.send_datagram(dns_socket_, config_.name_server, *datagram);
    while (const auto answer = resolver_.next_found())
        found(context, *answer);
    const core::Instant deadline = resolver_.next_deadline();
    if (deadline < resolver_timer_) {
        resolver_timer_ = deadline;
        context.after(deadline - context.now(), token(resolver));
    }
}

void RelayAgent::found(net::AppContext& context, const dns::Found& answer) {
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
        Job& job = jobs_[i];
        if (job.ticket != answer.ticket) continue;
        job.ticket = 0;
        if (job.stage == Stage::asking_mail) return servers_found(context, i, answer);
        if (job.stage != Stage::asking_address) return;
        for (const dns::Record& record : answer.message.answers) {
            const auto* address = std::get_if<wire::IpAddress>(&record.data);
            if (address != nullptr) job.addresses.push_back(*address);
        }
        if (job.addresses.empty() && !job.asked_aaaa &&
            answer.status == dns::Found::Status::answered) {
            job.asked_aaaa = true;
            return ask_address(context, i, dns::Type::aaaa);
        }
        if (job.addresses.empty()) {
            const bool timed_out = answer.status == dns::Found::Status::timed_out;
            job.problem = fmt::format(
                "{}: {}", job.servers[job.server - 1].host,
                timed_out ? "the name server does not answer" : "the host has no address");
            job.problem_status = "4.4.3";
        }
        return next_address(context, i);
    }
}

// RFC 5321, section 5.1.
void RelayAgent::servers_found(net::AppContext& context, std::size_t index,
                               const dns::Found& answer) {
    Job& job = jobs_[index];
    switch (answer.status) {
        case dns::Found::Status::no_such_name:
            return bounce(context, index, "5.1.2",
                          fmt::format("the domain {} does not exist", job.domain));
        case dns::Found::Status::failed:
        case dns::Found::Status::timed_out:
            job.problem = fmt::format("{}: the name server does not answer", job.domain);
            job.problem_status = "4.4.3";
            return defer(context, index);
        case dns::Found::Status::answered: break;
    }
    for (const dns::Record& record : answer.message.answers) {
        const auto* mail = std::get_if<dns::Mail>(&record.data);
        if (mail != nullptr && job.servers.size() < max_servers) job.servers.push_back(*mail);
    }
    if (job.servers.empty()) job.servers.push_back({0, job.domain});  // its own address
    if (job.servers.size() == 1 && job.servers.front().host.empty()) {
        return bounce(context, index, "5.1.10", "the domain takes no mail (RFC 7505)");
    }
    std::stable_sort(job.servers.begin(), job.servers.end(),
                     [](const auto& a, const auto& b) { return a.preference < b.preference; });
    // If this host is one of them, those that are not better than it are not asked, or two servers
    // would play ball.
    const auto self = std::find_if(job.servers.begin(), job.servers.end(), [&](const auto& s) {
        return dns::same_name(s.host, host_->room.options().hostname);
    });
    if (self != job.servers.end()) {
        const std::uint16_t own = self->preference;
        std::erase_if(job.servers, [&](const auto& s) { return s.preference >= own; });
        if (job.servers.empty()) {
            return bounce(context, index, "5.4.6",
                          fmt::format("mail for {} loops back to this server", job.domain));
        }
    }
    next_server(context, index);
}

void RelayAgent::next_server(net::AppContext& context, std::size_t index) {
    Job& job = jobs_[index];
    if (job.server >= job.servers.size()) return defer(context, index);
    ++job.server;
    job.addresses.clear();
    job.address = 0;
    job.asked_aaaa = false;
    ask_address(context, index, dns::Type::a);
}

void RelayAgent::ask_address(net::AppContext& context, std::size_t index, dns::Type type) {
    Job& job = jobs_[index];
    job.stage = Stage::asking_address;
    job.ticket = resolver_.ask(job.servers[job.server - 1].host, type, context.now());
    pump_resolver(context);
}

void RelayAgent::next_address(net::AppContext& context, std::size_t index) {
    Job& job = jobs_[index];
    while (job.address < job.addresses.size()) {
        const wire::IpAddress to = job.addresses[job.address++];
        const auto socket = context.connect(std::nullopt, {to, config_.port});
        if (!socket) {
            job.problem = socket.error().message;
            job.problem_status = "4.4.1";
            continue;
        }
        mail::smtp::OutgoingMail out;
        out.from = job.mail.sender;
        out.recipients = job.mail.recipients;
        out.text = job.mail.text;
        out.options = job.mail.options;
        job.stage = Stage::connecting;
        job.peer = std::make_unique<SmtpPeer>(*socket, client_options(job),
                                              std::vector<mail::smtp::OutgoingMail>{out});
        context.after(config_.connect_timeout, token(connecting, index, ++job.connection));
        return;
    }
    next_server(context, index);
}

mail::smtp::ClientOptions RelayAgent::client_options(const Job& job) const {
    mail::smtp::ClientOptions options;
    options.helo_name = host_->room.options().hostname;
    options.stamp = job.mail.slot.queue_id;
    return options;
}

void RelayAgent::timer(net::AppContext& context, std::uint64_t which) {
    const auto purpose = static_cast<Purpose>(which & 7U);
    const auto index = static_cast<std::size_t>(which >> 3U & 0x1fffffffU);
    const auto connection = static_cast<std::uint32_t>(which >> 32U);
    switch (purpose) {
        case work:
            woken_ = false;
            take_work(context);
            break;
        case resolver:
            resolver_timer_ = core::never;
            resolver_.timers(context.now());
            pump_resolver(context);
            break;
        case retry:
            if (jobs_[index].stage == Stage::waiting && jobs_[index].next_try <= context.now()) {
                attempt(context, index);
            }
            break;
        case connecting: {
            Job& job = jobs_[index];
            if (job.stage != Stage::connecting || job.connection != connection) break;
            context.abort(job.peer->socket());
            job.peer.reset();
            job.problem = fmt::format("connect to {}: timed out", job.servers[job.server - 1].host);
            job.problem_status = "4.4.1";
            next_address(context, index);
            break;
        }
        case session: {
            Job& job = jobs_[index];
            if (job.stage != Stage::talking || job.connection != connection) break;
            job.peer->session().timers(context.now());
            talk(context, index);
            break;
        }
        case delivery:
            delivery_at_ = core::never;
            deliver_due(context, *host_);
            break;
    }
    look_after(context);
}

void RelayAgent::event(net::AppContext& context, net::SocketHandle socket, net::SocketEvent event,
                       net::SocketHandle) {
    if (socket == dns_socket_) {
        while (const auto datagram = context.receive_datagram(socket))
            resolver_.receive(datagram->payload);
        pump_resolver(context);
        return look_after(context);
    }
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
        Job& job = jobs_[i];
        if (!job.peer || job.peer->socket() != socket) continue;
        if (event == net::SocketEvent::failed && job.stage == Stage::connecting) {
            job.problem =
                fmt::format("connect to {}: {}", job.servers[job.server - 1].host,
                            context.failure(socket) == tcp::Failure::refused ? "connection refused"
                                                                             : "nobody answers");
            job.problem_status = "4.4.1";
            job.peer.reset();
            next_address(context, i);
        } else if (event == net::SocketEvent::failed) {
            job.peer->session().end_of_input(context.now());
            talk(context, i);
        } else {
            if (event == net::SocketEvent::connected) {
                job.stage = Stage::talking;
                job.peer->connected(context);
            }
            talk(context, i);
        }
        break;
    }
    look_after(context);
}

void RelayAgent::talk(net::AppContext& context, std::size_t index) {
    Job& job = jobs_[index];
    job.peer->advance(context);
    if (job.stage != Stage::talking) return;
    if (job.peer->session().finished()) return conclude(context, index);
    const core::Instant deadline = job.peer->session().next_deadline();
    if (deadline != core::never) {
        context.after(deadline - context.now(), token(session, index, job.connection));
    }
}

// The session is over: who has it, who never will, who is tried again.
void RelayAgent::conclude(net::AppContext& context, std::size_t index) {
    Job& job = jobs_[index];
    const SendResult result = job.peer->session().results().front();
    const std::string remote = job.servers[job.server - 1].host;
    const bool no_reports = std::none_of(job.peer->session().server_keywords().begin(),
                                         job.peer->session().server_keywords().end(),
                                         [](const std::string& word) { return word == "DSN"; });
    job.problem = job.peer->session().problem();
    job.problem_status = "4.4.2";
    std::vector<mail::store::Recipient> left;
    std::vector<RecipientReport> reports;
    for (std::size_t i = 0; i < job.mail.recipients.size(); ++i) {
        const mail::store::Recipient& recipient = job.mail.recipients[i];
        const Reply* reply =
            i < result.recipient_replies.size() && !result.recipient_replies[i].positive()
                ? &result.recipient_replies[i]
            : result.last_reply ? &*result.last_reply
                                : nullptr;
        if (reply == nullptr || reply->transient()) {
            if (reply != nullptr) {
                job.problem = fmt::format("{} said: {}", remote, said(*reply));
                job.problem_status = status_of(*reply);
            }
            left.push_back(recipient);
            log(context, job,
                fmt::format("to=<{}>, relay={}, status=deferred ({})", recipient.address, remote,
                            job.problem));
            continue;
        }
        const bool sent = reply->positive();
        log(context, job,
            fmt::format("to=<{}>, relay={}, status={} ({})", recipient.address, remote,
                        sent ? "sent" : "bounced", said(*reply)));
        RecipientReport report{recipient.address, recipient.original, ReportAction::failed,
                               status_of(*reply), said(*reply),       remote};
        if (!sent && recipient.notify.failure) reports.push_back(report);
        if (sent && recipient.notify.success && no_reports) {
            report.action = ReportAction::relayed;
            report.status = "2.0.0";
            reports.push_back(report);
        }
    }
    host_->room.report(job.mail, reports, context.now());
    job.peer.reset();
    if (left.empty()) return finish(context, index);
    job.mail.recipients = std::move(left);
    defer(context, index);
}

void RelayAgent::defer(net::AppContext& context, std::size_t index) {
    Job& job = jobs_[index];
    if (context.now() - job.mail.arrived >= config_.lifetime) {
        return bounce(context, index, "5.4.7", "tried for too long: " + job.problem);
    }
    core::Duration wait = config_.first_retry;
    for (unsigned i = 1; i < job.tries && wait < config_.longest_retry; ++i)
        wait *= 2;
    wait = std::min(wait, config_.longest_retry);
    job.stage = Stage::waiting;
    job.next_try = context.now() + wait;
    log(context, job,
        fmt::format("deferred: {}; again in {} s", job.problem,
                    std::chrono::duration_cast<std::chrono::seconds>(wait).count()));
    context.after(wait, token(retry, index));
}

void RelayAgent::bounce(net::AppContext& context, std::size_t index, const std::string& status,
                        const std::string& diagnostic, const std::string& remote) {
    Job& job = jobs_[index];
    std::vector<RecipientReport> reports;
    for (const mail::store::Recipient& recipient : job.mail.recipients) {
        log(context, job,
            fmt::format("to=<{}>, status=bounced ({})", recipient.address, diagnostic));
        if (!recipient.notify.failure) continue;
        reports.push_back({recipient.address, recipient.original, ReportAction::failed, status,
                           diagnostic, remote});
    }
    host_->room.report(job.mail, reports, context.now());
    finish(context, index);
}

void RelayAgent::finish(net::AppContext&, std::size_t index) {
    Job& job = jobs_[index];
    job.stage = Stage::done;
    job.slot.reset();
    job.mail = {};
}

// Reports lie in the queue, for a mailbox here or for another domain.
void RelayAgent::look_after(net::AppContext& context) {
    const core::Instant due = host_->room.next_delivery();
    if (due < delivery_at_) {
        delivery_at_ = due;
        context.after(std::max(due, context.now()) - context.now(), token(delivery));
    }
}

}  // namespace postack::apps
