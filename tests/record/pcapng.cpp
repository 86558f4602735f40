#include <sstream>

#include <doctest/doctest.h>

#include "recorder_sample.hpp"
#include "sim/record/capture_import.hpp"
#include "sim/record/pcapng_export.hpp"

using namespace postack;
using namespace postack::record;

namespace {

Recording read_back(const std::string& file) {
    auto reader = CaptureReader::from_bytes(core::as_bytes(file), "test").value();
    std::vector<std::string> notes;
    Recording r = read_capture(reader, &notes).value();
    CHECK(notes.empty());
    return r;
}

std::string little_endian_blocks(const std::string& file) {
    // Types of the blocks in order, checking that both lengths of each agree.
    const auto u32 = [&](std::size_t at) {
        std::uint32_t v = 0;
        for (std::size_t i = 4; i-- > 0;)
            v = v << 8U | static_cast<unsigned char>(file[at + i]);
        return v;
    };
    std::string types;
    for (std::size_t at = 0; at < file.size();) {
        const std::uint32_t length = u32(at + 4);
        REQUIRE(length % 4 == 0);
        REQUIRE(at + length <= file.size());
        REQUIRE(u32(at + length - 4) == length);
        types += u32(at) == 0x0a0d0d0a ? 'S' : static_cast<char>('0' + u32(at));
        at += length;
    }
    return types;
}

}  // namespace

TEST_CASE("a recording comes back from its pcapng file with the same frames and times") {
    const Recording r = sample_recording();
    const std::string file = to_pcapng(r);
    CHECK(little_endian_blocks(file) == "S16666");
    const Recording back = read_back(file);
    CHECK(back.from_capture);
    REQUIRE(back.packets.size() == r.packets.size());
    CHECK(back.start_unix_ns == r.start_unix_ns + 10'000);  // zero is its first packet
    for (std::size_t i = 0; i < r.packets.size(); ++i) {
        CHECK(back.packets[i].sent - back.packets[0].sent == r.packets[i].sent - r.packets[0].sent);
        CHECK(core::to_hex(back.frame(back.packets[i])) == core::to_hex(r.frame(r.packets[i])));
        CHECK(back.packets[i].link_type == LinkType::ethernet);
    }
    REQUIRE(back.hosts.size() == 2);
    CHECK(back.hosts[0].name == "192.168.56.131");
    CHECK(back.hosts[1].title.fr == "127.0.0.1");
    CHECK(back.packets[1].from == 1);
    CHECK(back.packets[1].to == 0);
    CHECK(back.packets[0].fate == Fate::arrived);
    CHECK(to_pcapng(r) == file);
}

TEST_CASE("lost packets stand in the file, unless they are left out") {
    const Recording r = sample_recording();
    PcapngOptions options;
    options.include_lost = false;
    const std::string file = to_pcapng(r, options);
    CHECK(little_endian_blocks(file) == "S1666");
    CHECK(read_back(file).packets.size() == 3);
}

TEST_CASE("comments go with their packets, bounded and whole characters") {
    const Recording r = sample_recording();
    PcapngOptions options;
    options.comment = [](const Recording&, PacketId id) {
        if (id == 1) return std::string("perdu : règle 1");
        if (id == 2) return 'x' + std::string(longest_comment, '\xc3');
        return std::string{};
    };
    const std::string file = to_pcapng(r, options);
    CHECK(little_endian_blocks(file) == "S16666");
    CHECK(file.find("perdu : règle 1") != std::string::npos);
    options.comment = [](const Recording&, PacketId) {
        std::string text = "x";
        for (std::size_t i = 0; i < longest_comment; ++i)
            text += "é";
        return text;
    };
    const std::string full = to_pcapng(r, options);
    CHECK(little_endian_blocks(full) == "S16666");
    // 'x' and whole two-byte characters: 4095 bytes, padded with one zero.
    const std::size_t begin = full.find("xé");
    REQUIRE(begin != std::string::npos);
    CHECK(full.substr(begin + 4093, 3) == std::string("é\0", 3));
}

TEST_CASE("one interface for each link type, in the order of need") {
    Recorder recorder;
    const core::Bytes raw{0x45, 0, 0, 0};
    recorder.packet_sent(at_us(0), none, none, none, LinkType::raw_ip, raw, tcp::Cause::none);
    recorder.packet_sent(at_us(1), none, none, none, LinkType::ethernet, raw, tcp::Cause::none);
    recorder.packet_sent(at_us(2), none, none, none, LinkType::raw_ip, raw, tcp::Cause::none);
    CHECK(little_endian_blocks(to_pcapng(recorder.recording())) == "S16166");
    CHECK(little_endian_blocks(to_pcapng(Recording{})) == "S1");
}

TEST_CASE("a stream that takes nothing is an error") {
    std::ostringstream out;
    out.setstate(std::ios::badbit);
    CHECK_FALSE(write_pcapng(sample_recording(), {}, out).ok());
}
