// What the panels read: rows, filter, facts of a step.
#include "viz/window/model.hpp"

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include <doctest/doctest.h>

#include "sim/scenario/scenario.hpp"

using namespace postack;
using namespace postack::window;

namespace {

record::Recording shipped(const char* name, const scenario::Edits& edits = {}) {
    auto loaded = scenario::load_scenario(name, edits);
    REQUIRE_MESSAGE(loaded.ok(), loaded.error().message);
    auto recording = scenario::run(*loaded);
    REQUIRE_MESSAGE(recording.ok(), recording.error().message);
    return std::move(recording).value();
}

}  // namespace

TEST_CASE("the filter finds what a row shows, letters of either case alike") {
    record::Row row;
    row.number = 12;
    row.source = *wire::parse_ip("192.168.56.131");
    row.destination = *wire::parse_ip("127.0.0.1");
    row.protocol = "SMTP";
    row.info = "C: HELO Bonjour";
    for (const char* found : {"", "12", "smtp", "helo bon", "56.131", "127.0"}) {
        CAPTURE(found);
        CHECK(filter_matches(row, found));
    }
    for (const char* absent : {"14", "udp", "131127", "smtpc:"}) {
        CAPTURE(absent);
        CHECK_FALSE(filter_matches(row, absent));
    }
    CHECK(ascii_lower("SYN é") == "syn é");
}

TEST_CASE("a lab: rows, ends, facts of a step") {
    Model model(shipped("smtp-postfix"));
    REQUIRE(model.steps() == 32);
    CHECK(model.filtered("") == nullptr);
    const auto* smtp = model.filtered("smtp");
    REQUIRE(smtp != nullptr);
    CHECK(smtp->size() == 15);  // fifteen messages of the dialogue in 32 segments
    CHECK(model.filtered("no such text")->empty());

    // Both directions name the same two ends in the same order.
    const Ends from_client = model.ends(0), from_server = model.ends(1);
    CHECK(from_client.client != record::none);
    CHECK(from_client.client == from_server.client);
    CHECK(from_client.server == from_server.server);
    CHECK(model.ends(32).client == record::none);

    CHECK(model.at(0).details.empty());
    CHECK(model.at(0).mailboxes.empty());
    CHECK_FALSE(model.at(6).details.empty());
    const core::Instant sixth = model.at(6).time;
    CHECK(model.at(12).time > sixth);
    const std::vector<Mailbox> boxes = model.at(32).mailboxes;
    REQUIRE(boxes.size() == 1);
    CHECK(boxes[0].text.size() == boxes[0].size);
    CHECK_FALSE(boxes[0].cut);

    REQUIRE(model.terminals().size() == 1);
    const auto typed_at = [&](std::uint32_t step) {
        std::string text;
        for (const TerminalLine& line : model.terminal(model.terminals()[0], model.at(step))) {
            text += line.text;
        }
        return text;
    };
    // A line stands there from when it is typed, just before its packet leaves.
    CHECK(typed_at(4).find("HELO") == std::string::npos);
    CHECK(typed_at(6).find("HELO") != std::string::npos);
    CHECK(typed_at(32).find("221 2.0.0 Bye") != std::string::npos);
}

TEST_CASE("a lost packet is marked on the timeline") {
    scenario::Edits edits;
    edits.lose = {6};
    Model model(shipped("smtp-postfix", edits));
    const auto& marks = model.marks();
    CHECK(std::count(marks.begin(), marks.end(), Mark::lost) == 1);
    CHECK(std::count(marks.begin(), marks.end(), Mark::again) >= 1);
}

TEST_CASE("every text that the window asks for exists in both languages") {
    std::set<std::string> keys;
    const std::regex used(
        "\"((?:tip|tab|help|key|var|timer|column|netstat|chooser|error)\\."
        "[a-z_0-9.]+[a-z0-9])\"");
    const std::regex word("word\\(\"([a-z_.]+[a-z])\"\\)");
    for (const auto& entry : std::filesystem::directory_iterator(
             std::filesystem::path{POSTACK_SOURCE_DIR} / "viz" / "window")) {
        if (entry.path().extension() != ".cpp") continue;
        std::ifstream file(entry.path());
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        for (const std::regex& pattern : {used, word}) {
            for (std::sregex_iterator i(text.begin(), text.end(), pattern), end; i != end; ++i) {
                keys.insert((*i)[1]);
            }
        }
    }
    CHECK(keys.size() > 60);
    for (int i = 0; i < static_cast<int>(Tab::count_); ++i) {
        keys.insert("tab." + std::string{name(static_cast<Tab>(i))});
    }
    for (int i = 0; i < static_cast<int>(tcp::Timer::count_); ++i) {
        keys.insert("timer." + std::string{tcp::name(static_cast<tcp::Timer>(i))});
    }
    for (const auto language : {core::Language::french, core::Language::english}) {
        const auto catalog = core::Catalog::load(language);
        REQUIRE(catalog.ok());
        for (const std::string& key : keys) {
            CAPTURE(key);
            CHECK(catalog->has("window." + key));
        }
    }
}
