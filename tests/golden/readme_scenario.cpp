// The scenario that the README shows is one: it loads, runs, and does what its comments say.
#include <string>

#include <doctest/doctest.h>

#include "sim/core/file.hpp"
#include "sim/scenario/scenario.hpp"

using namespace postack;

TEST_CASE(
    "the README's scenario runs: the SYN,ACK is lost, the SYN comes again, the dialogue ends") {
    const auto readme = core::read_file(std::string{POSTACK_SOURCE_DIR} + "/README.md");
    REQUIRE(readme.ok());
    const std::size_t begin = readme->find("```toml\n");
    REQUIRE(begin != std::string::npos);
    const std::string text = readme->substr(begin + 8, readme->find("```", begin + 8) - begin - 8);
    const auto scenario = scenario::parse_scenario(text, "README.toml");
    if (!scenario) FAIL(scenario.error().message);
    const auto recording = scenario::run(*scenario);
    REQUIRE(recording.ok());
    REQUIRE(recording->packets.size() > 10);
    CHECK(recording->packets[1].fate == record::Fate::lost);
    CHECK(recording->packets[2].cause == tcp::Cause::handshake_retransmit);
    CHECK(recording->lines.back().text.find("Connection closed") != std::string::npos);
}
