#include "sim/core/units.hpp"

#include <doctest/doctest.h>

#include "sim/core/time.hpp"

using namespace postack::core;
using namespace std::chrono_literals;

TEST_CASE("times are read exactly, with their unit") {
    CHECK(parse_duration("20ms").value() == 20ms);
    CHECK(parse_duration("0.1ms").value() == 100us);
    CHECK(parse_duration("54.6473671s").value() == 54647367100ns);
    CHECK(parse_duration("46us").value() == 46us);
    CHECK(parse_duration("2min").value() == 120s);
    CHECK(parse_duration("0").value() == 0ns);
    for (const char* bad : {"", "20", "ms", "1.5.2s", "-3s", "1e3s", "0.5ns", "5 parsecs", "1.s",
                            "99999999999999999999s", "9223372037s"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_duration(bad).ok());
    }
}

TEST_CASE("a time is printed in the unit that reads best") {
    CHECK(format_duration(0ns) == "0 s");
    CHECK(format_duration(250ns) == "250 ns");
    CHECK(format_duration(46us) == "46 µs");
    CHECK(format_duration(43080us) == "43.08 ms");
    CHECK(format_duration(1500ms) == "1.5 s");
    CHECK(format_duration(-20ms) == "-20 ms");
}

TEST_CASE("rates, sizes and shares") {
    CHECK(parse_rate("100Mbps").value() == 100'000'000);
    CHECK(parse_rate("1.5Gbps").value() == 1'500'000'000);
    CHECK_FALSE(parse_rate("100").ok());
    CHECK_FALSE(parse_rate("0bps").ok());
    CHECK(parse_size("64KiB").value() == 65536);
    CHECK(parse_size("100M").value() == 100'000'000);
    CHECK(parse_size("12").value() == 12);
    CHECK_FALSE(parse_size("1.5").ok());
    CHECK(parse_share("5%").value() == doctest::Approx(0.05));
    CHECK(parse_share("0.05").value() == doctest::Approx(0.05));
    CHECK(parse_share("100%").value() == doctest::Approx(1.0));
    CHECK_FALSE(parse_share("101%").ok());
    CHECK_FALSE(parse_share("five").ok());
    CHECK(parse_count("25", 65535).value() == 25);
    CHECK_FALSE(parse_count("65536", 65535).ok());
    CHECK_FALSE(parse_count("2.5", 65535).ok());
}
