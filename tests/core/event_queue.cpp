// The queue is tested first: everything stands on its order.
#include "sim/core/event_queue.hpp"

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <vector>

#include <doctest/doctest.h>

#include "sim/core/random.hpp"

using namespace postack::core;
using namespace std::chrono_literals;

TEST_CASE("events due at one instant leave in the order in which they were scheduled") {
    EventQueue<int> queue;
    for (int i = 0; i < 1000; ++i)
        queue.schedule(epoch + 5ns, i);
    for (int i = 0; i < 1000; ++i)
        CHECK(queue.take().payload == i);
    CHECK(queue.empty());
    CHECK(queue.next_time() == never);
}

TEST_CASE("an event scheduled for now runs after those already due now") {
    EventQueue<char> queue;
    queue.schedule(epoch, 'a');
    queue.schedule(epoch, 'b');
    CHECK(queue.take().payload == 'a');
    queue.schedule(epoch, 'c');
    CHECK(queue.take().payload == 'b');
    CHECK(queue.take().payload == 'c');
}

TEST_CASE_TEMPLATE("any mixture of adding and taking gives the order of (time, sequence)", Queue,
                   EventQueue<std::uint32_t>,
                   EventQueue<std::uint32_t, 54> /* numbers begin anew after 1024 */) {
    Random random{7};
    for (int round = 0; round < 50; ++round) {
        Queue queue;
        std::vector<std::tuple<Instant, std::uint32_t>> pending;
        std::uint32_t next = 0;
        Instant now = epoch;
        for (int i = 0; i < 2000; ++i) {
            if (pending.empty() || random.chance(0.55)) {
                const Instant time = now + Duration{static_cast<std::int64_t>(random.below(20))};
                queue.schedule(time, next);
                pending.emplace_back(time, next++);
            } else {
                // Sequence numbers rise with `next`, so the tuple's order is the queue's.
                const auto first = std::min_element(pending.begin(), pending.end());
                REQUIRE(queue.next_time() == std::get<0>(*first));
                const auto event = queue.take();
                REQUIRE(event.payload == std::get<1>(*first));
                REQUIRE(event.time == std::get<0>(*first));
                now = event.time;
                pending.erase(first);
            }
        }
        CHECK(queue.size() == pending.size());
    }
}
