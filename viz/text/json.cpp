#include <algorithm>

#include <nlohmann/json.hpp>

#include "sim/tcp/explain.hpp"
#include "viz/text/cells.hpp"
#include "viz/text/text.hpp"

namespace postack::text {

namespace {

using Json = nlohmann::ordered_json;

template <typename T>
Json optional_value(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json address_value(const wire::IpAddress& address) {
    return address.version() == 0 ? Json(nullptr) : Json(wire::to_string(address));
}

Json id_value(std::uint32_t id) {
    return id == record::none ? Json(nullptr) : Json(id);
}

Json text_value(const core::Text& text) {
    return Json{{"fr", text.fr}, {"en", text.en}};
}

// Names come from files that people write: bytes that are no UTF-8 must not stop the output.
std::string print(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json host_value(const record::Host& host) {
    Json addresses = Json::array();
    for (const auto& address : host.addresses) {
        addresses.push_back(wire::to_string(address));
    }
    return Json{{"name", host.name},
                {"title", text_value(host.title)},
                {"addresses", addresses},
                {"profile", host.profile}};
}

Json socket_value(const record::Socket& socket) {
    const bool connected = socket.remote.port != 0;
    return Json{{"host", id_value(socket.host)},
                {"transport", socket.transport == record::Transport::tcp ? "tcp" : "udp"},
                {"local", wire::to_string(socket.local)},
                {"remote", connected ? Json(wire::to_string(socket.remote)) : Json(nullptr)},
                {"application", socket.application},
                {"peer", id_value(socket.peer)}};
}

Json row_value(const record::Row& row) {
    std::string time;
    append_seconds(time, row.time);
    Json value{{"no", row.number},
               // A string keeps all nine digits whatever reads it.
               {"time", time},
               {"src", address_value(row.source)},
               {"dst", address_value(row.destination)},
               {"sport", optional_value(row.source_port)},
               {"dport", optional_value(row.destination_port)},
               {"protocol", row.protocol},
               {"length", row.length},
               {"flags", row.flags ? Json(*row.flags == 0 ? std::string{}
                                                          : wire::flag_names(*row.flags, ","))
                                   : Json(nullptr)},
               {"seq", optional_value(row.seq)},
               {"ack", optional_value(row.ack)},
               {"len", optional_value(row.len)},
               {"win", optional_value(row.window)},
               {"info", row.info},
               {"fate", record::name(row.fate)},
               {"stream", id_value(row.stream)}};
    const bool known = row.cause != tcp::Cause::none;
    value["cause"] = known ? Json(tcp::name(row.cause)) : Json(nullptr);
    value["rule"] = known ? Json(tcp::rule(row.cause)) : Json(nullptr);
    value["application"] = row.application.empty() ? Json(nullptr) : Json(row.application);
    value["from_client"] = row.from_client;
    return value;
}

void print_lines(std::ostream& out, std::string_view name, const std::vector<Json>& values) {
    out << "  " << print(Json(name)) << ": [";
    for (std::size_t i = 0; i < values.size(); ++i) {
        out << (i == 0 ? "\n    " : ",\n    ") << print(values[i]);
    }
    out << (values.empty() ? "]" : "\n  ]");
}

Json moment(const record::Recording& recording, record::EventIndex event, record::SocketId socket) {
    std::string time;
    const core::Instant begin =
        recording.packets.empty() ? core::epoch : recording.packets.front().sent;
    append_seconds(time, std::max(core::Duration{0}, recording.events[event].time - begin));
    return Json{{"time", time}, {"socket", id_value(socket)}};
}

// Each state and variable that changed: what it was, what it is, and by which rule.
void print_changes(const record::Recording& recording, std::ostream& out) {
    out << ",\n  \"changes\": [";
    std::vector<tcp::Variables> last(recording.sockets.size());
    bool first = true;
    const auto print_one = [&](const Json& value) {
        out << (first ? "\n    " : ",\n    ") << print(value);
        first = false;
    };
    for (std::size_t index = 0; index < recording.states.size(); ++index) {
        const record::StateChange change = recording.states[index];
        if (change.socket >= last.size()) continue;
        tcp::Variables& before = last[change.socket];
        const tcp::Variables& now = change.variables;
        if (before.state != now.state) {
            Json value = moment(recording, change.event, change.socket);
            value["variable"] = "state";
            value["before"] = tcp::name(before.state);
            value["after"] = tcp::name(now.state);
            // A child of a listener begins where the listener is; a crash changes states by no
            // rule.
            const bool child =
                before.state == tcp::State::closed && now.state == tcp::State::syn_received;
            const tcp::State from = child ? tcp::State::listen : before.state;
            const auto* row = change.rule.empty()
                                  ? nullptr
                                  : tcp::transition_between(from, now.state, change.rule);
            value["reason"] = row == nullptr ? Json(nullptr) : Json(tcp::name(row->trigger));
            value["rule"] =
                change.rule.empty() ? Json(nullptr) : Json("RFC 9293, " + std::string{change.rule});
            print_one(value);
        }
        for (const tcp::VariableChange& c : tcp::explain(before, now)) {
            Json value = moment(recording, change.event, change.socket);
            value["variable"] = c.variable;
            value["before"] = c.before;
            value["after"] = c.after;
            value["reason"] = c.reason.name;
            value["rule"] = c.reason.rule;
            print_one(value);
        }
        before = now;
    }
    out << (first ? "]" : "\n  ]");
}

void print_timers(const record::Recording& recording, std::ostream& out) {
    static constexpr std::string_view actions[] = {"set", "fired", "cancelled"};
    std::vector<Json> timers;
    timers.reserve(recording.timers.size());
    for (const record::TimerChange& change : recording.timers) {
        Json value = moment(recording, change.event, change.socket);
        value["timer"] = tcp::name(change.timer);
        value["action"] = actions[static_cast<std::size_t>(change.action)];
        value["rule"] = tcp::rule(change.timer);
        timers.push_back(std::move(value));
    }
    out << ",\n";
    print_lines(out, "timers", timers);
}

}  // namespace

std::string json_row(const record::Row& row) {
    return print(row_value(row));
}

void print_json(const record::Recording& recording, std::span<const record::Row> rows,
                std::ostream& out) {
    std::vector<Json> hosts;
    for (const auto& host : recording.hosts) {
        hosts.push_back(host_value(host));
    }
    std::vector<Json> sockets;
    for (const auto& socket : recording.sockets) {
        sockets.push_back(socket_value(socket));
    }
    out << "{\n  \"name\": " << print(Json(recording.lesson.name)) << ",\n";
    print_lines(out, "hosts", hosts);
    out << ",\n";
    print_lines(out, "sockets", sockets);
    out << ",\n  \"packets\": [";
    for (std::size_t i = 0; i < rows.size(); ++i) {
        out << (i == 0 ? "\n    " : ",\n    ") << json_row(rows[i]);
    }
    out << (rows.empty() ? "]" : "\n  ]");
    print_changes(recording, out);
    print_timers(recording, out);
    out << "\n}\n";
}

}  // namespace postack::text
