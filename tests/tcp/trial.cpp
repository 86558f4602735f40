#include "tests/tcp/trial.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>

#include <fmt/format.h>

#include "sim/core/random.hpp"
#include "sim/tcp/window.hpp"
#include "tests/tcp/pair.hpp"
#include "tests/tcp/profiles.hpp"

namespace postack::tcp::test {
namespace {

using namespace std::chrono_literals;

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
    // A connection given up after bad luck, legally, is not the subject.
    p.syn_retries = p.syn_ack_retries = 20;
    p.data_retries = 60;
    return p;
}

struct Speaker {
    core::Bytes text;  // what it has to say
    std::size_t said = 0;
    core::Bytes heard;
    bool closed = false;
    bool more = false;                // its last write said that more would follow
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
            // A lost window update costs a minute, a lost segment seconds: do not wait for
            // thousands of single bytes.
            if (std::min({a.receive_buffer, b.receive_buffer, a.send_buffer, b.send_buffer}) < 10)
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
        for (int turns = 0; turns < 4000000 && wrong_.empty(); ++turns) {
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
            s.more = more;
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
            const Variables v = pair_->end(i)->variables();
            if (before_[index(i)].effective_mss == 0) before_[index(i)] = v;
            sequence_space(i, v);
            congestion_window(i, v);
            progress(i, v);
            before_[index(i)] = v;
        }
    }

    // RFC 9293, 3.3.1 and 3.4.
    void sequence_space(int i, const Variables& v) {
        const Variables& was = before_[index(i)];
        if (v.snd_una > v.snd_nxt) wrong_ = "SND.UNA beyond SND.NXT";
        if (v.in_flight != v.snd_nxt - v.snd_una) wrong_ = "in flight is not SND.NXT - SND.UNA";
        if (v.snd_una < was.snd_una) wrong_ = "SND.UNA went back";
        if (v.state >= State::established && was.state >= State::established &&
            v.rcv_nxt < was.rcv_nxt) {
            wrong_ = "RCV.NXT went back";
        }
        if (v.unread > receive_limit(profile(i))) wrong_ = "unread";
        if (!pair_->end(1 - i).connection || v.state < State::established) return;
        const Variables other = pair_->end(1 - i)->variables();
        if (other.state < State::established) return;
        // A probe of a closed window may carry a byte that SND.NXT does not count until it is
        // acknowledged.
        const std::uint32_t probe = profile(1 - i).window_probe_data ? 1 : 0;
        if (v.rcv_nxt > other.snd_nxt + probe) wrong_ = "RCV.NXT beyond what the other has sent";
        if (other.snd_una > v.rcv_nxt) wrong_ = "SND.UNA beyond what the other has received";
        if (v.bytes_received > other.bytes_sent + probe) wrong_ = "more bytes received than sent";
    }

