// Whole hosts on a bad link: whatever it loses, doubles, delays, reorders or corrupts, the bytes
// that arrive are the bytes that were sent, and every connection ends.
#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "sim/net/world.hpp"
#include "sim/record/recorder.hpp"

using namespace postack;
using namespace std::chrono_literals;

namespace {

tcp::Profile quick_profile() {
    tcp::Profile p;
    p.name = "test";
    p.timestamps = true;
    p.window_scaling = true;
    p.sack = true;
    p.delayed_ack_min = 40ms;
    p.delayed_ack_max = 200ms;
    p.rto_min = 200ms;
    p.receive_buffer = 20'000;
    p.send_buffer = 30'000;
    p.msl = 1s;
    return p;
}

core::Bytes pattern(std::size_t size, std::uint64_t seed) {
    core::Random random{seed};
    core::Bytes bytes(size);
    for (auto& b : bytes)
        b = static_cast<core::Byte>(random());
    return bytes;
}

// Sends everything in writes of random sizes, then closes its side.
class Sender final : public net::App {
   public:
    Sender(wire::Endpoint to, core::Bytes bytes, std::uint64_t seed)
        : to_(to), bytes_(std::move(bytes)), random_(seed) {}
    [[nodiscard]] std::string_view program() const override { return "sender"; }
    void start(net::AppContext& context) override { socket_ = *context.connect({}, to_); }
    void timer(net::AppContext& context, std::uint64_t) override { write(context); }
    void event(net::AppContext& context, net::SocketHandle, net::SocketEvent event,
               net::SocketHandle) override {
        if (event == net::SocketEvent::connected || event == net::SocketEvent::writable) {
            write(context);
        }
        if (event == net::SocketEvent::failed) failed = true;
        if (event == net::SocketEvent::readable && context.at_end(socket_)) {
            saw_end = true;
            context.close(socket_);
        }
    }
    bool failed = false, saw_end = false;

   private:
    void write(net::AppContext& context) {
        while (sent_ < bytes_.size()) {
            const std::size_t size =
                std::min<std::size_t>(1 + random_.below(4000), bytes_.size() - sent_);
            const std::size_t taken =
                context.send(socket_, core::BytesView{bytes_}.subspan(sent_, size));
            sent_ += taken;
            if (taken < size) return;
            if (random_.chance(0.2)) {
                context.after(core::Duration{static_cast<std::int64_t>(random_.below(50'000'000))},
                              0);
                return;
            }
        }
        if (!closed_) context.shutdown(socket_);
        closed_ = true;
    }
    wire::Endpoint to_;
    core::Bytes bytes_;
    core::Random random_;
    net::SocketHandle socket_ = net::no_socket;
    std::size_t sent_ = 0;
    bool closed_ = false;
};

// Reads with pauses; closes when the other side has.
class Receiver final : public net::App {
   public:
    explicit Receiver(std::uint64_t seed) : random_(seed) {}
    [[nodiscard]] std::string_view program() const override { return "receiver"; }
    void start(net::AppContext& context) override { static_cast<void>(*context.listen({{}, 7})); }
    void timer(net::AppContext& context, std::uint64_t) override { read(context); }
    void event(net::AppContext& context, net::SocketHandle socket, net::SocketEvent event,
               net::SocketHandle child) override {
        socket_ = event == net::SocketEvent::accepted ? child : socket;
        context.after(core::Duration{static_cast<std::int64_t>(random_.below(30'000'000))}, 0);
    }
    core::Bytes got;

