// The lab sessions at the level of the connection: sizes and pauses of the dialogue go in, and
// every row (flags, Seq, Ack, Len, Win) must come out as it was measured on a real Linux.
#include <chrono>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/tcp/pair.hpp"
#include "tests/tcp/profiles.hpp"

using namespace postack;
using namespace postack::tcp;
using namespace postack::tcp::test;
using namespace std::chrono_literals;

namespace {

/// Something that an end says by itself, at a time.
struct Line {
    double at;  ///< seconds after the start
    std::size_t size;
};
/// What the server does with the n-th line: after `think` seconds it writes these pieces.
struct Answer {
    double think;
    std::vector<std::size_t> pieces;
};

struct Session {
    double banner_after;
    std::size_t banner;
    std::vector<Line> lines;
    std::vector<Answer> answers;
    double close_after;  ///< the server closes, seconds after its last answer
    bool quick = false;  ///< the server asks for quick ACKs after each read (Dovecot)
};

core::Duration s(double seconds) {
    return core::Duration{static_cast<std::int64_t>(seconds * 1e9)};
}

/// Rows as in the tables of the lab: number, C or S, flags, Seq, Ack, Len, Win.
std::string rows(const Pair& pair) {
    std::string text;
    int number = 0;
    for (const Packet& p : pair.all) {
        const std::uint32_t mine = p.from == 0 ? 100 : 300, theirs = p.from == 0 ? 300 : 100;
        const bool syn = p.header.has(wire::SYN);
        text += fmt::format(
            "{} {} {} {} {} {} {}\n", ++number, p.from == 0 ? 'C' : 'S', flag_letters(p.header),
            p.header.sequence.raw() - mine,
            p.header.has(wire::ACK) ? std::to_string(p.header.acknowledgment.raw() - theirs) : "-",
            p.payload.size(), syn ? p.header.window : std::uint32_t{p.header.window} << 7);
    }
    return text;
}

void play(Pair& pair, const Session& session) {
    struct Due {
        core::Instant at;
        std::function<void()> act;
    };
    std::vector<Due> dues;  // in the order of their times
    const auto later = [&](core::Instant at, std::function<void()> act) {
        auto place = dues.end();
        while (place != dues.begin() && std::prev(place)->at > at)
            --place;
        dues.insert(place, {at, std::move(act)});
    };
    std::size_t heard = 0, line = 0;
    bool greeted = false, closed = false;
    pair.delay = 10us;
    pair.listen_b();
    pair.open_a();
    for (const Line& l : session.lines) {
        later(core::epoch + s(l.at), [&pair, l] {
            pair.read_all(pair.a);  // what is on the screen, before typing
            pair.say(pair.a, std::string(l.size, 'c'));
        });
    }
    pair.application = [&](int which) {
        if (which == 0 && pair.a->state() == State::close_wait && !closed) {
            closed = true;  // telnet reads the end and closes
            later(pair.now + 150us, [&pair] {
                pair.read_all(pair.a);
                pair.a->release(pair.now, pair.a);
            });
        }
        if (which != 1 || !pair.b.connection) return;
        if (pair.b->state() == State::established && !greeted) {
            greeted = true;
            later(pair.now + s(session.banner_after),
                  [&] { pair.say(pair.b, std::string(session.banner, 's')); });
        }
        if (pair.b->readable() == 0) return;
        heard += pair.read_all(pair.b).size();
        std::size_t expected = 0;
        for (std::size_t i = 0; i <= line; ++i)
            expected += session.lines[i].size;
        if (heard < expected) return;
        const Answer& answer = session.answers[line];
        if (session.quick) pair.b->quick_ack(pair.now, pair.b);
        core::Instant at = pair.now + s(answer.think);
        for (std::size_t piece : answer.pieces) {
            later(at, [&pair, piece, &session] {
                pair.say(pair.b, std::string(piece, 's'));
                if (session.quick) pair.b->quick_ack(pair.now, pair.b);
            });
            at += 100us;
        }
        if (++line == session.lines.size()) {
            later(at + s(session.close_after), [&pair] { pair.b->release(pair.now, pair.b); });
        }
    };
    while (true) {
        const core::Instant until = dues.empty() ? core::never : dues.front().at;
        if (pair.step(until)) continue;  // it may have added dues
        if (dues.empty()) break;
        pair.now = until;
        const auto act = std::move(dues.front().act);
        dues.erase(dues.begin());
        // The typist reads what is on the screen before typing.
        act();
    }
}

}  // namespace

