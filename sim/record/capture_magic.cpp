#include "sim/record/capture_magic.hpp"

#include <array>
#include <cstring>
#include <fstream>

#include <sys/stat.h>

#include "sim/core/bytes.hpp"

namespace postack::record {

bool looks_like_capture(const std::string& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return false;
    std::ifstream in(path, std::ios::binary);
    std::array<char, 4> start{};
    if (!in.read(start.data(), start.size())) return false;
    std::array<core::Byte, 4> bytes{};
    std::memcpy(bytes.data(), start.data(), bytes.size());
    switch (core::load_u32(bytes.data())) {
        case 0x0a0d0d0aU:  // pcapng
        case 0xa1b2c3d4U:  // pcap, microseconds, either byte order
        case 0xd4c3b2a1U:
        case 0xa1b23c4dU:  // pcap, nanoseconds
        case 0x4d3cb2a1U:
        case 0xa1b2cd34U:  // pcap, modified (Kuznetzov)
        case 0x34cdb2a1U: return true;
        default: return false;
    }
}

}  // namespace postack::record
