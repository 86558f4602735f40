#include "sim/record/pcapng_export.hpp"

#include <algorithm>
#include <array>
#include <sstream>

#include <fmt/format.h>

namespace postack::record {
namespace {

// Block types and option codes: draft-ietf-opsawg-pcapng, sections 4.1 to 4.3 and 3.5.
constexpr std::uint32_t section_header_block = 0x0a0d0d0a;
constexpr std::uint32_t interface_description_block = 1;
constexpr std::uint32_t enhanced_packet_block = 6;
constexpr std::uint32_t byte_order_magic = 0x1a2b3c4d;
constexpr std::uint16_t opt_end = 0;
constexpr std::uint16_t opt_comment = 1;
constexpr std::uint16_t shb_userappl = 4;
constexpr std::uint16_t if_tsresol = 9;
constexpr std::uint16_t epb_flags = 2;
constexpr std::uint32_t flag_crc_error = 1U << 24U;
constexpr std::uint32_t no_snapshot_length = 0;

// Blocks one after another, handed on in large pieces: a call of the system for each packet would
// cost more than the packet. Little-endian on every machine, so that equal recordings give equal
// files.
class Blocks {
   public:
    explicit Blocks(std::ostream& out) : out_(out) { bytes_.reserve(2 * piece); }

    void begin(std::uint32_t type) {
        if (bytes_.size() >= piece) flush();
        begin_ = bytes_.size();
        u32(type);
        u32(0);  // the length, known at the end
    }
    void u16(std::uint16_t v) {
        bytes_.push_back(static_cast<char>(v & 0xffU));
        bytes_.push_back(static_cast<char>(v >> 8U));
    }
    void u32(std::uint32_t v) {
        u16(static_cast<std::uint16_t>(v & 0xffffU));
        u16(static_cast<std::uint16_t>(v >> 16U));
    }
    void padded(std::string_view bytes) {
        bytes_ += bytes;
        bytes_.append((4 - bytes.size() % 4) % 4, '\0');
    }
    void option(std::uint16_t code, std::string_view value) {
        u16(code);
        u16(static_cast<std::uint16_t>(value.size()));
        padded(value);
    }
    void end_options() {
        u16(opt_end);
        u16(0);
    }
    void end() {
        const auto length = static_cast<std::uint32_t>(bytes_.size() - begin_ + 4);
        for (std::size_t i = 0; i < 4; ++i)
            bytes_[begin_ + 4 + i] = static_cast<char>(length >> (8 * i) & 0xffU);
        u32(length);
    }
    void flush() {
        out_.write(bytes_.data(), static_cast<std::streamsize>(bytes_.size()));
        out_.flush();
        bytes_.clear();
    }
    [[nodiscard]] bool failed() const { return !out_; }

    core::Bytes room;  ///< for a frame that is kept in two pieces

   private:
    static constexpr std::size_t piece = std::size_t{256} << 10U;
    std::ostream& out_;
    std::string bytes_;
    std::size_t begin_ = 0;
};

// At most `limit` bytes, never ending within a UTF-8 character.
std::string_view shortened(std::string_view text, std::size_t limit) {
    if (text.size() <= limit) return text;
    while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xc0U) == 0x80U)
        --limit;
    return text.substr(0, limit);
}

// Interfaces are numbered in the order in which the packets need them.
struct Interfaces {
    std::vector<LinkType> types;

    // The number, and whether it is new.
    std::pair<std::uint32_t, bool> number_of(LinkType type) {
        const auto found = std::find(types.begin(), types.end(), type);
        const auto number = static_cast<std::uint32_t>(found - types.begin());
        if (found != types.end()) return {number, false};
        types.push_back(type);
        return {number, true};
    }
};

void write_section_header(Blocks& block, const PcapngOptions& options) {
    block.begin(section_header_block);
    block.u32(byte_order_magic);
    block.u16(1);  // version 1.0
    block.u16(0);
    block.u32(0xffffffffU);  // the length of the section is not said
    block.u32(0xffffffffU);
    if (!options.application.empty()) {
        block.option(shb_userappl, shortened(options.application, longest_comment));
        block.end_options();
    }
    block.end();
}

