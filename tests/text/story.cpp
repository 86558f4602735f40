// The story of a run: whatever happened is told in one sentence with the section of an RFC.
#include <sstream>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "sim/record/dissect.hpp"
#include "sim/scenario/scenario.hpp"
#include "tests/support/lab.hpp"
#include "viz/text/text.hpp"

using namespace postack;

namespace {

std::string story_of(const record::Recording& recording, core::Language language) {
    const auto catalog = core::Catalog::load(language);
    REQUIRE(catalog.ok());
    std::ostringstream out;
    text::print_story(recording, record::dissect(recording), *catalog, out);
    return out.str();
}

}  // namespace

TEST_CASE("each packet, state, variable and timer of a run is told with its rule") {
    for (const char* name : {"tcp-slow-start", "smtp-lost-segment", "tcp-half-open"}) {
        CAPTURE(name);
        const auto recording = test::run_lab(name);
        for (const core::Language language : {core::Language::english, core::Language::french}) {
            std::istringstream lines{story_of(recording, language)};
            std::string line;
            std::size_t reasons = 0;
            while (std::getline(lines, line)) {
                CAPTURE(line);
                CHECK(line.find("cause.") == std::string::npos);
                if (!line.starts_with("      ")) continue;
                ++reasons;
                CHECK(line.find("[RFC ") != std::string::npos);
                CHECK(line.back() == ']');
            }
            CHECK(reasons > recording.packets.size() + recording.timers.size());
        }
    }
}

TEST_CASE("the story of a loss: the timer fires, cwnd falls, the segment goes again") {
    const std::string story = story_of(test::run_lab("smtp-lost-segment"), core::Language::english);
    const auto at = [&](std::string_view text) { return story.find(text); };
    const auto lost = at("#19  lost on the link (rule 1)");
    const auto fired = at("retransmission fired");
    const auto again = at("#20 [TCP Retransmission]");
    REQUIRE(lost != std::string::npos);
    REQUIRE(fired != std::string::npos);
    REQUIRE(again != std::string::npos);
    CHECK(lost < fired);
    CHECK(fired < again);
    CHECK(at("SYN-SENT → ESTABLISHED") != std::string::npos);
    CHECK(at("cause.") == std::string::npos);
}

TEST_CASE("json has the changes and the timers, with reasons and rules") {
    const auto recording = test::run_lab("smtp-lost-segment");
    std::ostringstream out;
    text::print_json(recording, record::dissect(recording), out);
    const auto value = nlohmann::json::parse(out.str());
    CHECK(value["timers"].size() == recording.timers.size());
    CHECK(value["changes"].size() > recording.states.size());
    for (const auto& change : value["changes"]) {
        CAPTURE(change.dump());
        CHECK(change["rule"].is_string());
        CHECK(change["reason"].is_string());
    }
    for (const auto& timer : value["timers"])
        CHECK(timer["rule"].get<std::string>().starts_with("RFC "));
}
