// The built-in services, two hosts back to back in virtual time, and the digest they report.
#include "sim/drive/service_host.hpp"

#include <deque>

#include <doctest/doctest.h>

using namespace postack;

TEST_CASE("sha256: the examples of FIPS 180-4") {
    drive::Sha256 empty;
    CHECK(empty.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    drive::Sha256 abc;
    abc.update(core::as_bytes("a"));
    abc.update(core::as_bytes("bc"));
    CHECK(abc.hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    drive::Sha256 long_one;
    for (int i = 0; i < 1000; ++i)
        long_one.update(core::Bytes(1000, 'a'));
    CHECK(long_one.hex() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("services: a source fills a sink, an echo gives all back") {
    struct Packet {
        core::Bytes bytes;
        core::Instant arrival;
        int to;
    };
    std::deque<Packet> wire;
    core::Instant now = core::epoch;
    constexpr core::Duration delay{5'000'000};
    drive::Settings left, right;
    left.address = wire::IpAddress::v4(0x0a000001);
    right.address = wire::IpAddress::v4(0x0a000002);
    const auto send_to = [&](int to) {
        return [&wire, &now, to, delay](const net::Departure& departure) {
            wire.push_back(
                {{departure.ip_packet.begin(), departure.ip_packet.end()}, now + delay, to});
        };
    };
    drive::ServiceHost a{left, send_to(1)};
    drive::ServiceHost b{right, send_to(0)};
    REQUIRE(b.listen(9, drive::Service::discard, 0).ok());
    REQUIRE(b.listen(7, drive::Service::echo, 0).ok());
    CHECK_FALSE(b.listen(7, drive::Service::echo, 0).ok());
    constexpr std::uint64_t count = 1'000'003;
    REQUIRE(a.connect({right.address, 9}, drive::Service::source, count, now).ok());
    REQUIRE(a.connect({right.address, 7}, drive::Service::source, count, now).ok());

    for (int step = 0; step < 1'000'000 && (a.finished() < 2 || b.finished() < 2); ++step) {
        core::Instant next = std::min(a.next_deadline(), b.next_deadline());
        if (!wire.empty()) next = std::min(next, wire.front().arrival);
        REQUIRE(next != core::never);
        now = std::max(now, next);
        if (!wire.empty() && wire.front().arrival <= now) {
            const Packet packet = std::move(wire.front());
            wire.pop_front();
            (packet.to == 0 ? a : b).packet_arrives(packet.bytes, now);
        }
        a.timers(now);
        b.timers(now);
    }
    core::Bytes all(count);
    drive::fill_pattern(0, all);
    CHECK(all[4003] == (1000 & 0xff));
    drive::Sha256 digest;
    digest.update(all);
    for (const std::string& report : {a.report(), b.report()}) {
        CHECK(report.find("\"retransmissions\": 0") != std::string::npos);
        CHECK(report.find("\"bytes_sent\": 1000003") != std::string::npos);
        CHECK(report.find(digest.hex()) != std::string::npos);
        CHECK(report.find("\"finished\": false") == std::string::npos);
    }
}
