#include "sim/apps/name_lookup.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace postack::apps {
namespace {

enum Token : std::uint64_t { type_line, resolve };

struct Show {
    const dns::Record& record;
    std::string operator()(const wire::IpAddress& address) const {
        return fmt::format("Name:\t{}\nAddress: {}\n", record.name, wire::to_string(address));
    }
    std::string operator()(const dns::Mail& mail) const {
        return fmt::format("{}\tmail exchanger = {} {}.\n", record.name, mail.preference,
                           mail.host);
    }
    std::string operator()(const dns::Host& host) const {
        const std::string_view word =
            record.type == static_cast<std::uint16_t>(dns::Type::ptr)  ? "name"
            : record.type == static_cast<std::uint16_t>(dns::Type::ns) ? "nameserver"
                                                                       : "canonical name";
        return fmt::format("{}\t{} = {}.\n", record.name, word, host.name);
    }
    std::string operator()(const dns::Authority& authority) const {
        return fmt::format("{}\n\torigin = {}\n\tmail addr = {}\n", record.name, authority.server,
                           authority.mailbox);
    }
    std::string operator()(const core::Bytes&) const {
        return fmt::format("{}\t{}\n", record.name, dns::type_name(record.type));
    }
};

}  // namespace

void NameLookup::start(net::AppContext& context) {
    const auto socket = context.open_udp({});
    if (!socket) {
        context.line(record::LineKind::local, "nslookup: " + socket.error().message + "\n");
        return;
    }
    socket_ = *socket;
    type_next(context);
}

void NameLookup::type_next(net::AppContext& context) {
    if (next_ >= config_.lookups.size()) return;
    const core::Instant at = std::max(config_.lookups[next_].at, context.now());
    context.after(at - context.now(), type_line);
}

void NameLookup::timer(net::AppContext& context, std::uint64_t token) {
    if (token == type_line) {
        const TypedLookup& lookup = config_.lookups[next_++];
        const std::string type =
            lookup.type == dns::Type::a
                ? std::string{}
                : fmt::format("-type={} ", dns::type_name(static_cast<std::uint16_t>(lookup.type)));
        context.line(record::LineKind::typed,
                     fmt::format("{}nslookup {}{}\n", config_.prompt, type, lookup.name));
        resolver_.ask(lookup.name, lookup.type, context.now());
        type_next(context);
    } else {
        timer_at_ = core::never;
        resolver_.timers(context.now());
    }
    pump(context);
}

void NameLookup::event(net::AppContext& context, net::SocketHandle socket, net::SocketEvent,
                       net::SocketHandle) {
    while (const auto datagram = context.receive_datagram(socket))
        resolver_.receive(datagram->payload);
    pump(context);
}

void NameLookup::pump(net::AppContext& context) {
    while (const auto datagram = resolver_.outgoing())
        context.send_datagram(socket_, config_.name_server, *datagram);
    while (const auto found = resolver_.next_found())
        show(context, *found);
    const core::Instant deadline = resolver_.next_deadline();
    if (deadline < timer_at_) {
        timer_at_ = deadline;
        context.after(deadline - context.now(), resolve);
    }
}

void NameLookup::show(net::AppContext& context, const dns::Found& found) {
    const std::string server = wire::to_string(config_.name_server.address);
    if (found.status == dns::Found::Status::timed_out) {
        context.line(record::LineKind::local,
                     ";; connection timed out; no servers could be reached\n\n");
        return;
    }
    std::string text =
        fmt::format("Server:\t\t{}\nAddress:\t{}#{}\n\n", server, server, config_.name_server.port);
    const std::string name =
        found.message.questions.empty() ? std::string{} : found.message.questions.front().name;
    if (found.status == dns::Found::Status::no_such_name) {
        text += fmt::format("** server can't find {}: NXDOMAIN\n", name);
    } else if (found.message.answers.empty()) {
        text += fmt::format("*** Can't find {}: No answer\n", name);
    }
    for (const dns::Record& record : found.message.answers)
        text += std::visit(Show{record}, record.data);
    context.line(record::LineKind::received, text + "\n", socket_);
}

}  // namespace postack::apps
