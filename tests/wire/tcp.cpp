#include "sim/wire/tcp.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "sim/core/random.hpp"
#include "sim/wire/tcp_option_list.hpp"

using namespace postack;
using namespace postack::wire;

namespace {

const IpAddress here = *parse_ip("192.168.0.33");
const IpAddress there = *parse_ip("192.168.0.27");

core::Bytes written(const TcpSegment& segment) {
    core::Bytes out(tcp_header_size(segment.header.options) + segment.payload.size());
    write_tcp(segment, here, there, out);
    return out;
}

std::string option_bytes(const TcpOptions& options) {
    TcpSegment segment;
    segment.header.options = options;
    const core::Bytes out = written(segment);
    return core::to_hex(core::BytesView{out}.subspan(20));
}

// A header with these options and the data offset that they need.
core::Bytes with_options(std::string_view hex) {
    core::Bytes bytes(20);
    const core::Bytes options = core::from_hex(hex).value();
    bytes.insert(bytes.end(), options.begin(), options.end());
    bytes[12] = static_cast<core::Byte>(bytes.size() / 4 << 4U);
    return bytes;
}

}  // namespace

TEST_CASE("flags are named in Wireshark's order") {
    CHECK(flag_names(SYN) == "SYN");
    CHECK(flag_names(SYN | ACK) == "SYN, ACK");
    CHECK(flag_names(PSH | ACK) == "PSH, ACK");
    CHECK(flag_names(FIN | ACK) == "FIN, ACK");
    CHECK(flag_names(RST | ACK) == "RST, ACK");
    CHECK(flag_names(FIN | PSH | ACK) == "FIN, PSH, ACK");
    CHECK(flag_names(PSH | ACK, ",") == "PSH,ACK");
    CHECK(flag_names(0) == "<None>");
    CHECK(flag_names(0xfff) == "FIN, SYN, RST, PSH, ACK, URG, ECE, CWR, AE, Reserved");
}

TEST_CASE("options stand where Linux puts them") {
    TcpOptions options;
    CHECK(option_bytes(options).empty());
    options.maximum_segment_size = 1460;
    CHECK(option_bytes(options) == "020405b4");
    options.window_scale = 7;
    CHECK(option_bytes(options) == "020405b401030307");
    options.sack_permitted = true;
    CHECK(option_bytes(options) == "020405b40101040201030307");
    options.timestamps = TcpTimestamps{1, 2};
    CHECK(option_bytes(options) == "020405b40402080a000000010000000201030307");

    TcpOptions later;
    later.timestamps = TcpTimestamps{3, 4};
    CHECK(option_bytes(later) == "0101080a0000000300000004");
    later.sack[0] = {SequenceNumber{5}, SequenceNumber{6}};
    later.sack_count = 1;
    CHECK(option_bytes(later) == "0101080a00000003000000040101050a0000000500000006");
    later.timestamps.reset();
    CHECK(option_bytes(later) == "0101050a0000000500000006");
}

TEST_CASE("SACK blocks that have no room are left out") {
    TcpSegment segment;
    TcpOptions& options = segment.header.options;
    options.timestamps = TcpTimestamps{};
    options.sack_count = 4;
    CHECK(tcp_header_size(options) == 60);
    CHECK(read_tcp(written(segment))->header.options.sack_count == 3);
    options.timestamps.reset();
    CHECK(read_tcp(written(segment))->header.options.sack_count == 4);
}