    // How the congestion window may move in one event, and what may be sent under it.
    void congestion_window(int i, const Variables& v) {
        const Variables& was = before_[index(i)];
        const Profile& rules = profile(i);
        const std::uint32_t mss = v.effective_mss;
        if (v.state < State::established || v.state == State::closed) return;
        if (was.state < State::established) {
            // RFC 6928, section 2: ten segments of at most 1460 bytes.
            if (v.cwnd > 11 * mss) complain(i, "the initial window is too large", v);
            prior_cwnd_[index(i)] = v.cwnd;
            return;
        }
        const std::uint32_t acked = v.snd_una - was.snd_una;
        // RFC 5681, 3.1 (a segment an ACK), RFC 3465 (bytes, at most `abc_limit` segments).
        std::uint64_t growth = 0;
        if (acked > 0) growth = std::uint64_t{rules.abc ? rules.abc_limit : 1} * mss;
        // RFC 9438, 4.3: beyond ssthresh up to the window that Reno would have, by the bytes acked.
        const bool cubic = rules.cc == CongestionControl::cubic;
        if (cubic && was.cwnd >= was.ssthresh) growth = std::max<std::uint64_t>(growth, acked);
        // RFC 5681, 3.2: without SACK each duplicate ACK inflates it, the first three at once.
        if (!v.sack_permitted && v.in_recovery) growth += (was.in_recovery ? 1 : 3) * mss;
        // RFC 6675, 5, and RFC 6582, 3.2: recovery begins and ends with cwnd at ssthresh, which is
        // two segments at least, and so may be more than there was.
        const bool turns = v.in_recovery != was.in_recovery;
        const bool at_threshold = turns && v.cwnd <= v.ssthresh + growth;
        // What turns out to have been no loss is undone (RFC 3522, RFC 3708): the window is what it
        // was before.
        const std::uint64_t after_undoing = cubic ? std::max<std::uint64_t>(growth, acked) : growth;
        const bool undone = rules.undo && v.cwnd <= prior_cwnd_[index(i)] + after_undoing;
        // RFC 5681, equation (4); RFC 9438, 4.6: beta is 0.7.
        const auto part_of = [&](std::uint32_t window) {
            return std::max(cubic ? window / 10 * 7 + 7 : window / 2, 2 * mss);
        };
        const std::uint32_t reduced = part_of(was.in_flight);
        // Undone and reduced anew by one ACK: the new threshold is a part of what is in flight.
        const bool anew = rules.undo && v.in_recovery && v.cwnd == v.ssthresh &&
                          v.ssthresh != was.ssthresh && v.ssthresh <= reduced;
        if (v.cwnd > was.cwnd + growth && !undone && !at_threshold && !anew)
            complain(i, "cwnd grew too fast", v);
        const auto entered = [&](CongestionState state) {
            return v.congestion_state == state && was.congestion_state != state;
        };
        for (const CongestionState state :
             {CongestionState::recovery, CongestionState::loss, CongestionState::cwr}) {
            // RFC 3168, 6.1.2: an ECN echo halves cwnd, whatever is in flight; a loss that the same
            // ACK tells of reduces no more. It may have been undone a moment before.
            const std::uint32_t window =
                rules.undo ? std::max(was.cwnd, prior_cwnd_[index(i)]) : was.cwnd;
            const bool echo =
                state == CongestionState::cwr || (v.ecn && state == CongestionState::recovery);
            const std::uint32_t most = echo ? std::max(reduced, part_of(window)) : reduced;
            if (entered(state) && v.ssthresh > std::max(most, was.ssthresh)) {
                complain(i, "ssthresh after a loss is too large", v);
            }
        }
        // RFC 5681, 3.1: the loss window is one segment.
        if (entered(CongestionState::loss) && v.cwnd > mss) {
            complain(i, "the loss window is too large", v);
        }
        // New data leaves only if it fits (RFC 5681, 3.1; RFC 6675, 5): but for the two segments of
        // limited transmit (RFC 3042) and the one that probes for a lost tail (RFC 8985, 7.3). A
        // FIN alone is no data.
        const std::uint32_t fin = v.fin_sent ? 1 : 0;
        const bool probes = v.tail_loss_probe_pending && !was.tail_loss_probe_pending;
        if (!probes && v.snd_nxt > was.snd_nxt + fin && v.pipe > v.cwnd + 2 * mss + fin) {
            complain(i, "more in the network than cwnd", v);
        }
        // The window to which an undoing may return: that of before the reduction, or of before a
        // further one while the first was not over.
        const auto before = static_cast<std::uint32_t>(was.cwnd + growth);
        std::uint32_t& prior = prior_cwnd_[index(i)];
        if (was.congestion_state > CongestionState::disorder) {
            if (v.cwnd < was.cwnd) prior = std::max(prior, before);
            // Undone, grown and reduced anew, all by one ACK.
            if (v.cwnd == v.ssthresh) {
                prior += static_cast<std::uint32_t>(std::min<std::uint64_t>(growth, acked));
            }
        } else if (v.congestion_state > CongestionState::disorder) {
            // The same ACK may have undone the reduction before: then it returns there.
            prior = rules.undo ? std::max(prior, before) : before;
        }
    }

    // Nothing hangs while data can pass.
    void progress(int i, const Variables& v) {
        const Connection& c = *pair_->end(i);
        if (c.state() == State::closed && c.failure() != Failure::none &&
            speaker(i).heard.size() + c.readable() < speaker(1 - i).text.size()) {
            wrong_ = fmt::format("{} failed ({}) before all was heard", "AB"[i],
                                 static_cast<int>(c.failure()));
        }
        if (c.state() == State::closed || c.next_deadline() != core::never) return;
        if (v.in_flight > 0) wrong_ = "unacknowledged data, and nothing would wake it";
        if (v.unsent > 0 && v.state >= State::established && !speaker(i).more) {
            wrong_ = "unsent data, and nothing would wake it";
        }
    }

    void complain(int i, std::string_view what, const Variables& v) {
        const Variables& was = before_[index(i)];
        wrong_ = fmt::format(
            "{}: {}: cwnd {} to {}, ssthresh {} to {}, {} to {}, pipe {} to {}, in flight {} to "
            "{}, "
            "acked {}, mss {}, before the reduction {}",
            "AB"[i], what, was.cwnd, v.cwnd, was.ssthresh, v.ssthresh, name(was.congestion_state),
            name(v.congestion_state), was.pipe, v.pipe, was.in_flight, v.in_flight,
            v.snd_una - was.snd_una, v.effective_mss, prior_cwnd_[index(i)]);
    }

    core::Random random_;
    std::unique_ptr<Pair> pair_;
    std::array<Speaker, 2> both_;
    std::array<Variables, 2> before_{};  // at the event before
    std::array<std::uint32_t, 2> prior_cwnd_{};
    static std::size_t index(int i) { return static_cast<std::size_t>(i); }
    const Profile& profile(int i) { return i == 0 ? pair_->profile_a : pair_->profile_b; }
    Speaker& speaker(int i) { return both_[index(i)]; }
    double loss_ = 0, copies_ = 0, marks_ = 0;
    core::Duration jitter_{0};
    bool half_close_ = false;
    std::string wrong_;
};

}  // namespace

std::string run_trial(std::uint64_t seed, std::string* story) {
    Trial trial{seed, story != nullptr};
    std::string wrong = trial.run();
    if (story != nullptr) *story = trial.story();
    return wrong;
}

}  // namespace postack::tcp::test
