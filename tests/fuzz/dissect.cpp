// Arbitrary frames, one after another, through the dissector and the details tree: nothing crashes,
// every line stays a line, and no field points outside its frame.
#include "sim/record/dissect.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

using namespace postack;
using namespace postack::record;

namespace {

void expect(bool holds) {
    if (!holds) std::abort();
}

void check_fields(const std::vector<Field>& fields, std::size_t size) {
    for (const Field& field : fields) {
        expect(field.text.find('\n') == std::string::npos);
        expect(std::size_t{field.offset} + field.length <= size);
        check_fields(field.children, size);
    }
}

}  // namespace

// Frames: a byte for the link type, two for the length, then so many bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static constexpr LinkType links[] = {LinkType::ethernet, LinkType::null_loopback,
                                         LinkType::raw_ip};
    Recording recording;
    for (std::size_t at = 0; at + 3 <= size;) {
        Packet packet;
        packet.link_type = links[data[at] % 3];
        packet.sent = core::Instant{core::Duration{std::int64_t{data[at]} * 1'000'000}};
        packet.fate = Fate::arrived;
        const std::size_t length =
            std::min<std::size_t>(core::load_u16(data + at + 1), size - at - 3);
        packet.length = static_cast<std::uint32_t>(length);
        packet.place = recording.frames.append({data + at + 3, length});
        recording.packets.push_back(packet);
        at += 3 + length;
    }
    const auto rows = dissect(recording);
    for (const Row& row : rows) {
        expect(row.info.find('\n') == std::string::npos && row.info.size() <= 4095);
        expect(!row.protocol.empty());
    }
    for (PacketId id = 0; id < rows.size() && id < 64; ++id) {
        check_fields(details(recording, rows, id), recording.packets[id].length);
    }
    return 0;
}