TEST_CASE("random segments survive writing and reading") {
    core::Random random{7};
    for (int i = 0; i < 5000; ++i) {
        TcpHeader header;
        header.source_port = static_cast<std::uint16_t>(random());
        header.destination_port = static_cast<std::uint16_t>(random());
        header.sequence = SequenceNumber{static_cast<std::uint32_t>(random())};
        header.acknowledgment = SequenceNumber{static_cast<std::uint32_t>(random())};
        header.flags = static_cast<TcpFlags>(random.below(0x1000));
        header.window = static_cast<std::uint16_t>(random());
        header.urgent_pointer = static_cast<std::uint16_t>(random());
        TcpOptions& options = header.options;
        if (random.chance(0.3)) options.maximum_segment_size = static_cast<std::uint16_t>(random());
        if (random.chance(0.3)) options.window_scale = static_cast<std::uint8_t>(random());
        options.sack_permitted = random.chance(0.3);
        if (random.chance(0.5)) {
            options.timestamps = TcpTimestamps{static_cast<std::uint32_t>(random()),
                                               static_cast<std::uint32_t>(random())};
        }
        options.sack_count = static_cast<std::uint8_t>(random.below(3));
        if (options.maximum_segment_size && options.timestamps) options.sack_count = 0;
        for (std::size_t block = 0; block < options.sack_count; ++block) {
            options.sack[block] = {SequenceNumber{static_cast<std::uint32_t>(random())},
                                   SequenceNumber{static_cast<std::uint32_t>(random())}};
        }
        core::Bytes payload(random.below(200));
        for (auto& b : payload)
            b = static_cast<core::Byte>(random());

        core::Bytes bytes = written({header, payload});
        REQUIRE(tcp_checksum_ok(bytes, here, there));
        const auto read = read_tcp(bytes);
        REQUIRE(read);
        header.checksum = read->header.checksum;
        REQUIRE(read->header == header);
        REQUIRE(
            std::equal(payload.begin(), payload.end(), read->payload.begin(), read->payload.end()));
        // One bit anywhere, and the checksum no longer holds.
        bytes[random.below(bytes.size())] ^= static_cast<core::Byte>(1U << random.below(8));
        REQUIRE_FALSE(tcp_checksum_ok(bytes, here, there));
    }
}

TEST_CASE("what is wrong with a segment is said") {
    CHECK_FALSE(read_tcp({}).ok());
    core::Bytes bytes(20);
    CHECK(read_tcp(bytes).error().message.find("data offset 0") != std::string::npos);
    bytes[12] = 0x60;
    CHECK(read_tcp(bytes).error().message.find("header of 24 bytes") != std::string::npos);
    bytes[12] = 0x50;
    CHECK(read_tcp(bytes).ok());
    CHECK_FALSE(tcp_checksum_ok({}, here, there));
}

TEST_CASE("unknown options are passed over, impossible ones end the list") {
    // TCP Fast Open (34) between, then window scale.
    CHECK(read_tcp(with_options("220401020303050000000000"))->header.options.window_scale == 5);
    // A length of 0 would never end.
    const auto zero = read_tcp(with_options("0204058c2200030305000000"))->header.options;
    CHECK(zero.maximum_segment_size == 1420);
    CHECK_FALSE(zero.window_scale);
    // A length beyond the header.
    CHECK_FALSE(read_tcp(with_options("0101080a"))->header.options.timestamps);
    // A length that the kind cannot have.
    CHECK_FALSE(read_tcp(with_options("0203050000000000"))->header.options.maximum_segment_size);
    // After END nothing counts.
    CHECK_FALSE(read_tcp(with_options("00030305"))->header.options.window_scale);
}

TEST_CASE("the options of a real SYN, one by one") {
    const auto items = list_tcp_options(with_options("0204ffd70402080ae553f3830000000001030307"));
    const std::vector<TcpOptionItem> expected{
        {option_maximum_segment_size, 20, 4, TcpOptionProblem::none},
        {option_sack_permitted, 24, 2, TcpOptionProblem::none},
        {option_timestamps, 26, 10, TcpOptionProblem::none},
        {option_no_operation, 36, 1, TcpOptionProblem::none},
        {option_window_scale, 37, 3, TcpOptionProblem::none},
    };
    CHECK(items == expected);
}

TEST_CASE("impossible lengths in the option list are reported") {
    const auto problem_of_last = [](std::string_view hex) {
        return list_tcp_options(with_options(hex)).back();
    };
    CHECK(problem_of_last("01010108") == TcpOptionItem{8, 23, 1, TcpOptionProblem::no_length});
    CHECK(problem_of_last("01220100") == TcpOptionItem{34, 21, 3, TcpOptionProblem::too_short});
    CHECK(problem_of_last("0101080a") == TcpOptionItem{8, 22, 2, TcpOptionProblem::beyond_header});
    CHECK(problem_of_last("01020305") == TcpOptionItem{2, 21, 3, TcpOptionProblem::wrong_length});
    CHECK(list_tcp_options(core::Bytes(19)).empty());
    CHECK(list_tcp_options(with_options("")).empty());
    // The data offset promises more than there is: only what is there is looked at.
    core::Bytes cut = with_options("0204ffd70402080a");
    cut.resize(24);
    CHECK(list_tcp_options(cut).size() == 1);
}
