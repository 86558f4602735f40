#include "sim/drive/pcap_file.hpp"

#include <array>
#include <cstdint>

namespace postack::drive {
namespace {

// draft-ietf-opsawg-pcap: magic of nanosecond times, version 2.4, no zone, no accuracy, length
// bound, link type.
constexpr std::uint32_t magic_nanoseconds = 0xa1b23c4d;
constexpr std::uint32_t version_2_4 = 0x0002'0004;
constexpr std::uint32_t snapshot_length = 262144;
constexpr std::uint32_t link_type_raw = 101;
constexpr std::int64_t billion = 1'000'000'000;

template <std::size_t N>
void write_words(std::ofstream& file, const std::array<std::uint32_t, N>& words) {
    std::array<core::Byte, N * 4> bytes;
    for (std::size_t i = 0; i < N; ++i)
        core::store_u32(&bytes[i * 4], words[i]);
    file.write(core::as_text(bytes).data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace

core::Status PcapFile::open(const std::string& path) {
    file_.open(path, std::ios::binary | std::ios::trunc);
    if (!file_) return core::Error{path + ": cannot be written"};
    write_words<6>(file_, {magic_nanoseconds, version_2_4, 0, 0, snapshot_length, link_type_raw});
    return core::success();
}

void PcapFile::packet(core::Instant now, core::BytesView ip_packet) {
    const std::int64_t ns = now.time_since_epoch().count();
    const auto length = static_cast<std::uint32_t>(ip_packet.size());
    write_words<4>(file_, {static_cast<std::uint32_t>(ns / billion),
                           static_cast<std::uint32_t>(ns % billion), length, length});
    file_.write(core::as_text(ip_packet).data(), static_cast<std::streamsize>(ip_packet.size()));
}

}  // namespace postack::drive
