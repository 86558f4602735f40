// The table of states, the tables of names, and the ways through them.
#include <chrono>
#include <set>

#include <doctest/doctest.h>

#include "tests/tcp/pair.hpp"
#include "tests/tcp/profiles.hpp"

using namespace postack;
using namespace postack::tcp;
using namespace postack::tcp::test;
using namespace std::chrono_literals;

namespace {

std::vector<core::Duration> lose(const Packet&) {
    return {};
}

/// Brings A into a state.
void bring(Pair& pair, State state) {
    const auto connect = [&] {
        pair.listen_b();
        pair.open_a();
        pair.run_for(100ms);
    };
    switch (state) {
        case State::syn_sent:
            pair.rule = lose;
            pair.open_a();
            break;
        case State::syn_received:
            pair.open_a();
            pair.open_b();
            pair.step();
            pair.step();
            break;
        case State::established: connect(); break;
        case State::fin_wait_1:
            connect();
            pair.rule = lose;
            pair.a->close(pair.now, pair.a);
            break;
        case State::fin_wait_2:
            connect();
            pair.a->close(pair.now, pair.a);
            pair.run_for(100ms);
            break;
        case State::close_wait:
            connect();
            pair.b->close(pair.now, pair.b);
            pair.run_for(100ms);
            break;
        case State::closing:
            connect();
            pair.a->close(pair.now, pair.a);
            pair.b->close(pair.now, pair.b);
            pair.step();
            pair.step();
            break;
        case State::last_ack:
            bring(pair, State::close_wait);
            pair.rule = lose;
            pair.a->close(pair.now, pair.a);
            break;
        case State::time_wait:
            bring(pair, State::fin_wait_2);
            pair.b->close(pair.now, pair.b);
            pair.run_for(100ms);
            break;
        default: break;
    }
    if (state != State::closed && state != State::listen) REQUIRE(pair.a->state() == state);
}

/// Makes the trigger happen to A.
void pull(Pair& pair, Trigger trigger) {
    wire::TcpSegment s;
    const Variables v = pair.a->variables();
    s.header.sequence = v.rcv_nxt;
    s.header.acknowledgment = v.snd_nxt;
    s.header.window = 1000;
    if (v.timestamps) s.header.options.timestamps = wire::TcpTimestamps{v.ts_recent, 0};
    switch (trigger) {
        case Trigger::close_call: pair.a->close(pair.now, pair.a); return;
        case Trigger::abort_call: pair.a->abort(pair.now, pair.a); return;
        case Trigger::user_timeout:
            pair.rule = lose;
            if (v.state == State::fin_wait_2) {
                pair.a->release(pair.now, pair.a);
            } else {
                pair.say(pair.a, "data");
            }
            while (pair.wire_empty() ? pair.step() : (pair.drop_wire(), true)) {
            }
            return;
        case Trigger::time_wait_over: pair.run_until_quiet(); return;
        case Trigger::receive_rst: s.header.flags = wire::RST | wire::ACK; break;
        case Trigger::receive_syn: s.header.flags = wire::SYN; break;
        case Trigger::receive_syn_ack: s.header.flags = wire::SYN | wire::ACK; break;
        case Trigger::receive_ack_of_syn:
        case Trigger::receive_ack_of_fin: s.header.flags = wire::ACK; break;
        case Trigger::receive_fin:
            s.header.flags = wire::FIN | wire::ACK;
            if (v.fin_sent && v.state == State::fin_wait_1) s.header.acknowledgment = v.snd_una;
            break;
        case Trigger::receive_fin_with_ack_of_fin: s.header.flags = wire::FIN | wire::ACK; break;
        default: return;
    }
    pair.a->segment_arrives(s, pair.now, pair.a);
}

}  // namespace

TEST_CASE("each row of the table is a way that a connection takes") {
    for (const Transition& row : transitions()) {
        // A listener belongs to the owner of connections; its child begins with the SYN.
        if (row.from == State::listen || row.from == State::closed) continue;
        // A is no listener's child here: tests/drive/scripts/syn-received-syn.pkt takes this row.
        if (row.from == State::syn_received && row.trigger == Trigger::receive_syn) continue;
        for (const Profile& profile : {textbook(), linux_stack()}) {
            Pair pair{profile, profile};
            bring(pair, row.from);
            pair.a.transitions.clear();
            pull(pair, row.trigger);
            INFO(name(row.from), " ", name(row.trigger), " ", name(row.to));
            INFO(pair.story);
            REQUIRE(!pair.a.transitions.empty());
            CHECK(pair.a.transitions.front().from == row.from);
            CHECK(pair.a.transitions.front().trigger == row.trigger);
            CHECK(pair.a.transitions.front().to == row.to);
            if (row.to == State::closed) CHECK(pair.a->next_deadline() == core::never);
        }
    }
}

TEST_CASE("the table has one row for each pair, and a rule in each") {
    std::set<std::pair<State, Trigger>> seen;
    for (const Transition& row : transitions()) {
        CHECK(seen.insert({row.from, row.trigger}).second);
        CHECK(find_transition(row.from, row.trigger) == &row);
        CHECK(!row.rule.empty());
    }
    CHECK(find_transition(State::closed, Trigger::receive_fin) == nullptr);
    CHECK(find_transition(State::listen, Trigger::receive_syn)->to == State::syn_received);
}

TEST_CASE("every state, trigger, timer and cause has a name of its own") {
    const auto distinct = [](auto last) {
        using Enum = decltype(last);
        std::set<std::string_view> names;
        for (int i = 0; i < static_cast<int>(last); ++i)
            names.insert(name(static_cast<Enum>(i)));
        CHECK(names.count("") == 0);
        CHECK(names.size() == static_cast<std::size_t>(last));
    };
    distinct(State::count_);
    distinct(Trigger::count_);
    distinct(Timer::count_);
    distinct(Cause::count_);
    CHECK(name(State::fin_wait_1) == "FIN-WAIT-1");
    CHECK(netstat_name(State::fin_wait_1) == "FIN_WAIT1");
    CHECK(name(Cause::delayed_ack) == "delayed_ack");
    for (int i = 1; i < static_cast<int>(Cause::count_); ++i) {
        CHECK(!rule(static_cast<Cause>(i)).empty());
    }
    CHECK(is_retransmission(Cause::fin_retransmit));
    CHECK(!is_retransmission(Cause::data));
}
