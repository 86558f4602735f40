#include "viz/diagram/font_file.hpp"

#include <cstdint>

#include <fmt/format.h>

#include "sim/core/bytes.hpp"

namespace postack::diagram {
namespace {

core::Error broken(std::string_view name, std::string_view why) {
    return {fmt::format(
        "{}: this font file is broken: {}. Install Postack anew, or take the file from its sources",
        name, why)};
}

}  // namespace

core::Status check_truetype(std::string_view text, std::string_view name) {
    const core::BytesView bytes = core::as_bytes(text);
    constexpr std::size_t header = 12;
    constexpr std::size_t record = 16;
    if (bytes.size() < header || core::load_u32(bytes.data()) != 0x00010000) {
        return broken(name, "it does not begin as TrueType does");
    }
    const std::size_t tables = core::load_u16(&bytes[4]);
    if (bytes.size() < header + tables * record) return broken(name, "it is cut off");
    for (std::size_t i = 0; i < tables; ++i) {
        const core::Byte* entry = &bytes[header + i * record];
        const std::uint64_t end =
            std::uint64_t{core::load_u32(entry + 8)} + core::load_u32(entry + 12);
        if (end > bytes.size()) return broken(name, "it is cut off");
    }
    std::uint32_t sum = 0;
    std::size_t i = 0;
    for (; i + 4 <= bytes.size(); i += 4)
        sum += core::load_u32(&bytes[i]);
    for (std::uint32_t shift = 24; i < bytes.size(); ++i, shift -= 8) {
        sum += std::uint32_t{bytes[i]} << shift;
    }
    if (sum != 0xB1B0AFBA) return broken(name, "its checksum is wrong");
    return core::success();
}

core::Status check_woff2(std::string_view text, std::string_view name) {
    const core::BytesView bytes = core::as_bytes(text);
    constexpr std::size_t header = 48;
    if (bytes.size() < header || core::as_text(bytes.first(4)) != "wOF2") {
        return broken(name, "it does not begin as WOFF2 does");
    }
    if (core::load_u32(&bytes[8]) != bytes.size()) return broken(name, "it is cut off");
    return core::success();
}

}  // namespace postack::diagram
