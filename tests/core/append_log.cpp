#include "sim/core/append_log.hpp"

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using postack::core::AppendLog;

TEST_CASE("what is appended stays where it is, in order") {
    AppendLog<std::string> log;
    CHECK(log.empty());
    std::vector<const std::string*> places;
    places.reserve(5000);
    for (int i = 0; i < 5000; ++i)
        places.push_back(&log.push_back(std::to_string(i)));
    REQUIRE(log.size() == 5000);
    for (std::size_t i = 0; i < log.size(); ++i) {
        REQUIRE(&log[i] == places[i]);
        REQUIRE(log[i] == std::to_string(i));
    }
    CHECK(log.front() == "0");
    CHECK(log.back() == "4999");
    std::size_t i = 0;
    for (const std::string& value : log)
        REQUIRE(&value == places[i++]);
    CHECK(i == 5000);
}

TEST_CASE("its iterators serve the algorithms") {
    AppendLog<int> log;
    for (int i = 0; i < 10'000; ++i)
        log.push_back(2 * i);
    const AppendLog<int>& view = log;
    CHECK(std::lower_bound(view.begin(), view.end(), 4001) - view.begin() == 2001);
    CHECK(std::accumulate(view.begin(), view.end(), 0L) == 99'990'000L);
    for (int& value : log)
        ++value;
    CHECK(log[9999] == 19'999);
    CHECK(*(log.end() - 1) == log.back());
}

TEST_CASE("a copy is its own, a moved one is left empty, and all elements end") {
    const auto counted = std::make_shared<int>(0);
    {
        AppendLog<std::shared_ptr<int>> log;
        for (int i = 0; i < 3000; ++i)
            log.push_back(counted);
        AppendLog<std::shared_ptr<int>> copy = log;
        CHECK(counted.use_count() == 6001);
        AppendLog<std::shared_ptr<int>> moved = std::move(log);
        CHECK(counted.use_count() == 6001);
        CHECK(moved.size() == 3000);
        copy = moved;
        CHECK(counted.use_count() == 6001);
    }
    CHECK(counted.use_count() == 1);
}
