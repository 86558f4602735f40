// Whatever the network does (loss, copies, reordering, delay) and however the applications write
// and pause, the bytes that come out are the bytes that went in, and both ends come to rest.
#include <algorithm>
#include <chrono>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "sim/core/random.hpp"
#include "tests/tcp/pair.hpp"
#include "tests/tcp/profiles.hpp"

using namespace postack;
using namespace postack::tcp;
using namespace postack::tcp::test;
using namespace std::chrono_literals;

namespace {

constexpr int seeds = 3000;

Profile some_profile(core::Random& random) {
    Profile p = random.chance(0.5) ? linux_stack() : textbook();
    if (random.chance(0.5)) {
        const std::uint32_t buffers[] = {1, 100, 700, 3000, 20000};
        p.receive_buffer = buffers[random.below(5)];
    }
    if (random.chance(0.3)) p.send_buffer = 1 + static_cast<std::uint32_t>(random.below(3000));
    if (random.chance(0.3)) p.nagle = false;
    if (random.chance(0.3)) p.window_probe_data = !p.window_probe_data;
    if (random.chance(0.3)) p.timestamps = !p.timestamps;
    if (random.chance(0.3)) p.sack = !p.sack;
    if (random.chance(0.3)) p.window_scaling = !p.window_scaling;
    if (random.chance(0.3)) p.initial_window_segments = 0;
    if (random.chance(0.2)) p.fast_retransmit = false;
    if (random.chance(0.3)) p.rack = !p.rack;
    if (random.chance(0.3)) p.tlp = !p.tlp;
    if (random.chance(0.3)) p.dsack = false;
    if (random.chance(0.3)) p.undo = !p.undo;
    if (random.chance(0.3)) p.limited_transmit = false;
    if (random.chance(0.5)) {
        p.cc =
            p.cc == CongestionControl::cubic ? CongestionControl::reno : CongestionControl::cubic;
    }
    if (random.chance(0.3)) p.abc = !p.abc;
    p.ecn = static_cast<std::uint8_t>(random.below(3));
    if (random.chance(0.2)) p.keep_alive_idle = 500ms, p.keep_alive = true;
    p.syn_retries = p.syn_ack_retries = 20;  // an unlucky handshake is not the subject
    return p;
}

struct Speaker {
    core::Bytes text;  // what it has to say
    std::size_t said = 0;
    core::Bytes heard;
    bool closed = false;
    wire::SequenceNumber right_edge;  // furthest that it ever allowed the other to send
    bool edge_known = false;
    int shift = 0;
};

class Trial {
   public:
    Trial(std::uint64_t seed, bool telling) : random_(seed) {
        const std::uint32_t mtu = 120 + static_cast<std::uint32_t>(random_.below(1400));
        Profile a = some_profile(random_), b = some_profile(random_);
        pair_ = std::make_unique<Pair>(a, b, mtu);
        pair_->telling = telling;
        for (const Profile* p : {&a, &b}) {
            pair_->tell(fmt::format("{}: receive_buffer {} send_buffer {} shift {} mtu {}", p->name,
                                    p->receive_buffer, p->send_buffer,
                                    p->window_scaling ? p->window_shift : 0, mtu));
        }
        // Sequence numbers that wrap around during the transfer, now and then.
        for (ConnectionConfig* c : {&pair_->config_a, &pair_->config_b}) {
            if (random_.chance(0.5)) {
                c->initial_sequence =
                    wire::SequenceNumber{0U - static_cast<std::uint32_t>(random_.below(5000))};
            }
        }
        loss_ = random_.chance(0.3) ? 0 : random_.unit() * 0.25;
        copies_ = random_.chance(0.5) ? 0 : random_.unit() * 0.2;
        jitter_ = random_.chance(0.5)
                      ? 0us
                      : core::Duration{static_cast<std::int64_t>(random_.below(30'000'000))};
        pair_->delay = core::Duration{static_cast<std::int64_t>(random_.below(20'000'000))};
        for (Speaker& s : both_) {
            s.text.resize(random_.below(random_.chance(0.1) ? 40000 : 6000));
            // A lost window update costs a minute: do not wait for thousands of single bytes.
            if (std::min(a.receive_buffer, b.receive_buffer) < 10)
                s.text.resize(s.text.size() / 100);
            for (core::Byte& byte : s.text)
                byte = static_cast<core::Byte>(random_());
        }
        half_close_ = random_.chance(0.5);
        marks_ = random_.chance(0.5) ? 0 : random_.unit() * 0.2;
        pair_->mark = [this](const Packet&) { return random_.chance(marks_); };
        pair_->rule = [this](const Packet& p) { return fate(p); };
    }

    /// What went wrong; empty if nothing did.
    std::string run() {
        pair_->listen_b();
        pair_->open_a();
        if (random_.chance(0.1)) {
            pair_->b.listening = false;
            pair_->open_b();  // simultaneous open
        }
        for (int turns = 0; turns < 200000 && wrong_.empty(); ++turns) {
            const core::Instant until =
                pair_->now + core::Duration{static_cast<std::int64_t>(random_.below(60'000'000))};
            while (wrong_.empty() && pair_->step(until))
                check();
            pair_->now = until;
            act(0);
            act(1);
            check();
            if (finished()) break;
        }
        if (wrong_.empty() && !finished()) wrong_ = "it never ends";
        while (wrong_.empty() && pair_->step())
            check();
        if (!wrong_.empty()) return wrong_;
        for (int i = 0; i < 2; ++i) {
            const Speaker& s = speaker(i);
            const Speaker& other = speaker(1 - i);
            if (s.heard != other.text) {
                return fmt::format("{} heard {} bytes of {}", "AB"[i], s.heard.size(),
                                   other.text.size());
            }
            if (pair_->end(i)->state() != State::closed) {
                return fmt::format("{} ends in {}", "AB"[i], name(pair_->end(i)->state()));
            }
            if (pair_->end(i)->next_deadline() != core::never) return "a timer still runs";
        }
        return {};
    }

