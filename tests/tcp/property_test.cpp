// Whatever the network does (loss, copies, reordering, delay, marks) and however the applications
// write and pause, the bytes that come out are the bytes that went in, both ends come to rest, and
// no rule of the RFCs is broken on the way. tests/soak runs as many seeds as one likes.
#include <string>

#include <doctest/doctest.h>

#include "tests/tcp/trial.hpp"

using namespace postack::tcp::test;

TEST_CASE("bytes in are bytes out, whatever the network does") {
    constexpr std::uint64_t seeds = 10'000;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const std::string wrong = run_trial(seed);
        if (wrong.empty()) continue;
        std::string story;
        run_trial(seed, &story);
        constexpr std::size_t tail = 8000;
        INFO("seed ", seed, ": ", wrong, "\n", story.substr(0, 3000), "\n...\n",
             story.substr(story.size() > tail ? story.size() - tail : 0));
        FAIL_CHECK("the story ends badly");
        break;
    }
}
