// Each cause, timer and trigger has its sentence in both languages.
#include <string>

#include <doctest/doctest.h>

#include "sim/core/language.hpp"
#include "sim/tcp/cause.hpp"
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
    }
}
