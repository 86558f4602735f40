#include "sim/drive/lines.hpp"

#include <charconv>
#include <iterator>
#include <span>
#include <utility>

#include <fmt/format.h>

namespace postack::drive {
namespace {

constexpr std::size_t longest_id = 64;
constexpr std::size_t largest_packet = 65535;
// Times up to a century: sums with timers stay far from the end of 64 bits.
constexpr std::int64_t latest = std::int64_t{100} * 366 * 86400 * 1'000'000'000;

std::int64_t count(core::Instant instant) {
    return instant.time_since_epoch().count();
}

}  // namespace

bool LineDriver::line(std::string_view request, std::string& out) {
    out_ = &out;
    if (!request.empty() && request.back() == '\r') request.remove_suffix(1);
    if (request.empty() || request.front() == '#') return true;
    std::vector<std::string_view> words = split_words(request);
    const std::string_view verb = words.empty() ? std::string_view{} : words.front();
    if (verb == "quit") return false;
    if (verb == "hello") {
        if (words.size() == 2 && words[1] == "1") {
            out += "ok stack-driver 1 postack\n";
        } else {
            refuse({"EINVAL", "hello wants the protocol, 1"});
        }
    } else if (verb == "set") {
        set(words);
    } else if (verb == "start") {
        start();
    } else if (verb == "inject" || verb == "advance" || verb == "next" || verb == "call") {
        if (!driver_) {
            refuse({"EINVAL", "not started"});
        } else if (verb == "call") {
            call(std::move(words));
        } else if (verb == "next" && words.size() == 1) {
            next();
        } else if (verb == "inject" && words.size() == 2) {
            inject(words[1]);
        } else if (verb == "advance" && words.size() == 2) {
            advance(words[1]);
        } else {
            refuse({"EINVAL", fmt::format("{}: wrong number of words", verb)});
        }
    } else {
        refuse({"ENOSYS", fmt::format("unknown request {:.40}", verb)});
    }
    return true;
}

void LineDriver::packet(core::Instant now, const net::Departure& departure) {
    fmt::format_to(std::back_inserter(*out_), "tx {} ", count(now));
    *out_ += core::to_hex(departure.ip_packet);
    *out_ += '\n';
    if (pcap_.is_open()) pcap_.packet(now, departure.ip_packet);
}

void LineDriver::returned(core::Instant now, const Returned& r) {
    fmt::format_to(std::back_inserter(*out_), "ret {} {} {} {}{}{}\n", r.id, count(now), r.value,
                   r.error, r.extra.empty() ? "" : " ", r.extra);
}

void LineDriver::refuse(const Refusal& refusal) {
    *out_ += fmt::format("err {} {}\n", refusal.name, refusal.text);
}

void LineDriver::ok_now() {
    if (pcap_.is_open()) pcap_.flush();
    fmt::format_to(std::back_inserter(*out_), "ok {}\n", count(driver_->now()));
}

void LineDriver::set(const std::vector<std::string_view>& words) {
    if (driver_) {
        refuse({"EINVAL", "already started"});
        return;
    }
    if (words.size() != 3) {
        refuse({"EINVAL", "set wants a key and a value"});
        return;
    }
    const core::Status done = drive::set(settings_, words[1], words[2]);
    if (!done) {
        refuse({"EINVAL", done.error().message});
        return;
    }
    *out_ += "ok\n";
}

void LineDriver::start() {
    if (driver_) {
        refuse({"EINVAL", "already started"});
        return;
    }
    if (!settings_.pcap.empty()) {
        if (const core::Status opened = pcap_.open(settings_.pcap); !opened) {
            refuse({"EINVAL", opened.error().message});
            return;
        }
    }
    driver_ = std::make_unique<HostDriver>(settings_, *this);
    ok_now();
}

void LineDriver::inject(std::string_view hex) {
    const auto bytes = core::from_hex(hex);
    if (!bytes || bytes->empty() || bytes->size() > largest_packet) {
        refuse({"EINVAL", "inject wants an IP packet in hexadecimal"});
        return;
    }
    if (pcap_.is_open()) pcap_.packet(driver_->now(), *bytes);
    driver_->inject(*bytes);
    ok_now();
}

void LineDriver::advance(std::string_view time) {
    std::int64_t until = 0;
    const auto [end, error] = std::from_chars(time.data(), time.data() + time.size(), until);
    if (error != std::errc{} || end != time.data() + time.size() || until < 0 || until > latest) {
        refuse({"EINVAL", fmt::format("advance wants nanoseconds from 0 to {}", latest)});
        return;
    }
    driver_->advance(core::Instant{core::Duration{until}});
    ok_now();
}

void LineDriver::next() {
    const core::Instant when = driver_->next();
    *out_ += when == core::never ? "ok never\n" : fmt::format("ok {}\n", count(when));
}

void LineDriver::call(std::vector<std::string_view> words) {
    if (words.size() < 3 || words[1].size() > longest_id) {
        refuse({"EINVAL", "call wants an id, a name and arguments"});
        return;
    }
    auto parsed = parse_call(std::span{words}.subspan(2));
    if (const Refusal* refusal = std::get_if<Refusal>(&parsed)) {
        refuse(*refusal);
        return;
    }
    if (const auto refusal =
            driver_->call(std::string{words[1]}, std::get<Call>(std::move(parsed)))) {
        refuse(*refusal);
        return;
    }
    ok_now();
}

}  // namespace postack::drive
