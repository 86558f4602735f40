// Captures from outside, read with libpcap: pcap and pcapng, of tcpdump, dumpcap, Wireshark, Npcap.
//
// Link types: Ethernet, null and loop (the BSD loopback header) and raw IP are kept as they are.
// Linux "cooked" captures (any interface; SLL and SLL2) become Ethernet: the protocol and the
// sender's address are kept, the destination, which such a capture does not know, is zero. Frames
// are then 2 (SLL) or 6 (SLL2) bytes shorter than Wireshark says; the numbers of the packets agree.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/bytes.hpp"
#include "sim/core/result.hpp"
#include "sim/record/recording.hpp"

namespace postack::record {

/// Largest frame that is read: the largest that libpcap and Wireshark themselves capture
/// (MAXIMUM_SNAPLEN).
inline constexpr std::size_t largest_captured_frame = 262144;
/// Most packets and bytes of frames that read_capture keeps in memory: a stated choice, about what
/// a student's machine holds. Reading stops there, and a note says so. CaptureReader has no such
/// limit.
inline constexpr std::size_t most_imported_packets = 4'000'000;
inline constexpr std::size_t most_imported_bytes = std::size_t{2} * 1024 * 1024 * 1024;
/// Most hosts (lifelines): packets of later addresses belong to no host.
inline constexpr std::size_t most_imported_hosts = 10'000;

/// One frame of a capture.
struct CapturedFrame {
    std::int64_t unix_ns = 0;  ///< 0 for a time outside 1970 to 2255
    LinkType link_type = LinkType::ethernet;
    core::BytesView bytes;              ///< valid until the next call of next()
    std::uint32_t original_length = 0;  ///< more than bytes.size() if the capture cut it
};

/// Reads a capture frame by frame, keeping none: for files of any size.
class CaptureReader {
   public:
    /// Error: cannot be opened, not a capture, a link type that is not one of the above.
    static core::Result<CaptureReader> open(const std::string& path);
    /// The same over bytes in memory, which must outlive the reader; `name` is for messages.
    static core::Result<CaptureReader> from_bytes(core::BytesView bytes, const std::string& name);

    ~CaptureReader();
    CaptureReader(CaptureReader&&) noexcept;
    CaptureReader& operator=(CaptureReader&&) noexcept;

    /// The next frame; false at the end, and when the file breaks off (then failure() says where).
    bool next(CapturedFrame& frame);
    /// Why reading stopped before the end, with the number of the packet; nothing if it did not.
    [[nodiscard]] const std::optional<core::Error>& failure() const;
    /// How many frames next() has given.
    [[nodiscard]] std::uint64_t count() const;

   private:
    struct Impl;
    explicit CaptureReader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// The whole capture as a recording with packets only: from_capture is true, lesson and sockets are
/// empty, virtual zero is the time of the first packet. A host per IP address, in order of
/// appearance, its name and title the address; a machine that talks to itself over one address
/// (::1 to ::1) gets two, "(client)" and "(server)" in their titles, told apart by the lower port.
/// Every packet has arrived. What a person should know is added to `notes`, if given: the file
/// broke off (what came before is kept), frames were cut when captured, a limit was reached. Error:
/// as CaptureReader::open, or broken before the first packet.
core::Result<Recording> read_capture(const std::string& path,
                                     std::vector<std::string>* notes = nullptr);
/// The same from a reader that has just been opened.
core::Result<Recording> read_capture(CaptureReader& reader,
                                     std::vector<std::string>* notes = nullptr);

}  // namespace postack::record
