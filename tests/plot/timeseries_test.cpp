// Curves over time, of the lab that has everything to show: slow start, a loss, recovery, the RTO.
#include "viz/plot/timeseries.hpp"

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include "sim/record/dissect.hpp"
#include "sim/scenario/scenario.hpp"
#include "tests/support/lab.hpp"

using namespace postack;

namespace {

core::Result<diagram::Scene> draw(const record::Recording& recording,
                                  const std::vector<plot::Quantity>& quantities,
                                  core::Language language) {
    const auto catalog = core::Catalog::load(language);
    const auto measure = diagram::TextMeasure::load();
    REQUIRE(catalog.ok());
    REQUIRE(measure.ok());
    plot::Options options;
    options.quantities = quantities;
    options.language = language;
    return plot::draw_timeseries(recording, record::dissect(recording), options, *catalog,
                                 *measure);
}

bool has_text(const diagram::Scene& scene, std::string_view text) {
    return std::any_of(scene.shapes.begin(), scene.shapes.end(), [&](const diagram::Shape& shape) {
        const auto* label = std::get_if<diagram::Label>(&shape);
        return label != nullptr && label->text == text;
    });
}

void check_on_page(const diagram::Scene& scene) {
    for (const diagram::Shape& shape : scene.shapes) {
        if (const auto* line = std::get_if<diagram::Line>(&shape)) {
            for (const diagram::Point p : {line->from, line->to}) {
                CHECK((p.x >= 0 && p.x <= scene.width && p.y >= 0 && p.y <= scene.height));
            }
        } else if (const auto* label = std::get_if<diagram::Label>(&shape)) {
            CHECK((label->at.y > 0 && label->at.y < scene.height));
            CHECK_FALSE(label->text.starts_with("plot."));
        }
    }
}

}  // namespace

TEST_CASE("the curves of slow start, loss and recovery, in both languages") {
    const auto recording = test::run_lab("tcp-slow-start");
    const auto quantities = plot::parse_quantities("cwnd,sequence,rtt");
    REQUIRE(quantities.ok());
    const auto english = draw(recording, *quantities, core::Language::english);
    REQUIRE(english.ok());
    check_on_page(*english);
    for (const char* word : {"slow start", "recovery", "congestion avoidance", "ssthresh",
                             "retransmission", "SRTT", "RTO", "time (s)"}) {
        CAPTURE(word);
        CHECK(has_text(*english, word));
    }
    const auto french = draw(recording, *quantities, core::Language::french);
    REQUIRE(french.ok());
    check_on_page(*french);
    CHECK(has_text(*french, "démarrage lent"));
    CHECK(has_text(*french, "0,5"));
    CHECK(english->shapes.size() == french->shapes.size());

    // Each segment that was lost has its cross of two lines, tied to the packet.
    std::size_t crosses = 0;
    for (const diagram::Shape& shape : english->shapes) {
        const auto* line = std::get_if<diagram::Line>(&shape);
        if (line == nullptr || line->packet == diagram::no_packet) continue;
        CHECK(recording.packets[line->packet].fate == record::Fate::lost);
        ++crosses;
    }
    CHECK(crosses / 2 == static_cast<std::size_t>(std::count_if(
                             recording.packets.begin(), recording.packets.end(),
                             [](const auto& p) { return p.fate == record::Fate::lost; })));
}

TEST_CASE("what cannot be plotted is said") {
    CHECK(plot::parse_quantities("cwnd,speed").error().message ==
          "'speed' cannot be plotted; there are: cwnd, sequence, rtt");
    CHECK_FALSE(plot::parse_quantities("").ok());
    CHECK(plot::parse_quantities("rtt,rtt")->size() == 1);
    const auto none =
        draw(test::run_lab("udp-lost-line"), {plot::Quantity::cwnd}, core::Language::english);
    REQUIRE_FALSE(none.ok());
    CHECK(none.error().message == "there is nothing to plot: no TCP connection sends a byte");
    record::Recording capture;
    capture.from_capture = true;
    CHECK(draw(capture, {plot::Quantity::rtt}, core::Language::english).error().message ==
          "a capture has no variables to plot: only its packets are known");
}