   private:
    void read(net::AppContext& context) {
        const core::Bytes bytes = context.receive(socket_);
        got.insert(got.end(), bytes.begin(), bytes.end());
        if (context.at_end(socket_)) context.close(socket_);
    }
    core::Random random_;
    net::SocketHandle socket_ = net::no_socket;
};

struct Outcome {
    core::Bytes got;
    bool failed = false, saw_end = false;
    record::Recording recording;
};

Outcome transfer(std::uint64_t seed, const core::Bytes& bytes) {
    core::Random random{seed};
    record::Recorder recorder;
    net::World world{seed, &recorder};
    const auto a = wire::IpAddress::v4(0x0a000001), b = wire::IpAddress::v4(0x0a000002);
    world.add_host({"a", {a}, quick_profile(), 1500}, {"a", "a"});
    world.add_host({"b", {b}, quick_profile(), 1500}, {"b", "b"});
    net::LinkConfig link;
    link.hosts = {0, 1};
    link.delay = core::Duration{static_cast<std::int64_t>(random.below(30'000'000))};
    if (random.chance(0.5)) link.rate = 1'000'000 + random.below(50'000'000);
    const auto chance = [&](net::FaultAction action, double most, core::Duration by) {
        net::FaultRule rule;
        rule.action = action;
        rule.match.probability = random.unit() * most;
        rule.by = by;
        link.faults.push_back(rule);
    };
    chance(net::FaultAction::lose, 0.15, 0ms);
    chance(net::FaultAction::duplicate, 0.05, 3ms);
    chance(net::FaultAction::reorder, 0.1, 15ms);
    chance(net::FaultAction::corrupt, 0.05, 0ms);
    chance(net::FaultAction::delay, 0.1, 40ms);
    world.add_link(link);
    auto receiver = std::make_unique<Receiver>(seed + 1);
    auto sender = std::make_unique<Sender>(wire::Endpoint{b, 7}, bytes, seed + 2);
    Receiver* r = receiver.get();
    Sender* s = sender.get();
    world.add_app(1, std::move(receiver), core::epoch, 10us);
    world.add_app(0, std::move(sender), core::epoch, 10us);
    CHECK(world.run({}) == net::RunEnd::quiet);
    return {r->got, s->failed, s->saw_end, std::move(recorder).take()};
}

}  // namespace

TEST_CASE(
    "bytes that arrive are the bytes sent, over links that lose, double, reorder and corrupt") {
    for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
        CAPTURE(seed);
        const core::Bytes bytes = pattern(1 + seed * 37 % 40'000, seed);
        const Outcome outcome = transfer(seed, bytes);
        REQUIRE_FALSE(outcome.failed);
        REQUIRE(outcome.got.size() == bytes.size());
        REQUIRE(outcome.got == bytes);
        REQUIRE(outcome.saw_end);
        // Both ends have come to their end, through states that exist.
        for (record::SocketId id = 0; id < outcome.recording.sockets.size(); ++id) {
            const auto changes = outcome.recording.states.of_socket(id);
            REQUIRE_FALSE(changes.empty());
            const tcp::State last = outcome.recording.states[changes.back()].variables.state;
            REQUIRE(last == tcp::State::closed);
        }
        for (const auto& packet : outcome.recording.packets) {
            REQUIRE(packet.fate != record::Fate::in_flight);
        }
    }
}

TEST_CASE("what is sent again names the packet that carried it first, however long ago that was") {
    constexpr std::size_t sequence_at = 14 + 20 + 4;  // Ethernet, IPv4
    std::size_t again = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        const record::Recording recording = transfer(seed, pattern(300'000, seed)).recording;
        const auto sequence = [&](record::PacketId id) {
            return core::load_u32(&recording.frame(recording.packets[id])[sequence_at]);
        };
        for (record::PacketId id = 0; id < recording.packets.size(); ++id) {
            const record::Packet packet = recording.packets[id];
            if (!tcp::is_retransmission(packet.cause)) continue;
            CAPTURE(id);
            REQUIRE(packet.original < id);
            REQUIRE(sequence(packet.original) == sequence(id));
            ++again;
        }
    }
    CHECK(again > 100);
}

TEST_CASE("a SYN to a machine where nobody listens is refused; to no machine it is lost") {
    const auto a = wire::IpAddress::v4(0x0a000001), b = wire::IpAddress::v4(0x0a000002);
    for (const bool there : {true, false}) {
        record::Recorder recorder;
        net::World world{1, &recorder};
        auto profile = quick_profile();
        profile.syn_retries = 2;
        world.add_host({"a", {a}, profile, 1500}, {"a", "a"});
        world.add_host({"b", {b}, profile, 1500}, {"b", "b"});
        net::LinkConfig link;
        link.hosts = {0, 1};
        world.add_link(link);
        const auto target = there ? b : wire::IpAddress::v4(0x0a000063);
        auto sender = std::make_unique<Sender>(wire::Endpoint{target, 7}, core::Bytes{1}, 1);
        Sender* s = sender.get();
        world.add_app(0, std::move(sender), core::epoch, 10us);
        CHECK(world.run({}) == net::RunEnd::quiet);
        CHECK(s->failed);
        const auto& recording = recorder.recording();
        if (there) {
            REQUIRE(recording.packets.size() == 2);
            CHECK(recording.packets[1].cause == tcp::Cause::reset_no_connection);
        } else {
            CHECK(recording.packets.size() == 3);
            for (const auto& p : recording.packets)
                CHECK(p.fate == record::Fate::lost);
        }
    }
}
