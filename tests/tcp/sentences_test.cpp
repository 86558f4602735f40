// Each cause, timer and trigger has its sentence in both languages.
#include <algorithm>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "sim/core/language.hpp"
#include "sim/tcp/cause.hpp"
#include "sim/tcp/explain.hpp"
#include "sim/tcp/variables.hpp"

using namespace postack;
using namespace postack::tcp;

TEST_CASE("each cause, timer and trigger can be told in French and in English") {
    for (const core::Language language : {core::Language::french, core::Language::english}) {
        const auto catalog = core::Catalog::load(language);
        REQUIRE_MESSAGE(catalog.ok(), (catalog.ok() ? "" : catalog.error().message));
        const auto told = [&](std::string_view prefix, std::string_view key) {
            const std::string full = "cause." + std::string(prefix) + std::string(key);
            CHECK_MESSAGE(catalog->has(full), full);
        };
        for (int i = 0; i < static_cast<int>(Cause::count_); ++i) {
            told("", name(static_cast<Cause>(i)));
        }
        for (int i = 0; i < static_cast<int>(Timer::count_); ++i) {
            told("timer_", name(static_cast<Timer>(i)));
        }
        for (int i = 0; i < static_cast<int>(Trigger::count_); ++i) {
            told("trigger_", name(static_cast<Trigger>(i)));
        }
        for (const Reason& reason : change_reasons())
            told("change_", reason.name);
        for (const char* action : {"set", "fired", "cancelled"})
            told("timer_", action);
    }
}

TEST_CASE("each cause, timer, transition and change names the section of an RFC") {
    for (int i = 1; i < static_cast<int>(Cause::count_); ++i) {
        CAPTURE(name(static_cast<Cause>(i)));
        CHECK(rule(static_cast<Cause>(i)).starts_with("RFC "));
    }
    for (int i = 0; i < static_cast<int>(Timer::count_); ++i) {
        CHECK(rule(static_cast<Timer>(i)).starts_with("RFC "));
    }
    for (const Transition& row : transitions()) {
        CHECK(row.rule.starts_with("3."));
        CHECK(transition_between(row.from, row.to, row.rule) != nullptr);
    }
    for (const Reason& reason : change_reasons())
        CHECK(reason.rule.starts_with("RFC "));
}

TEST_CASE("a change of cwnd is told by what the sender was doing") {
    const auto why = [](const Variables& before, const Variables& after) {
        for (const VariableChange& change : explain(before, after)) {
            if (change.variable == "cwnd") return std::string{change.reason.name};
        }
        return std::string{"(no change)"};
    };
    Variables a;
    Variables b;
    CHECK(explain(a, b).empty());
    b.cwnd = 2920;
    CHECK(why(a, b) == "initial_window");
    a = b;
    a.ssthresh = b.ssthresh = 5840;
    b.cwnd = 4380;
    CHECK(why(a, b) == "slow_start");
    a.ssthresh = b.ssthresh = 1460;
    CHECK(why(a, b) == "avoidance");
    std::swap(a, b);
    b.congestion_state = CongestionState::loss;
    b.cwnd = 1460;
    CHECK(why(a, b) == "cwnd_timeout");
    b.congestion_state = CongestionState::recovery;
    b.in_recovery = true;
    CHECK(why(a, b) == "cwnd_halved");
    std::swap(a, b);
    CHECK(why(a, b) == "cwnd_after_recovery");
    const auto changes = explain(a, b);
    const auto recovery = std::find_if(changes.begin(), changes.end(), [](const auto& change) {
        return change.variable == "in_recovery";
    });
    REQUIRE(recovery != changes.end());
    CHECK(recovery->reason.name == "recovery_over");
    CHECK(recovery->before == "yes");
    CHECK(recovery->after == "no");
}
