#include "sim/drive/settings.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include <fmt/format.h>

namespace postack::drive {
namespace {

constexpr std::uint64_t smallest_mtu = 68;  // RFC 791, 3.2: every link takes as much
constexpr std::uint64_t largest_mtu = 65535;
constexpr std::uint64_t longest_ms = 100'000'000;  // a day and more

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

using Value = std::uint64_t;

struct Key {
    std::string_view name;
    Value least, most;
    void (*apply)(Settings& settings, Value value);
};

core::Duration milliseconds(Value value) {
    return core::Duration{static_cast<std::int64_t>(value) * 1'000'000};
}

constexpr std::uint32_t u32(Value value) {
    return static_cast<std::uint32_t>(value);
}

const std::array keys{
    Key{"mtu", smallest_mtu, largest_mtu, [](Settings& s, Value v) { s.mtu = u32(v); }},
    Key{"iw", 1, 1000, [](Settings& s, Value v) { s.profile.initial_window_segments = u32(v); }},
    Key{"sack", 0, 1, [](Settings& s, Value v) { s.profile.sack = v != 0; }},
    Key{"dsack", 0, 1, [](Settings& s, Value v) { s.profile.dsack = v != 0; }},
    Key{"ecn", 0, 2, [](Settings& s, Value v) { s.profile.ecn = static_cast<std::uint8_t>(v); }},
    Key{"tlp", 0, 1,  // without it, and nothing said of RACK: loss recovery of before RFC 8985
        [](Settings& s, Value v) {
            s.profile.tlp = v != 0;
            if (!s.rack_chosen) s.profile.rack = v != 0;
        }},
    Key{"rack", 0, 1,
        [](Settings& s, Value v) {
            s.profile.rack = v != 0;
            s.rack_chosen = true;
        }},
    Key{"idle_restart", 0, 1, [](Settings& s, Value v) { s.profile.idle_restart = v != 0; }},
    // Bytes are counted in any case (RFC 5681, 3.1: RECOMMENDED); what RFC 3465 adds is that slow
    // start grows by two segments for an ACK of two.
    Key{"abc", 0, 1, [](Settings& s, Value v) { s.profile.abc_limit = v != 0 ? 2 : 1; }},
    Key{"timestamps", 0, 1, [](Settings& s, Value v) { s.profile.timestamps = v != 0; }},
    Key{"delack_ms", 0, 500,  // RFC 9293, 3.8.6.3: less than 0.5 s
        [](Settings& s, Value v) {
            s.profile.delayed_ack_min = s.profile.delayed_ack_max = milliseconds(v);
        }},
    Key{"rto_min_ms", 1, longest_ms,
        [](Settings& s, Value v) { s.profile.rto_min = milliseconds(v); }},
    Key{"rto_init_ms", 1, longest_ms,
        [](Settings& s, Value v) { s.profile.rto_initial = milliseconds(v); }},
    Key{"syn_retries", 0, 127, [](Settings& s, Value v) { s.profile.syn_retries = u32(v); }},
    Key{"synack_retries", 0, 127, [](Settings& s, Value v) { s.profile.syn_ack_retries = u32(v); }},
    Key{"msl_ms", 1, longest_ms, [](Settings& s, Value v) { s.profile.msl = milliseconds(v); }},
    Key{"rcvbuf", 1, largest_buffer,
        [](Settings& s, Value v) { s.profile.receive_buffer = u32(v); }},
    Key{"sndbuf", 1, largest_buffer, [](Settings& s, Value v) { s.profile.send_buffer = u32(v); }},
    Key{"seed", 0, std::numeric_limits<Value>::max(), [](Settings& s, Value v) { s.seed = v; }},
};

core::Status set_address(Settings& settings, std::string_view value) {
    const std::size_t slash = value.find('/');
    const auto address = wire::parse_ip(value.substr(0, slash));
    const auto length = slash == std::string_view::npos ? std::optional<Value>{24}
                                                        : number(value.substr(slash + 1));
    if (!address || address->version() != 4 || !length || *length > 32) {
        return core::Error{"addr wants A.B.C.D/N"};
    }
    settings.address = *address;
    settings.prefix_length = static_cast<std::uint8_t>(*length);
    return core::success();
}

}  // namespace

net::HostConfig host_config(const Settings& settings) {
    net::HostConfig config;
    config.name = "host";
    config.addresses = {settings.address};
    config.profile = settings.profile;
    config.mtu = settings.mtu;
    return config;
}

tcp::Profile Settings::default_profile() {
    tcp::Profile p;
    p.name = "drive";
    p.timestamps = true;
    p.window_scaling = true;
    p.sack = true;
    p.nagle_minshall = true;  // RFC 9293, A.3: the end of a long write does not wait
    p.delayed_ack_min = p.delayed_ack_max = std::chrono::milliseconds{40};
    p.reset_on_unread_data = true;
    p.cc = tcp::CongestionControl::cubic;
    p.abc = true;
    p.abc_limit = 1;
    p.rto_max = std::chrono::seconds{120};
    p.rack = true;
    p.tlp = true;
    p.ecn = 2;  // accept it when asked, as Linux
    return p;
}

core::Status set(Settings& settings, std::string_view key, std::string_view value) {
    if (key == "addr") return set_address(settings, value);
    if (key == "pcap") {
        settings.pcap = value;
        return core::success();
    }
    if (key == "cc") {
        if (value != "reno" && value != "cubic") return core::Error{"cc wants reno or cubic"};
        settings.profile.cc =
            value == "reno" ? tcp::CongestionControl::reno : tcp::CongestionControl::cubic;
        return core::success();
    }
    if (key == "wscale") {
        const auto shift = number(value);
        if (value != "off" && (!shift || *shift > 14))
            return core::Error{"wscale wants off or 0..14"};
        settings.profile.window_scaling = value != "off";
        if (shift) settings.profile.window_shift = static_cast<std::uint8_t>(*shift);
        return core::success();
    }
    for (const Key& known : keys) {
        if (known.name != key) continue;
        const auto wanted = number(value);
        if (!wanted || *wanted < known.least || *wanted > known.most) {
            return core::Error{
                fmt::format("{} wants a number from {} to {}", key, known.least, known.most)};
        }
        known.apply(settings, *wanted);
        return core::success();
    }
    return core::Error{fmt::format("unknown key {:.40}", key)};
}

}  // namespace postack::drive
