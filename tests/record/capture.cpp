#include <cstdlib>
#include <filesystem>

#include <doctest/doctest.h>
#include <unistd.h>

#include "recorder_sample.hpp"
#include "sim/core/file.hpp"
#include "sim/record/capture_import.hpp"
#include "sim/record/capture_magic.hpp"
#include "sim/record/pcapng_export.hpp"

using namespace postack;
using namespace postack::record;

namespace {

void append(std::string& out, std::uint32_t value, int size, bool big) {
    for (int i = 0; i < size; ++i) {
        const int shift = 8 * (big ? size - 1 - i : i);
        out += static_cast<char>(value >> static_cast<unsigned>(shift) & 0xffU);
    }
}

struct PcapPacket {
    std::uint32_t seconds, fraction;
    core::Bytes bytes;
    std::uint32_t more = 0;  // bytes that were there and not captured
};

// A classic pcap file (draft-ietf-opsawg-pcap).
std::string pcap_file(std::uint32_t link_type, const std::vector<PcapPacket>& packets,
                      bool nanoseconds = false, bool big = false) {
    std::string out;
    append(out, nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, 4, big);
    append(out, 2, 2, big);
    append(out, 4, 2, big);
    append(out, 0, 4, big);
    append(out, 0, 4, big);
    append(out, 262144, 4, big);
    append(out, link_type, 4, big);
    for (const auto& packet : packets) {
        append(out, packet.seconds, 4, big);
        append(out, packet.fraction, 4, big);
        append(out, static_cast<std::uint32_t>(packet.bytes.size()), 4, big);
        append(out, static_cast<std::uint32_t>(packet.bytes.size()) + packet.more, 4, big);
        out += core::as_text(packet.bytes);
    }
    return out;
}

core::Bytes syn_frame() {
    return tcp_frame({*wire::parse_ip("10.0.0.1"), 1025}, {*wire::parse_ip("10.0.0.2"), 25},
                     wire::SYN, "");
}

core::Bytes without_ethernet(const core::Bytes& frame) {
    return {frame.begin() + 14, frame.end()};
}

core::Result<Recording> read(const std::string& file, std::vector<std::string>* notes = nullptr) {
    auto reader = CaptureReader::from_bytes(core::as_bytes(file), "test.pcap");
    if (!reader) return reader.error();
    return read_capture(*reader, notes);
}

bool mentions(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("pcap files of both byte orders, in micro- and nanoseconds") {
    for (const bool big : {false, true}) {
        for (const bool nanoseconds : {false, true}) {
            const std::uint32_t fraction = nanoseconds ? 250'000'001 : 250'000;
            const auto r = read(pcap_file(
                1, {{1000, 0, syn_frame()}, {1001, fraction, syn_frame()}}, nanoseconds, big));
            REQUIRE(r);
            CHECK(r->start_unix_ns == 1'000'000'000'000);
            REQUIRE(r->packets.size() == 2);
            CHECK(r->packets[1].sent.time_since_epoch().count() ==
                  (nanoseconds ? 1'250'000'001 : 1'250'000'000));
            CHECK(r->hosts.size() == 2);
            CHECK(r->sockets.empty());
            CHECK(r->lesson.name.empty());
            CHECK(core::to_hex(r->frame(r->packets[1])) == core::to_hex(syn_frame()));
        }
    }
}

TEST_CASE("loopback and raw captures are kept as they are") {
    core::Bytes loopback{2, 0, 0, 0};
    const core::Bytes ip = without_ethernet(syn_frame());
    loopback.insert(loopback.end(), ip.begin(), ip.end());
    const auto null = read(pcap_file(0, {{1, 0, loopback}}));
    REQUIRE(null);
    CHECK(null->packets[0].link_type == LinkType::null_loopback);
    CHECK(null->hosts.size() == 2);
    const core::Bytes big_endian = [&] {
        core::Bytes bytes = loopback;
        std::swap(bytes[0], bytes[3]);
        return bytes;
    }();
    CHECK(read(pcap_file(108, {{1, 0, big_endian}}))->hosts.size() == 2);
    for (const std::uint32_t type : {101U, 228U}) {
        const auto raw = read(pcap_file(type, {{1, 0, ip}}));
        REQUIRE(raw);
        CHECK(raw->packets[0].link_type == LinkType::raw_ip);
        CHECK(raw->hosts[1].name == "10.0.0.2");
    }
}

TEST_CASE("Linux cooked captures become Ethernet") {
    const core::Bytes frame = syn_frame();
    core::Bytes sll = core::from_hex("00000001000608002712345600000800").value();
    sll.insert(sll.end(), frame.begin() + 14, frame.end());
    core::Bytes sll2 = core::from_hex("0800000000000002000100060800271234560000").value();
    sll2.insert(sll2.end(), frame.begin() + 14, frame.end());
    for (const auto& file : {pcap_file(113, {{1, 0, sll}}), pcap_file(276, {{1, 0, sll2}})}) {
        const auto r = read(file);
        REQUIRE(r);
        CHECK(r->packets[0].link_type == LinkType::ethernet);
        const core::Bytes bytes = r->frame(r->packets[0]);
        const auto read_frame = wire::read_ethernet(bytes);
        CHECK(to_string(read_frame->header.source) == "08:00:27:12:34:56");
        CHECK(to_string(read_frame->header.destination) == "00:00:00:00:00:00");
        CHECK(core::to_hex(read_frame->payload) == core::to_hex(without_ethernet(frame)));
        CHECK(r->hosts.size() == 2);
    }
    // Shorter than a cooked header: nothing of it can be kept.
    CHECK(read(pcap_file(113, {{1, 0, {1, 2, 3}}}))->packets[0].length == 0);
}

TEST_CASE("what is no capture is refused") {
    CHECK(mentions(read("Bonjour, ceci n'est pas une capture.").error().message, "test.pcap"));
    CHECK_FALSE(read("").ok());
    CHECK_FALSE(read("\xd4\xc3").ok());
    const auto wireless = read(pcap_file(105, {{1, 0, {1, 2, 3}}}));
    REQUIRE_FALSE(wireless);
    CHECK(mentions(wireless.error().message, "802.11"));
}

TEST_CASE("a file that breaks off keeps what came before, and says so") {
    std::string file = pcap_file(1, {{1, 0, syn_frame()}, {2, 0, syn_frame()}});
    file.resize(file.size() - 5);
    std::vector<std::string> notes;
    const auto r = read(file, &notes);
    REQUIRE(r);
    CHECK(r->packets.size() == 1);
    REQUIRE(notes.size() == 1);
    CHECK(mentions(notes[0], "packet 2"));
    CHECK(mentions(notes[0], "1 packets before"));
    file.resize(50);
    const auto nothing = read(file);
    REQUIRE_FALSE(nothing);
    CHECK(mentions(nothing.error().message, "packet 1"));
    // The header alone is a capture of nothing.
    file.resize(24);
    REQUIRE(read(file));
    CHECK(read(file)->packets.empty());
}

TEST_CASE("frames cut when captured are read, and noted") {
    core::Bytes frame = syn_frame();
    frame.resize(40);
    std::vector<std::string> notes;
    const auto r = read(pcap_file(1, {{1, 0, frame, 14}}), &notes);
    REQUIRE(r);
    CHECK(r->hosts.size() == 2);
    REQUIRE(notes.size() == 1);
    CHECK(mentions(notes[0], "1 frames were cut"));
}

TEST_CASE("frames without IP have no host, times may go back") {
    core::Bytes arp(42);
    arp[12] = 0x08;
    arp[13] = 0x06;
    const auto r = read(pcap_file(1, {{9, 0, arp}, {8, 0, {1}}, {8, 0, {}}}));
    REQUIRE(r);
    CHECK(r->hosts.empty());
    CHECK(r->packets[0].from == none);
    CHECK(r->packets[1].sent.time_since_epoch() == -std::chrono::seconds{1});
    CHECK(r->packets[2].length == 0);
}

TEST_CASE("a machine that talks to itself gets a lifeline for each end") {
    const wire::Endpoint client{*wire::parse_ip("127.0.0.1"), 54473};
    const wire::Endpoint server{*wire::parse_ip("127.0.0.1"), 143};
    const auto r = read(pcap_file(1, {{1, 0, tcp_frame(client, server, wire::SYN, "")},
                                      {1, 9, tcp_frame(server, client, wire::RST, "")}}));
    REQUIRE(r);
    REQUIRE(r->hosts.size() == 2);
    CHECK(r->hosts[0].title.fr == "127.0.0.1 (client)");
    CHECK(r->hosts[1].title.fr == "127.0.0.1 (serveur)");
    CHECK(r->packets[0].from == 0);
    CHECK(r->packets[0].to == 1);
    CHECK(r->packets[1].from == 1);
    CHECK(r->packets[1].to == 0);
}

TEST_CASE("a reader gives frame after frame and keeps none") {
    const std::string file = pcap_file(1, {{1, 0, syn_frame()}, {2, 5, syn_frame()}});
    auto reader = CaptureReader::from_bytes(core::as_bytes(file), "x").value();
    CapturedFrame frame;
    REQUIRE(reader.next(frame));
    CHECK(frame.unix_ns == 1'000'000'000);
    CHECK(frame.original_length == 54);
    REQUIRE(reader.next(frame));
    CHECK(frame.unix_ns == 2'000'005'000);
    CHECK_FALSE(reader.next(frame));
    CHECK_FALSE(reader.next(frame));
    CHECK(reader.count() == 2);
    CHECK_FALSE(reader.failure());
}

TEST_CASE("captures on disk are known by their first bytes") {
    namespace fs = std::filesystem;
    std::string name = (fs::temp_directory_path() / "postack-test-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    const fs::path folder = name;
    const std::string pcap = (folder / "a.pcap").string();
    const std::string pcapng = (folder / "b").string();
    const std::string text = (folder / "c.pcap").string();
    REQUIRE(core::write_file_atomically(pcap, pcap_file(1, {{1, 0, syn_frame()}})));
    REQUIRE(core::write_file_atomically(pcapng, to_pcapng(sample_recording())));
    REQUIRE(core::write_file_atomically(text, "[scenario]"));
    CHECK(looks_like_capture(pcap));
    CHECK(looks_like_capture(pcapng));
    CHECK_FALSE(looks_like_capture(text));
    CHECK_FALSE(looks_like_capture(folder.string()));
    CHECK_FALSE(looks_like_capture((folder / "none").string()));
    CHECK(read_capture(pcap)->packets.size() == 1);
    CHECK(read_capture(pcapng)->packets.size() == 4);
    CHECK(mentions(read_capture(text).error().message, "c.pcap"));
    CHECK(mentions(read_capture(folder.string()).error().message, "directory"));
    CHECK(mentions(read_capture((folder / "none").string()).error().message, "No such file"));
    fs::remove_all(folder);
}
