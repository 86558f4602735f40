// A sends full segments to B over a wire of 10 ms each way; a script says what happens to which
// segment, counted from 0 in the order of the stream.
#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/tcp/congestion.hpp"
#include "tests/tcp/pair.hpp"
#include "tests/tcp/profiles.hpp"

namespace postack::tcp::test {

class Transfer {
   public:
    static constexpr std::chrono::milliseconds one_way{10};

    Transfer(Profile a, Profile b) : pair_(prepared(a), prepared(b), 1040) {
        pair_.delay = one_way;
        pair_.rule = [this](const Packet& p) { return fate(p); };
        pair_.application = [this](int end) {
            if (end == 1 && pair_.b.connection) pair_.read_all(pair_.b);
        };
    }

    void lose(std::set<int> which) { lost_ = std::move(which); }
    /// The second sending as well.
    void lose_again(std::set<int> which) { lost_again_ = std::move(which); }
    void duplicate(std::set<int> which) { doubled_ = std::move(which); }
    /// The first sending arrives that much later.
    void delay(std::set<int> which, core::Duration by) {
        late_ = std::move(which);
        by_ = by;
    }
    bool hold_acks = false;  ///< what B sends after the handshake is lost

    /// Opens, sends `segments` full ones and lets everything settle.
    void run(int segments) {
        pair_.listen_b();
        pair_.open_a();
        pair_.run_for(std::chrono::milliseconds{100});
        mss_ = pair_.a->variables().effective_mss;
        begin_ = pair_.a->variables().snd_nxt;
        pair_.all.clear();
        running_ = true;
        wanted_ = static_cast<std::size_t>(segments) * mss_;
        pair_.say(pair_.a, std::string(wanted_, 'x'));
        pair_.run_for(hold_acks ? std::chrono::milliseconds{50}
                                : std::chrono::milliseconds{30'000});
    }

    Pair* operator->() { return &pair_; }
    [[nodiscard]] std::uint32_t mss() const { return mss_; }
    [[nodiscard]] wire::SequenceNumber begin() const { return begin_; }
    [[nodiscard]] const std::string& story() const { return pair_.story; }
    [[nodiscard]] bool complete() { return pair_.b.received.size() == wanted_; }
    [[nodiscard]] std::size_t count(Cause cause) const {
        return static_cast<std::size_t>(std::count_if(
            pair_.all.begin(), pair_.all.end(), [&](const Packet& p) { return p.cause == cause; }));
    }
    /// The segments that A sent more than once.
    [[nodiscard]] std::vector<int> sent_twice() const {
        std::vector<int> out;
        for (const auto& [number, times] : times_)
            if (times > 1) out.push_back(number);
        return out;
    }
    /// When the first packet with this cause left A, since the data began to flow.
    [[nodiscard]] core::Instant first(Cause cause) const {
        for (const Packet& p : pair_.all)
            if (p.cause == cause) return p.sent;
        return core::never;
    }

   private:
    static Profile prepared(Profile p) {
        p.nagle = false;
        p.send_buffer = 1'000'000;
        return p;
    }
    std::vector<core::Duration> fate(const Packet& p) {
        if (running_ && p.from == 1 && hold_acks) return {};
        if (!running_ || p.from == 1 || p.payload.empty()) return {one_way};
        const int number = static_cast<int>((p.header.sequence - begin_) / mss_);
        const int times = ++times_[number];
        if (times == 1 && lost_.count(number) != 0) return {};
        if (times == 2 && lost_again_.count(number) != 0) return {};
        if (times == 1 && late_.count(number) != 0) return {one_way + by_};
        if (times == 1 && doubled_.count(number) != 0) return {one_way, one_way};
        return {one_way};
    }

    Pair pair_;
    std::set<int> lost_, lost_again_, doubled_, late_;
    core::Duration by_{0};
    std::map<int, int> times_;
    bool running_ = false;
    std::uint32_t mss_ = 1;
    std::size_t wanted_ = 0;
    wire::SequenceNumber begin_;
};

}  // namespace postack::tcp::test
