// UDP's own labs: the ICMP message that a closed port gives, byte for byte as the kernel's; and
// what stop-and-wait makes of the losses that udp-lost-line cannot repair.
#include <string>

#include <doctest/doctest.h>

#include "sim/record/capture_import.hpp"
#include "sim/record/dissect.hpp"
#include "sim/scenario/scenario.hpp"
#include "tests/support/lab.hpp"

using namespace postack;

namespace {

// A frame without what differs from run to run (identification) or was left to the network card
// (checksums).
std::string stable(core::BytesView frame, std::initializer_list<std::size_t> words) {
    core::Bytes bytes{frame.begin(), frame.end()};
    for (const std::size_t at : words)
        bytes[at] = bytes[at + 1] = 0;
    return core::to_hex(bytes);
}

}  // namespace

TEST_CASE("udp-closed-port: the kernel's frames, and the next send fails") {
    const auto ours = test::run_lab("udp-closed-port");
    const auto theirs =
        record::read_capture(POSTACK_SOURCE_DIR "/tests/golden/captures/udp-closed-port.pcapng");
    REQUIRE(theirs);
    REQUIRE(ours.packets.size() == 2);
    REQUIRE(theirs->packets.size() == 2);
    const auto frame = [](const record::Recording& r, std::size_t i) {
        return r.frame(r.packets[i]);
    };
    // IP identification and checksum, UDP checksum; in the ICMP message its own checksum too, and
    // the three of the datagram that it quotes.
    CHECK(stable(frame(ours, 0), {18, 24, 40}) == stable(frame(*theirs, 0), {18, 24, 40}));
    const auto quoting = {std::size_t{18}, std::size_t{24}, std::size_t{36},
                          std::size_t{46}, std::size_t{52}, std::size_t{68}};
    CHECK(stable(frame(ours, 1), quoting) == stable(frame(*theirs, 1), quoting));
    CHECK(ours.packets[1].cause == tcp::Cause::port_unreachable);
    CHECK(ours.lines.back().text == "nc: Connection refused\n");
    CHECK(ours.lines[ours.lines.size() - 2].text == "Il y a quelqu’un ?\n");
}

TEST_CASE("udp-stop-and-wait: a line and an acknowledgment are lost, the mail is whole") {
    const auto recording = test::run_lab("udp-stop-and-wait");
    REQUIRE(recording.packets.size() == 35);
    const auto& packets = recording.packets;
    CHECK(packets[20].fate == record::Fate::lost);
    CHECK(packets[21].cause == tcp::Cause::datagram_again);
    CHECK(packets[21].original == 20);
    CHECK(packets[26].fate == record::Fate::lost);
    CHECK(packets[29].original == 25);
    CHECK(packets[30].cause == tcp::Cause::datagram_ack_again);
    // Every datagram is explained, and every wait ends: by an acknowledgment, or by its timer.
    int waiting = 0;
    int fired = 0;
    for (const record::TimerChange& change : recording.timers) {
        waiting += change.action == record::TimerAction::set ? 1 : -1;
        fired += change.action == record::TimerAction::fired ? 1 : 0;
    }
    CHECK(waiting == 0);
    CHECK(fired == 2);
    for (const record::Packet& packet : packets)
        CHECK(packet.cause != tcp::Cause::none);

    REQUIRE(recording.mailbox_changes.size() == 1);
    const std::string& mail = recording.mailbox_changes[0].text;
    CHECK(mail.find("lundi est maintenu.\nAttention : il est avancé à demain, 8 h, amphi B !\n"
                    "Bonnes révisions.\n") != std::string::npos);
}