TEST_CASE("L0: the 32 packets of the SMTP session") {
    Pair pair{linux_stack(), linux_stack()};
    play(pair, {0.0004,
                51,
                {{54.6473671, 34},
                 {63.7197146, 27},
                 {75.5142909, 39},
                 {84.3340132, 6},
                 {92.3772761, 39},
                 {102.264211, 96},
                 {110.739039, 3},
                 {113.114945, 6}},
                {{0.0019, {24}},
                 {0.0103, {14}},
                 {0.0201, {14}},
                 {0.00013, {37}},
                 {0, {}},
                 {0, {}},
                 {0.0164, {36}},
                 {0.00046, {15}}},
                0.00003});
    INFO(pair.story);
    CHECK(rows(pair) == R"(1 C S 0 - 0 65495
2 S SA 0 1 0 65483
3 C A 1 1 0 65536
4 S PA 1 1 51 65536
5 C A 1 52 0 65536
6 C PA 1 52 34 65536
7 S A 52 35 0 65536
8 S PA 52 35 24 65536
9 C A 35 76 0 65536
10 C PA 35 76 27 65536
11 S PA 76 62 14 65536
12 C A 62 90 0 65536
13 C PA 62 90 39 65536
14 S PA 90 101 14 65536
15 C A 101 104 0 65536
16 C PA 101 104 6 65536
17 S PA 104 107 37 65536
18 C A 107 141 0 65536
19 C PA 107 141 39 65536
20 S A 141 146 0 65536
21 C PA 146 141 96 65536
22 S A 141 242 0 65536
23 C PA 242 141 3 65536
24 S A 141 245 0 65536
25 S PA 141 245 36 65536
26 C A 245 177 0 65536
27 C PA 245 177 6 65536
28 S PA 177 251 15 65536
29 C A 251 192 0 65536
30 S FA 192 251 0 65536
31 C FA 251 193 0 65536
32 S A 193 252 0 65536
)");
    REQUIRE(pair.all.size() == 32);
    const auto waited = pair.all[19].sent - pair.all[18].sent;
    CHECK(waited > 40ms);
    CHECK(waited <= 44ms + 10us);
    CHECK(pair.all[19].cause == Cause::delayed_ack);
    CHECK(pair.all[6].cause == Cause::quick_ack);
    CHECK(pair.all[10].cause == Cause::data_with_ack);
    CHECK(pair.all[21].cause == Cause::quick_ack);
    CHECK(pair.all[24].cause == Cause::data);
    CHECK(pair.all[29].cause == Cause::fin);
    CHECK(pair.all[30].cause == Cause::fin);
    CHECK(pair.all[31].cause == Cause::fin_ack);
    CHECK(pair.b->state() == State::closed);  // TIME-WAIT is over
    CHECK(pair.now - pair.all[31].sent >= 60s);
}

TEST_CASE("the recorded Postfix session: 36 packets") {
    Pair pair{linux_stack(), linux_stack()};
    play(pair, {0.00102,
                51,
                {{4.987562, 34},
                 {9.087384, 27},
                 {14.287131, 39},
                 {18.187071, 6},
                 {24.687399, 96},
                 {25.887194, 25},
                 {26.587216, 2},
                 {29.387201, 48},
                 {31.787272, 3},
                 {34.387146, 6}},
                {{0.00036, {24}},
                 {0.00026, {14}},
                 {0.0035, {14}},
                 {0.0002, {37}},
                 {0, {}},
                 {0, {}},
                 {0, {}},
                 {0, {}},
                 {0.0018, {37}},
                 {0.00057, {15}}},
                0.00002});
    INFO(pair.story);
    CHECK(rows(pair) == R"(1 C S 0 - 0 65495
2 S SA 0 1 0 65483
3 C A 1 1 0 65536
4 S PA 1 1 51 65536
5 C A 1 52 0 65536
6 C PA 1 52 34 65536
7 S A 52 35 0 65536
8 S PA 52 35 24 65536
9 C A 35 76 0 65536
10 C PA 35 76 27 65536
11 S PA 76 62 14 65536
12 C A 62 90 0 65536
13 C PA 62 90 39 65536
14 S PA 90 101 14 65536
15 C A 101 104 0 65536
16 C PA 101 104 6 65536
17 S PA 104 107 37 65536
18 C A 107 141 0 65536
19 C PA 107 141 96 65536
20 S A 141 203 0 65536
21 C PA 203 141 25 65536
22 S A 141 228 0 65536
23 C PA 228 141 2 65536
24 S A 141 230 0 65536
25 C PA 230 141 48 65536
26 S A 141 278 0 65536
27 C PA 278 141 3 65536
28 S A 141 281 0 65536
29 S PA 141 281 37 65536
30 C A 281 178 0 65536
31 C PA 281 178 6 65536
32 S PA 178 287 15 65536
33 C A 287 193 0 65536
34 S FA 193 287 0 65536
35 C FA 287 194 0 65536
36 S A 194 288 0 65536
)");
    REQUIRE(pair.all.size() == 36);
    CHECK(pair.all[19].cause == Cause::delayed_ack);  // measured: 41.9 ms
    CHECK(pair.all[19].sent - pair.all[18].sent > 40ms);
    CHECK(pair.all[19].sent - pair.all[18].sent <= 44ms + 10us);
    for (const std::size_t at : {21U, 23U, 25U, 27U}) {
        CHECK(pair.all[at].cause == Cause::quick_ack);
        CHECK(pair.all[at].sent - pair.all[at - 1].sent == pair.delay);
    }
}

