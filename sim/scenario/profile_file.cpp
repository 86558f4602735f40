#include "sim/scenario/profile_file.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "sim/core/assets.hpp"

namespace postack::scenario {
namespace {

template <typename Integer>
void read_count(TableReader& reader, std::string_view key, Integer& into) {
    std::uint64_t value = 0;
    if (reader.size(key, value)) {
        if (value > std::numeric_limits<Integer>::max()) {
            reader.complain(key, fmt::format("at most {}", std::numeric_limits<Integer>::max()));
        } else {
            into = static_cast<Integer>(value);
        }
    }
}

void read_congestion_control(TableReader& reader, tcp::CongestionControl& into) {
    std::string name = into == tcp::CongestionControl::cubic ? "cubic" : "reno";
    reader.text("cc", name);
    if (name == "reno") {
        into = tcp::CongestionControl::reno;
    } else if (name == "cubic") {
        into = tcp::CongestionControl::cubic;
    } else {
        reader.complain("cc", "known are reno and cubic");
    }
}

std::string known_profiles(const std::filesystem::path& folder) {
    std::vector<std::string> names;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
        if (entry.path().extension() == ".toml") names.push_back(entry.path().stem().string());
    }
    std::sort(names.begin(), names.end());
    return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

void read_profile(const toml::table& table, std::string_view what, Complaints& complaints,
                  tcp::Profile& p, Members members) {
    TableReader reader{table, std::string{what}, complaints};
    reader.text("name", p.name);
    reader.flag("timestamps", p.timestamps);
    reader.duration("timestamp_tick", p.timestamp_tick);
    reader.flag("window_scaling", p.window_scaling);
    read_count(reader, "window_shift", p.window_shift);
    reader.flag("sack", p.sack);
    reader.flag("dsack", p.dsack);
    read_count(reader, "ecn", p.ecn);
    read_count(reader, "receive_buffer", p.receive_buffer);
    read_count(reader, "syn_window_rule", p.syn_window_rule);
    reader.flag("round_window_up", p.round_window_up);
    read_count(reader, "receive_buffer_max", p.receive_buffer_max);
    read_count(reader, "send_buffer", p.send_buffer);
    read_count(reader, "initial_window_segments", p.initial_window_segments);
    reader.flag("nagle", p.nagle);
    reader.flag("nagle_minshall", p.nagle_minshall);
    read_count(reader, "max_segment_size", p.max_segment_size);
    reader.duration("delayed_ack_min", p.delayed_ack_min);
    reader.duration("delayed_ack_max", p.delayed_ack_max);
    read_count(reader, "ack_every_segments", p.ack_every_segments);
    read_count(reader, "quick_acks", p.quick_acks);
    reader.flag("pingpong", p.pingpong);
    reader.duration("timer_tick", p.timer_tick);
    reader.duration("rto_initial", p.rto_initial);
    reader.duration("rto_min", p.rto_min);
    reader.flag("rto_min_of_variance", p.rto_min_of_variance);
    reader.duration("rto_max", p.rto_max);
    reader.duration("rto_clock_granularity", p.rto_clock_granularity);
    reader.flag("window_probe_data", p.window_probe_data);
    read_count(reader, "syn_retries", p.syn_retries);
    read_count(reader, "syn_linear_timeouts", p.syn_linear_timeouts);
    read_count(reader, "syn_ack_retries", p.syn_ack_retries);
    read_count(reader, "data_retries", p.data_retries);
    reader.duration("msl", p.msl);
    reader.flag("keep_alive", p.keep_alive);
    reader.duration("keep_alive_idle", p.keep_alive_idle);
    reader.duration("keep_alive_interval", p.keep_alive_interval);
    read_count(reader, "keep_alive_probes", p.keep_alive_probes);
    reader.duration("user_timeout", p.user_timeout);
    read_congestion_control(reader, p.cc);
    reader.flag("fast_retransmit", p.fast_retransmit);
    read_count(reader, "duplicate_ack_threshold", p.duplicate_ack_threshold);
    reader.flag("limited_transmit", p.limited_transmit);
    reader.flag("rack", p.rack);
    reader.flag("tlp", p.tlp);
    reader.duration("tlp_max_ack_delay", p.tlp_max_ack_delay);
    reader.duration("tlp_margin", p.tlp_margin);
    reader.flag("reduce_from_pipe", p.reduce_from_pipe);
    reader.flag("undo", p.undo);
    reader.flag("idle_restart", p.idle_restart);
    reader.flag("abc", p.abc);
    read_count(reader, "abc_limit", p.abc_limit);
    reader.flag("reset_on_unread_data", p.reset_on_unread_data);
    read_count(reader, "ttl", p.ttl);
    reader.flag("ip_id_zero_on_syn_ack", p.ip_id_zero_on_syn_ack);
    reader.flag("random_initial_sequence", p.random_initial_sequence);
    reader.finish();
    if (members == Members::all) reader.require_all();

    // Values that would divide by zero or never end are wrong whatever the table says.
    const auto positive = [&](std::string_view key, core::Duration value) {
        if (value <= core::Duration{0}) reader.complain(key, "this time must be longer than 0");
    };
    positive("timestamp_tick", p.timestamp_tick);
    positive("timer_tick", p.timer_tick);
    positive("rto_initial", p.rto_initial);
    positive("rto_min", p.rto_min);
    positive("rto_max", p.rto_max);
    positive("keep_alive_idle", p.keep_alive_idle);
    positive("keep_alive_interval", p.keep_alive_interval);
    if (p.window_shift > 14) reader.complain("window_shift", "at most 14 (RFC 7323, 2.3)");
    if (p.receive_buffer == 0) reader.complain("receive_buffer", "at least 1 byte");
    if (p.send_buffer == 0) reader.complain("send_buffer", "at least 1 byte");
    if (p.ack_every_segments == 0) reader.complain("ack_every_segments", "at least 1");
    if (p.ecn > 2) reader.complain("ecn", "0 (off), 1 (ask and accept) or 2 (accept)");
    if (p.abc_limit == 0) reader.complain("abc_limit", "at least 1");
    if (p.duplicate_ack_threshold == 0) reader.complain("duplicate_ack_threshold", "at least 1");
    if (p.ttl == 0) reader.complain("ttl", "at least 1");
}

core::Result<tcp::Profile> load_profile(std::string_view name) {
    const auto folder = core::find_asset("profiles");
    if (!folder) return folder.error();
    const std::filesystem::path file = *folder / fmt::format("{}.toml", name);
    std::error_code no_file;  // a name may be too long for a file system
    if (name.find('/') != std::string_view::npos ||
        !std::filesystem::is_regular_file(file, no_file)) {
        return core::Error{fmt::format("there is no stack profile '{}': known are {}", name,
                                       known_profiles(*folder))};
    }
    Complaints complaints{file.string()};
    tcp::Profile profile;
    try {
        const toml::table table = toml::parse_file(file.string());
        read_profile(table, "profile", complaints, profile, Members::all);
    } catch (const toml::parse_error& error) {
        complaints.add(error.source().begin.line, error.description());
    }
    if (complaints.any()) return *complaints.first();
    return profile;
}

}  // namespace postack::scenario
