#include "viz/comparison/axis.hpp"

#include <doctest/doctest.h>

using namespace postack::comparison;

TEST_CASE("a linear axis ends at a round number that holds the largest value") {
    CHECK(linear_axis(50.4).top == doctest::Approx(60));
    CHECK(linear_axis(50.4).ticks.size() == 4);
    CHECK(linear_axis(3241).ticks == std::vector<double>{0, 1000, 2000, 3000, 4000});
    CHECK(linear_axis(5).ticks.size() == 6);
    CHECK(linear_axis(0).top == doctest::Approx(1));
    for (double largest = 1e-6; largest < 1e12; largest *= 1.37) {
        CAPTURE(largest);
        const Axis axis = linear_axis(largest);
        CHECK(axis.top >= largest * (1 - 1e-9));
        CHECK(axis.ticks.size() <= 6);
        CHECK(axis.ticks.size() >= 3);
    }
}

TEST_CASE("a logarithmic axis lies close round its values") {
    CHECK(logarithmic_axis(1.72, 81.5).ticks == std::vector<double>{1, 2, 5, 10, 20, 50, 100});
    CHECK(logarithmic_axis(1.0, 1.0).ticks.size() >= 2);
    for (double smallest = 1e-5; smallest < 1e5; smallest *= 2.3) {
        for (double factor = 1; factor < 1e7; factor *= 3.1) {
            CAPTURE(smallest);
            CAPTURE(factor);
            const Axis axis = logarithmic_axis(smallest, smallest * factor);
            CHECK(axis.place(smallest) >= -1e-9);
            CHECK(axis.place(smallest * factor) <= 1 + 1e-9);
            CHECK(axis.ticks.size() >= 2);
            CHECK(axis.ticks.size() <= 16);
        }
    }
}