// popa3d writes its answers in pieces, and telnet does not read between them: the window shows
// what is unread, in steps of 128.
TEST_CASE("L0: the 33 packets of the POP3 session") {
    Pair pair{linux_stack(), linux_stack()};
    play(pair, {0.0018,
                5,
                {{7.92, 15}, {28.87, 16}, {50.46, 6}, {56.89, 6}, {65.01, 9}, {69.29, 6}},
                {{0.0003, {5}},
                 {0.029, {5}},
                 {0.0007, {11}},
                 {0.0001, {5, 10}},
                 {0.0001, {5, 419, 3}},
                 {0.0001, {5}}},
                0.0014});
    INFO(pair.story);
    CHECK(rows(pair) == R"(1 C S 0 - 0 65495
2 S SA 0 1 0 65483
3 C A 1 1 0 65536
4 S PA 1 1 5 65536
5 C A 1 6 0 65536
6 C PA 1 6 15 65536
7 S A 6 16 0 65536
8 S PA 6 16 5 65536
9 C A 16 11 0 65536
10 C PA 16 11 16 65536
11 S PA 11 32 5 65536
12 C A 32 16 0 65536
13 C PA 32 16 6 65536
14 S PA 16 38 11 65536
15 C A 38 27 0 65536
16 C PA 38 27 6 65536
17 S PA 27 44 5 65536
18 C A 44 32 0 65536
19 S PA 32 44 10 65536
20 C A 44 42 0 65536
21 C PA 44 42 9 65536
22 S PA 42 53 5 65536
23 C A 53 47 0 65536
24 S PA 47 53 419 65536
25 C A 53 466 0 65152
26 S PA 466 53 3 65536
27 C A 53 469 0 65152
28 C PA 53 469 6 65536
29 S PA 469 59 5 65536
30 C A 59 474 0 65536
31 S FA 474 59 0 65536
32 C FA 59 475 0 65536
33 S A 475 60 0 65536
)");
}

// Over IPv6; Dovecot asks for quick ACKs: each command is acknowledged before its answer.
TEST_CASE("L0: the 28 packets of the IMAP session") {
    Pair pair{linux_stack(), linux_stack(), 65536, 6};
    play(pair, {0.018,
                121,
                {{11.85, 28}, {22.10, 15}, {30.10, 17}, {45.20, 18}, {50.76, 10}},
                {{0.064, {408}}, {0.0028, {86}}, {0.005, {297}}, {0.0027, {499}}, {0.0023, {64}}},
                0.0001,
                true});
    INFO(pair.story);
    CHECK(rows(pair) == R"(1 C S 0 - 0 65476
2 S SA 0 1 0 65464
3 C A 1 1 0 65536
4 S PA 1 1 121 65536
5 C A 1 122 0 65536
6 C PA 1 122 28 65536
7 S A 122 29 0 65536
8 S PA 122 29 408 65536
9 C A 29 530 0 65152
10 C PA 29 530 15 65536
11 S A 530 44 0 65536
12 S PA 530 44 86 65536
13 C A 44 616 0 65536
14 C PA 44 616 17 65536
15 S A 616 61 0 65536
16 S PA 616 61 297 65536
17 C A 61 913 0 65280
18 C PA 61 913 18 65536
19 S A 913 79 0 65536
20 S PA 913 79 499 65536
21 C A 79 1412 0 65152
22 C PA 79 1412 10 65536
23 S A 1412 89 0 65536
24 S PA 1412 89 64 65536
25 C A 89 1476 0 65536
26 S FA 1476 89 0 65536
27 C FA 89 1477 0 65536
28 S A 1477 90 0 65536
)");
}