    [[nodiscard]] const std::string& story() const { return pair_->story; }

   private:
    std::vector<core::Duration> fate(const Packet& p) {
        // What the receiver of this packet promised must hold; what its sender promises is noted.
        const wire::TcpHeader& h = p.header;
        Speaker& from = speaker(p.from);
        const Speaker& to = speaker(1 - p.from);
        const std::uint32_t length = p.segment().sequence_length();
        if (length > 0 && !h.has(wire::SYN) && p.cause != Cause::zero_window_probe &&
            to.edge_known && h.sequence + length > to.right_edge) {
            wrong_ = fmt::format("{} sends up to {} beyond the window's edge {}", "AB"[p.from],
                                 (h.sequence + length).raw(), to.right_edge.raw());
        }
        if (h.has(wire::ACK) && !h.has(wire::RST)) {
            const Variables v = pair_->end(p.from)->variables();
            const int shift = h.has(wire::SYN) ? 0 : v.rcv_wind_shift;
            const auto edge = h.acknowledgment + (std::uint32_t{h.window} << shift);
            if (!from.edge_known || edge > from.right_edge) from.right_edge = edge;
            from.edge_known = true;
        }
        std::vector<core::Duration> fates;
        const auto once = [&] {
            return pair_->delay + core::Duration{static_cast<std::int64_t>(random_.below(
                                      static_cast<std::uint64_t>(jitter_.count()) + 1))};
        };
        if (!random_.chance(loss_)) fates.push_back(once());
        if (random_.chance(copies_)) fates.push_back(once());
        return fates;
    }

    void act(int i) {
        End& end = pair_->end(i);
        Speaker& s = speaker(i);
        if (!end.connection) return;
        if (random_.chance(0.6)) {
            core::Bytes piece(1 + random_.below(3000));
            const std::size_t n = end->receive(piece, pair_->now, end);
            s.heard.insert(s.heard.end(), piece.begin(),
                           piece.begin() + static_cast<std::ptrdiff_t>(n));
        }
        if (random_.chance(0.05)) end->quick_ack(pair_->now, end);
        if (s.said < s.text.size() && random_.chance(0.5)) {
            const std::size_t n =
                std::min<std::size_t>(s.text.size() - s.said, 1 + random_.below(2000));
            const bool more = random_.chance(0.2) && s.said + n < s.text.size();
            s.said += end->send({s.text.data() + s.said, n}, more, pair_->now, end);
        }
        const bool may_close = half_close_ || i == 0 || end->end_received();
        if (!s.closed && s.said == s.text.size() && may_close &&
            end->state() >= State::established) {
            s.closed = true;
            end->close(pair_->now, end);
        }
    }

    bool finished() {
        for (int i = 0; i < 2; ++i) {
            if (!speaker(i).closed || !pair_->end(i).connection) return false;
            if (speaker(i).heard.size() < speaker(1 - i).text.size()) return false;
        }
        return true;
    }

    void check() {
        for (int i = 0; i < 2; ++i) {
            if (!pair_->end(i).connection) continue;
            const Connection& c = *pair_->end(i);
            const Variables v = c.variables();
            if (v.snd_una > v.snd_nxt) wrong_ = "SND.UNA beyond SND.NXT";
            if (v.in_flight != v.snd_nxt - v.snd_una) wrong_ = "in flight";
            if (v.unread > 2 * pair_->end(0).connection->config().path_mtu * 1000)
                wrong_ = "unread";
            if (c.state() == State::closed && c.failure() != Failure::none &&
                speaker(i).heard.size() + c.readable() < speaker(1 - i).text.size()) {
                wrong_ = fmt::format("{} failed ({}) before all was heard", "AB"[i],
                                     static_cast<int>(c.failure()));
            }
            const bool waits = v.in_flight > 0 && c.state() != State::closed;
            if (waits && c.next_deadline() == core::never) wrong_ = "nothing would wake it";
        }
    }

    core::Random random_;
    std::unique_ptr<Pair> pair_;
    std::array<Speaker, 2> both_;
    Speaker& speaker(int i) { return both_[static_cast<std::size_t>(i)]; }
    double loss_ = 0, copies_ = 0, marks_ = 0;
    core::Duration jitter_{0};
    bool half_close_ = false;
    std::string wrong_;
};

}  // namespace

TEST_CASE("bytes in are bytes out, whatever the network does") {
    for (int seed = 1; seed <= seeds; ++seed) {
        Trial trial{static_cast<std::uint64_t>(seed), false};
        const std::string wrong = trial.run();
        if (wrong.empty()) continue;
        Trial again{static_cast<std::uint64_t>(seed), true};
        again.run();
        const std::string& story = again.story();
        constexpr std::size_t tail = 8000;
        INFO("seed ", seed, ": ", wrong, "\n", story.substr(0, 3000), "\n...\n",
             story.substr(story.size() > tail ? story.size() - tail : 0));
        FAIL_CHECK("the story ends badly");
        break;
    }
}
