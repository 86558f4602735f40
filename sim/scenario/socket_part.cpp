#include "sim/scenario/socket_part.hpp"

#include <fmt/format.h>

#include "sim/core/units.hpp"

namespace postack::scenario {
namespace {

// Bounds, each a stated choice.
constexpr std::uint64_t max_steps = 100'000;            // of one program, repetitions counted
constexpr std::uint64_t max_write = 64U * 1024 * 1024;  // bytes of one step
constexpr std::uint64_t max_backlog = 4096;             // Linux: net.core.somaxconn

// "192.168.0.27:5000" or "[::1]:5000".
std::optional<wire::Endpoint> parse_endpoint(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::string_view host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    const auto address = wire::parse_ip(host);
    const auto port = core::parse_count(text.substr(colon + 1), 65535);
    if (!address || !port || *port == 0) return std::nullopt;
    return wire::Endpoint{*address, static_cast<std::uint16_t>(*port)};
}

void read_step(const toml::table& table, Complaints& complaints, core::Instant& last,
               std::vector<apps::SocketStep>& steps) {
    apps::SocketStep step;
    TableReader reader{table, "[[socket.step]]", complaints};
    core::Duration at{0};
    core::Duration after{0};
    const bool has_at = reader.duration("at", at);
    const bool has_after = reader.duration("after", after);
    if (has_at == has_after && !complaints.any()) {
        complaints.add(reader.line(),
                       "[[socket.step]]: give 'at' (since the beginning) or 'after' (since the "
                       "step before), one of them");
    }
    step.at = has_at ? core::epoch + at : last + after;
    if (step.at < last) reader.complain("at", "this is earlier than the step before");
    const bool has_call = reader.word("do", [&](std::string_view word) -> core::Status {
        const auto call = apps::parse_socket_call(word);
        if (!call) {
            return core::Error{fmt::format(
                "'{}' is no step: write, read, accept, shutdown, close or abort", word)};
        }
        step.call = *call;
        return core::success();
    });
    if (!has_call && table.get("do") == nullptr) {
        complaints.add(reader.line(), "[[socket.step]]: 'do' is missing: write, read …");
    }
    const bool has_size = reader.size("size", step.size);
    const bool has_text = reader.text("text", step.text);
    if (has_size && (step.size == 0 || step.size > max_write)) {
        reader.complain("size", fmt::format("from 1 to {} bytes", max_write));
    }
    const bool write = step.call == apps::SocketCall::write;
    const bool read = step.call == apps::SocketCall::read;
    if (write && has_size == has_text && !complaints.any()) {
        complaints.add(reader.line(),
                       "[[socket.step]]: a write has 'text' or a 'size', one of them");
    }
    if (read && !has_size && !complaints.any()) {
        complaints.add(reader.line(), "[[socket.step]]: a read has a 'size'");
    }
    if (!write && has_text) reader.complain("text", "only a write has a text");
    if (!write && !read && has_size) reader.complain("size", "only a write and a read have one");
    std::uint64_t times = 1;
    core::Duration every{0};
    reader.count("times", times, 1, max_steps);
    reader.duration("every", every);
    reader.finish();
    if (steps.size() + times > max_steps) {
        complaints.add(reader.line(), fmt::format("more than {} steps", max_steps));
        return;
    }
    for (std::uint64_t i = 0; i < times; ++i) {
        if (i > 0) step.at += every;
        steps.push_back(step);
    }
    last = step.at;
}

}  // namespace

void read_socket(TableReader& reader, apps::SocketProgramConfig& program) {
    reader.text("name", program.program);
    std::uint64_t value = 0;
    if (reader.count("pid", value, 0, 4'194'304)) {
        program.process = static_cast<std::uint32_t>(value);
    }
    const bool connects = reader.word("connect", [&](std::string_view text) -> core::Status {
        program.connect = parse_endpoint(text);
        if (program.connect) return core::success();
        return core::Error{fmt::format(
            "'{}' is no address and port, such as 192.168.0.27:5000 or [::1]:5000", text)};
    });
    const bool listens = reader.count("listen", value, 1, 65535);
    if (listens) program.listen.port = static_cast<std::uint16_t>(value);
    if (connects == listens && !reader.complaints().any()) {
        reader.complaints().add(reader.line(),
                                "[[socket]]: give 'connect' (an address and port) or 'listen' (a "
                                "port), one of them");
    }
    program.choices = read_choices(reader);
    if (reader.count("backlog", value, 0, max_backlog)) {
        program.backlog = static_cast<std::uint32_t>(value);
    }
    reader.flag("accepts", program.accepts);
    reader.flag("reads", program.reads);
    reader.duration("read_every", program.read_every);
    if (reader.size("read_size", program.read_size) && program.read_size == 0) {
        reader.complain("read_size", "at least 1 byte");
    }
    reader.flag("closes", program.closes);
    reader.duration("closes_after", program.closes_after);
    core::Instant last = core::epoch;
    reader.tables("step", [&](const toml::table& table) {
        read_step(table, reader.complaints(), last, program.steps);
    });
}

net::ConnectionChoices read_choices(TableReader& reader) {
    net::ConnectionChoices c;
    std::uint64_t value = 0;
    if (reader.count("local_port", value, 1, 65535)) {
        c.local_port = static_cast<std::uint16_t>(value);
    }
    if (reader.count("initial_sequence", value, 0, 0xffffffffU)) {
        c.initial_sequence = static_cast<std::uint32_t>(value);
    }
    if (reader.count("timestamp_offset", value, 0, 0xffffffffU)) {
        c.timestamp_offset = static_cast<std::uint32_t>(value);
    }
    if (reader.count("ip_id", value, 0, 0xffff)) c.ip_id = static_cast<std::uint16_t>(value);
    return c;
}

}  // namespace postack::scenario
