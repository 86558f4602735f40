// Everything that happened, in its order, each with the rule behind it: packets, what became of
// them, states, variables, timers, machines.
#include <algorithm>
#include <iterator>
#include <vector>

#include <fmt/format.h>

#include "sim/tcp/explain.hpp"
#include "viz/text/cells.hpp"
#include "viz/text/text.hpp"

namespace postack::text {
namespace {

class Story {
   public:
    Story(const record::Recording& recording, std::span<const record::Row> rows,
          const core::Catalog& catalog, std::ostream& out)
        : recording_(recording),
          rows_(rows),
          catalog_(catalog),
          out_(out),
          last_state_(recording.sockets.size()) {
        if (!recording.packets.empty()) begin_ = recording.packets.front().sent;
    }

    void tell() {
        for (const record::Event& event : recording_.events) {
            line_.clear();
            append_seconds(line_, std::max(core::Duration{0}, event.time - begin_));
            const std::size_t stamp = line_.size();
            one(event, stamp);
            out_ << line_;
        }
    }

   private:
    void one(const record::Event& event, std::size_t stamp) {
        switch (event.kind) {
            case record::EventKind::packet_sent: sent(event.subject); break;
            case record::EventKind::packet_ended: ended(event.subject, stamp); break;
            case record::EventKind::state_changed: changed(event.subject); break;
            case record::EventKind::timer_changed: timer(event.subject, event.time); break;
            case record::EventKind::host_changed: {
                const auto& change = recording_.host_changes[event.subject];
                add("  {}  {}\n", host(change.host),
                    catalog_(change.up ? "diagram.host_up" : "diagram.host_down"));
                break;
            }
            case record::EventKind::line:
            case record::EventKind::mailbox_changed:
            case record::EventKind::listener_opened:
            case record::EventKind::listener_closed: line_.clear(); break;  // not of TCP
        }
    }

    void sent(record::PacketId id) {
        const record::Row& row = rows_[id];
        add("  {}  #{} {}\n", host(recording_.packets[id].from), row.number, one_line(row.info));
        if (row.cause != tcp::Cause::none) {
            because(catalog_(fmt::format("cause.{}", tcp::name(row.cause))), tcp::rule(row.cause));
        }
    }

    // Arrivals go without saying.
    void ended(record::PacketId id, std::size_t stamp) {
        const record::Packet& packet = recording_.packets[id];
        if (packet.fate == record::Fate::arrived) {
            line_.resize(stamp);
            line_.clear();
            return;
        }
        const std::string reason =
            packet.verdict == record::none
                ? std::string{record::name(packet.fate)}
                : recording_.verdicts[packet.verdict].reason.in(catalog_.language());
        add("  #{}  {}\n", id + 1, reason);
    }

    void changed(std::uint32_t index) {
        const record::StateChange change = recording_.states[index];
        const tcp::Variables& now = change.variables;
        const std::uint32_t last = last_state_[change.socket];
        const tcp::Variables before =
            last == 0 ? tcp::Variables{} : recording_.states[last - 1].variables;
        last_state_[change.socket] = index + 1;
        const std::string who = end(change.socket);
        const std::string stamp = std::exchange(line_, {});
        if (now.state != before.state) {
            // A child of a listener begins where the listener is.
            const tcp::State from = last == 0 && now.state == tcp::State::syn_received
                                        ? tcp::State::listen
                                        : before.state;
            line_ += stamp;
            add("  {}  {} → {}\n", who, tcp::name(from), tcp::name(now.state));
            // A crash changes states without a rule: the machine's own line has told of it.
            const auto* row = change.rule.empty()
                                  ? nullptr
                                  : tcp::transition_between(from, now.state, change.rule);
            if (row != nullptr) {
                because(catalog_(fmt::format("cause.trigger_{}", tcp::name(row->trigger))),
                        fmt::format("RFC 9293, {}", row->rule));
            }
        }
        for (const tcp::VariableChange& c : tcp::explain(before, now)) {
            line_ += stamp;
            add("  {}  {} {} → {}\n", who, c.variable, c.before, c.after);
            because(catalog_(fmt::format("cause.change_{}", c.reason.name)), c.reason.rule);
        }
    }

    void timer(std::uint32_t index, core::Instant now) {
        const record::TimerChange& change = recording_.timers[index];
        static constexpr std::string_view actions[] = {"set", "fired", "cancelled"};
        const std::string_view action = actions[static_cast<std::size_t>(change.action)];
        add("  {}  {} {}", end(change.socket), tcp::name(change.timer),
            catalog_(fmt::format("cause.timer_{}", action)));
        if (change.action == record::TimerAction::set && change.deadline > now) {
            add(" ({})", core::format_duration(change.deadline - now));
        }
        line_ += '\n';
        because(catalog_(fmt::format("cause.timer_{}", tcp::name(change.timer))),
                tcp::rule(change.timer));
    }

    template <typename... Arguments>
    void add(fmt::format_string<Arguments...> form, Arguments&&... arguments) {
        fmt::format_to(std::back_inserter(line_), form, std::forward<Arguments>(arguments)...);
    }
    void because(std::string_view sentence, std::string_view rule) {
        add("              {} [{}]\n", sentence, rule);
    }

    [[nodiscard]] std::string host(record::HostId id) const {
        if (id >= recording_.hosts.size()) return "?";
        const std::string& title = recording_.hosts[id].title.in(catalog_.language());
        return title.empty() ? recording_.hosts[id].name : one_line(title);
    }
    // The ports tell a host's ends apart.
    [[nodiscard]] std::string end(record::SocketId id) const {
        if (id >= recording_.sockets.size()) return "?";
        const record::Socket& socket = recording_.sockets[id];
        return fmt::format("{} :{}", host(socket.host), socket.local.port);
    }

    const record::Recording& recording_;
    std::span<const record::Row> rows_;
    const core::Catalog& catalog_;
    std::ostream& out_;
    std::vector<std::uint32_t> last_state_;  // by socket: index + 1 in states, 0 = none
    core::Instant begin_ = core::epoch;
    std::string line_;
};

}  // namespace

void print_story(const record::Recording& recording, std::span<const record::Row> rows,
                 const core::Catalog& catalog, std::ostream& out) {
    Story{recording, rows, catalog, out}.tell();
}

}  // namespace postack::text
