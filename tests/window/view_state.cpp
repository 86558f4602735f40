// Moving through a recording: pure functions, no window.
#include "viz/window/view_state.hpp"

#include <doctest/doctest.h>

using namespace postack::window;
using postack::core::Language;

namespace {
ViewState at(std::uint32_t step, std::uint32_t steps = 32) {
    return start_state(steps, Language::french, false, step);
}
}  // namespace

TEST_CASE("a start beyond the end stands at the end") {
    CHECK(at(99).step == 32);
    CHECK(at(0).step == 0);
    CHECK_FALSE(selected_packet(at(0)).has_value());
    CHECK(selected_packet(at(12)) == 11U);
}

TEST_CASE("steps stop at both ends") {
    ViewState state = at(31);
    step_forward(state);
    CHECK(state.step == 32);
    step_forward(state, 10);
    CHECK(state.step == 32);
    step_back(state, 1000);
    CHECK(state.step == 0);
    step_back(state);
    CHECK(state.step == 0);
    go_to_end(state);
    CHECK(state.step == 32);
    go_to_start(state);
    CHECK(state.step == 0);
}

TEST_CASE("a step forward lets the arrow grow, a jump shows it whole") {
    ViewState state = at(4);
    step_forward(state);
    CHECK(state.flight == 0);
    CHECK(moving(state));
    advance(state, seconds_per_flight / 2);
    CHECK(state.flight == doctest::Approx(0.5));
    advance(state, 10);
    CHECK(state.flight == 1);
    CHECK_FALSE(moving(state));
    step_back(state);
    CHECK(state.flight == 1);
    go_to_step(state, 20);
    CHECK(state.flight == 1);
}

TEST_CASE("another packet forgets the bytes pointed at, the same one keeps them") {
    ViewState state = at(4);
    state.bytes = ByteRange{34, 2};
    select_packet(state, 3);
    CHECK(state.step == 4);
    CHECK(state.bytes.has_value());
    select_packet(state, 7);
    CHECK(state.step == 8);
    CHECK_FALSE(state.bytes.has_value());
}

TEST_CASE("playing makes one step at a time, ends at the end and begins again") {
    ViewState state = at(30);
    toggle_play(state);
    CHECK(state.playing);
    advance(state, 0.001);  // the first step comes at once
    CHECK(state.step == 31);
    advance(state, 100);  // however late: one step
    CHECK(state.step == 32);
    CHECK(state.playing);
    advance(state, 100);
    CHECK(state.step == 32);
    CHECK_FALSE(state.playing);
    toggle_play(state);
    CHECK(state.step == 0);
    CHECK(state.playing);
    step_forward(state);  // stepping by hand stops playing
    CHECK_FALSE(state.playing);
}

TEST_CASE("playing faster makes steps shorter") {
    ViewState slow = at(0), fast = at(0);
    faster(fast);
    toggle_play(slow);
    toggle_play(fast);
    advance(slow, 0.001);
    advance(fast, 0.001);
    REQUIRE(slow.step == 1);
    REQUIRE(fast.step == 1);
    advance(slow, seconds_per_step * 0.6);
    advance(fast, seconds_per_step * 0.6);
    CHECK(slow.step == 1);
    CHECK(fast.step == 2);
    for (int i = 0; i < 20; ++i)
        faster(fast);
    CHECK(fast.speed == speed_count - 1);
    for (int i = 0; i < 20; ++i)
        slower(fast);
    CHECK(fast.speed == 0);
}

TEST_CASE("an empty recording cannot be played or left") {
    ViewState state = at(0, 0);
    toggle_play(state);
    CHECK_FALSE(state.playing);
    step_forward(state);
    go_to_end(state);
    select_packet(state, 5);
    advance(state, 1);
    CHECK(state.step == 0);
}

TEST_CASE("the number typed to go to a packet") {
    CHECK(parse_step("12", 32) == 12U);
    CHECK(parse_step("  7 ", 32) == 7U);
    CHECK(parse_step("0", 32) == 0U);
    CHECK(parse_step("32", 32) == 32U);
    for (const char* wrong : {"", " ", "33", "-1", "1.5", "12a", "99999999999", "+3"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_step(wrong, 32).has_value());
    }
}

TEST_CASE("zoom stays readable, language goes to and fro") {
    ViewState state = at(0);
    set_zoom(state, 100);
    CHECK(state.zoom == max_zoom);
    set_zoom(state, 0.01);
    CHECK(state.zoom == min_zoom);
    toggle_language(state);
    CHECK(state.language == Language::english);
    toggle_language(state);
    CHECK(state.language == Language::french);
}
