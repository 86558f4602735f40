// The Ethernet lab: the frame lengths of the printed packet list, and the header of its frame 111
// byte by byte (here frame 14), with the checksum as it goes out and as a capture on the sender
// shows it.
#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "sim/record/dissect.hpp"
#include "sim/scenario/scenario.hpp"
#include "tests/support/lab.hpp"

using namespace postack;

namespace {

std::string header_of(const record::Recording& recording, record::PacketId packet) {
    const core::Bytes frame = recording.frame(recording.packets[packet]);
    return core::to_hex(core::BytesView{frame}.subspan(14, 40));
}

}  // namespace

TEST_CASE("argosoft-smtp: HELO 64, MAIL 83, RCPT 81, DATA 60, 354 104, text 446, dot 57, 221 66") {
    const auto rows = record::dissect(test::run_lab("argosoft-smtp"));
    REQUIRE(rows.size() == 23);
    const std::vector<std::pair<std::string, std::uint32_t>> expected{
        {"C: HELO Z13", 64},   {"C: MAIL FROM", 83},  {"C: RCPT TO", 81},
        {"C: DATA", 60},       {"S: 354 Enter", 104}, {"C: DATA fragment, 392", 446},
        {"from: camille", 57}, {"C: QUIT", 60},       {"S: 221 Aba he", 66}};
    for (const auto& [info, length] : expected) {
        INFO(info);
        const auto found = std::find_if(
            rows.begin(), rows.end(),
            [&, text = info](const auto& row) { return row.info.rfind(text, 0) == 0; });
        REQUIRE(found != rows.end());
        CHECK(found->length == length);
    }
    // Short frames that come in are padded, those that go out are not.
    for (const record::Row& row : rows) {
        const bool own = wire::to_string(row.source) == "192.168.0.33";
        CHECK(row.length >= (own ? 54U : 60U));
    }
}

TEST_CASE("the IP and TCP headers of the message's frame, and the checksum left to the card") {
    const std::string ip = "450001b0e20940004006d5b1c0a80021c0a8001b";
    const std::string tcp = "95b000199ce2b9361ff8873d501801f6";
    const std::string sent = header_of(test::run_lab("argosoft-smtp"), 13);
    CHECK(sent.substr(0, 40) == ip);
    CHECK(sent.substr(40, 32) == tcp);
    CHECK(sent.substr(72, 4) != "832f");
    scenario::Edits edits;
    edits.set = {"link.0.checksum=offloaded"};
    CHECK(header_of(test::run_lab("argosoft-smtp", edits), 13) == ip + tcp + "832f0000");
}

TEST_CASE(
    "c-client-bugs: the server says 250 all the same, and no sender's address could be found") {
    const auto good = record::dissect(test::run_lab("c-client"));
    const auto bugs = record::dissect(test::run_lab("c-client-bugs"));
    const auto has = [](const auto& rows, std::string_view text) {
        return std::any_of(rows.begin(), rows.end(), [&](const auto& row) {
            return row.info.find(text) != std::string::npos;
        });
    };
    CHECK(has(good, "from: camille@labo.fr, subject: essai en C"));
    CHECK(has(bugs, "S: 250 Sender \"camillegmail.com\" OK..."));
    // Both answers in one segment: the client read only one.
    CHECK(has(bugs, "| 221 Aba he"));
    CHECK_FALSE(has(good, "| 221 Aba he"));
    CHECK_FALSE(has(bugs, "subject: essai en C,"));
}