void write_interface(Blocks& block, LinkType type) {
    block.begin(interface_description_block);
    block.u16(static_cast<std::uint16_t>(type));
    block.u16(0);
    block.u32(no_snapshot_length);
    block.option(if_tsresol, std::string_view{"\x09", 1});  // 10**-9 s
    block.end_options();
    block.end();
}

void write_packet(Blocks& block, const Recording& recording, const PcapngOptions& options,
                  PacketId id, std::uint32_t interface) {
    const Packet& packet = recording.packets[id];
    // Times before 1970 do not exist in the format.
    const std::int64_t time = recording.start_unix_ns + packet.sent.time_since_epoch().count();
    const auto stamp = static_cast<std::uint64_t>(std::max<std::int64_t>(time, 0));
    block.begin(enhanced_packet_block);
    block.u32(interface);
    block.u32(static_cast<std::uint32_t>(stamp >> 32U));
    block.u32(static_cast<std::uint32_t>(stamp));
    block.u32(packet.length);
    block.u32(packet.length);
    block.padded(core::as_text(recording.frame(packet, block.room)));
    const std::string comment = options.comment ? options.comment(recording, id) : std::string{};
    const bool corrupt = packet.fate == Fate::corrupt;
    if (!comment.empty()) block.option(opt_comment, shortened(comment, longest_comment));
    if (corrupt) {
        std::array<char, 4> flags{};
        for (std::size_t i = 0; i < flags.size(); ++i)
            flags[i] = static_cast<char>(flag_crc_error >> (8 * i) & 0xffU);
        block.option(epb_flags, {flags.data(), flags.size()});
    }
    if (!comment.empty() || corrupt) block.end_options();
    block.end();
}

void append_sentence(std::string& text, std::string_view sentence) {
    if (sentence.empty()) return;
    if (!text.empty()) text += '\n';
    text += sentence;
}

}  // namespace

std::function<std::string(const Recording&, PacketId)> comments_from(const core::Catalog& catalog) {
    return [&catalog](const Recording& recording, PacketId id) {
        const auto sentence = [&catalog](std::string_view area, std::string_view name) {
            const std::string key = fmt::format("{}.{}", area, name);
            return catalog.has(key) ? std::string(catalog(key)) : std::string{};
        };
        const Packet& packet = recording.packets[id];
        std::string text;
        if (packet.cause != tcp::Cause::none) {
            text = sentence("cause", tcp::name(packet.cause));
            const std::string_view rule = tcp::rule(packet.cause);
            if (!text.empty() && !rule.empty()) text += fmt::format(" [{}]", rule);
        }
        if (packet.verdict != none) {
            append_sentence(text, recording.verdicts[packet.verdict].reason.in(catalog.language()));
        } else if (packet.fate != Fate::arrived && packet.fate != Fate::in_flight) {
            append_sentence(text, sentence("text", fmt::format("fate_{}", name(packet.fate))));
        }
        return text;
    };
}

core::Status write_pcapng(const Recording& recording, const PcapngOptions& options,
                          std::ostream& out) {
    Blocks block(out);
    Interfaces interfaces;
    write_section_header(block, options);
    for (std::size_t i = 0; i < recording.packets.size(); ++i) {
        const auto id = static_cast<PacketId>(i);
        const Packet& packet = recording.packets[id];
        if (packet.fate == Fate::lost && !options.include_lost) continue;
        const auto [number, is_new] = interfaces.number_of(packet.link_type);
        if (is_new) write_interface(block, packet.link_type);
        write_packet(block, recording, options, id, number);
        if (block.failed()) break;
    }
    // A file without an interface is no capture to some readers.
    if (interfaces.types.empty()) write_interface(block, LinkType::ethernet);
    block.flush();
    if (block.failed()) return core::Error{"pcapng: the output no longer takes bytes"};
    return core::success();
}

std::string to_pcapng(const Recording& recording, const PcapngOptions& options) {
    std::ostringstream out;
    // A stream in memory takes everything that memory holds.
    static_cast<void>(write_pcapng(recording, options, out));
    return std::move(out).str();
}

}  // namespace postack::record
