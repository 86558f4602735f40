#include "sim/record/capture_import.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <system_error>

#include <fmt/format.h>
#include <pcap/pcap.h>
#include <sys/stat.h>

#include "sim/record/recorder.hpp"
#include "sim/wire/ethernet.hpp"
#include "sim/wire/ip.hpp"
#include "sim/wire/null_loopback.hpp"

namespace postack::record {
namespace {

constexpr std::int64_t ns_per_second = 1'000'000'000;
// Beyond it nanoseconds do not fit in 63 bits (292 years); a damaged file may say anything.
constexpr std::int64_t last_second = 9'000'000'000;

// Linux cooked headers (libpcap, LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2).
constexpr std::size_t sll_size = 16;
constexpr std::size_t sll2_size = 20;

enum class Framing : std::uint8_t { as_it_is, sll, sll2 };

struct Known {
    LinkType link_type;
    Framing framing;
};

std::optional<Known> known_link_type(int datalink) {
    switch (datalink) {
        case DLT_EN10MB: return Known{LinkType::ethernet, Framing::as_it_is};
        case DLT_NULL:
        case DLT_LOOP: return Known{LinkType::null_loopback, Framing::as_it_is};
        case DLT_RAW:
        case DLT_IPV4:
        case DLT_IPV6: return Known{LinkType::raw_ip, Framing::as_it_is};
        case DLT_LINUX_SLL: return Known{LinkType::ethernet, Framing::sll};
        case DLT_LINUX_SLL2: return Known{LinkType::ethernet, Framing::sll2};
        default: return std::nullopt;
    }
}

std::string link_type_name(int datalink) {
    const char* description = pcap_datalink_val_to_description(datalink);
    return description != nullptr ? description : fmt::format("number {}", datalink);
}

struct ClosePcap {
    void operator()(pcap_t* pcap) const { pcap_close(pcap); }
};

// The IP packet in a frame, empty if it carries none.
core::BytesView ip_of(LinkType link_type, core::BytesView frame) {
    switch (link_type) {
        case LinkType::ethernet: {
            const auto read = wire::read_ethernet(frame);
            if (!read) return {};
            const std::uint16_t type = read->header.ether_type;
            if (type != wire::ether_type_ipv4 && type != wire::ether_type_ipv6) return {};
            return read->payload;
        }
        case LinkType::null_loopback: {
            const auto read = wire::read_null_loopback(frame);
            if (!read || wire::ip_version_of_family(read->family) == 0) return {};
            return read->payload;
        }
        case LinkType::raw_ip: break;
    }
    return frame;
}

// Which end of a conversation that a machine has with itself: both have one address, and a drawing
// needs a lifeline for each.
enum class Side : std::uint8_t { whole, client, server };

// The sides of sender and receiver, told apart by their ports: the lower one is the server's.
std::pair<Side, Side> sides(const wire::IpPacket& ip) {
    const bool has_ports = ip.protocol == wire::protocol_tcp || ip.protocol == wire::protocol_udp;
    if (ip.source != ip.destination || !has_ports || ip.later_fragment || ip.payload.size() < 4) {
        return {Side::whole, Side::whole};
    }
    const std::uint16_t from = core::load_u16(ip.payload.data());
    const std::uint16_t to = core::load_u16(ip.payload.data() + 2);
    if (from == to) return {Side::whole, Side::whole};
    return from < to ? std::pair{Side::server, Side::client}
                     : std::pair{Side::client, Side::server};
}

// Hosts by address, in order of appearance.
class Hosts {
   public:
    explicit Hosts(Recorder& recorder) : recorder_(recorder) {}

    HostId of(const wire::IpAddress& address, Side side) {
        const auto found = hosts_.find({address, side});
        if (found != hosts_.end()) return found->second;
        if (hosts_.size() == most_imported_hosts) return none;
        const std::string name = wire::to_string(address);
        Host host{name, {name, name}, {address}, ""};
        if (side == Side::client) host.title = {name + " (client)", name + " (client)"};
        if (side == Side::server) host.title = {name + " (serveur)", name + " (server)"};
        const HostId id = recorder_.add_host(std::move(host));
        hosts_.emplace(std::pair{address, side}, id);
        return id;
    }

   private:
    Recorder& recorder_;
    std::map<std::pair<wire::IpAddress, Side>, HostId> hosts_;
};

}  // namespace

struct CaptureReader::Impl {
    std::unique_ptr<pcap_t, ClosePcap> pcap;
    std::string name;
    Known known{};
    std::uint64_t count = 0;
    std::optional<core::Error> failure;
    core::Bytes converted;  // a frame made of a cooked one

    static core::Result<CaptureReader> adopt(pcap_t* pcap, const std::string& name,
                                             const char* reason) {
        if (pcap == nullptr) {
            return core::Error{fmt::format(
                "{}: not a capture that can be read (pcap or pcapng): {}", name, reason)};
        }
        auto impl = std::make_unique<Impl>();
        impl->pcap.reset(pcap);
        impl->name = name;
        const auto known = known_link_type(pcap_datalink(pcap));
        if (!known) {
            return core::Error{
                fmt::format("{}: captured on a link of type \"{}\"; Ethernet, loopback, raw IP and "
                            "Linux cooked "
                            "captures can be read",
                            name, link_type_name(pcap_datalink(pcap)))};
        }
        impl->known = *known;
        return CaptureReader{std::move(impl)};
    }

    bool fail(std::string_view reason) {
        failure = core::Error{fmt::format("{}: packet {}: {}", name, count + 1, reason)};
        return false;
    }

    core::BytesView as_ethernet(core::BytesView cooked) {
        const bool v2 = known.framing == Framing::sll2;
        const std::size_t size = v2 ? sll2_size : sll_size;
        converted.assign(wire::ethernet_header_size, 0);
        if (cooked.size() < size) return core::BytesView{converted}.first(0);
        wire::EthernetHeader header;
        header.ether_type = core::load_u16(cooked.data() + (v2 ? 0 : 14));
        const std::size_t address_length = v2 ? cooked[11] : core::load_u16(cooked.data() + 4);
        if (address_length == header.source.bytes.size()) {
            std::copy_n(cooked.begin() + (v2 ? 12 : 6), 6, header.source.bytes.begin());
        }
        wire::write_ethernet(header, converted);
        converted.insert(converted.end(), cooked.begin() + static_cast<std::ptrdiff_t>(size),
                         cooked.end());
        return converted;
    }

    bool next(CapturedFrame& frame) {
        if (failure) return false;
        pcap_pkthdr* header = nullptr;
        const u_char* data = nullptr;
        const int result = pcap_next_ex(pcap.get(), &header, &data);
        if (result == PCAP_ERROR_BREAK) return false;  // the end of the file
        if (result != 1) return fail(pcap_geterr(pcap.get()));
        if (header->caplen > largest_captured_frame) {
            return fail(fmt::format("{} bytes, the most that is read is {}", header->caplen,
                                    largest_captured_frame));
        }
        // With nanosecond precision tv_usec holds nanoseconds (pcap_open_offline(3)).
        const std::int64_t seconds = header->ts.tv_sec;
        const std::int64_t rest = header->ts.tv_usec;
        const bool sane =
            seconds >= 0 && seconds <= last_second && rest >= 0 && rest < ns_per_second;
        frame.unix_ns = sane ? seconds * ns_per_second + rest : 0;
        frame.link_type = known.link_type;
        frame.bytes = {data, header->caplen};
        frame.original_length = header->len;
        if (known.framing != Framing::as_it_is) {
            frame.bytes = as_ethernet(frame.bytes);
            const std::uint32_t cut = header->len - std::min(header->len, header->caplen);
            frame.original_length = static_cast<std::uint32_t>(frame.bytes.size()) + cut;
        }
        ++count;
        return true;
    }
};

CaptureReader::CaptureReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CaptureReader::~CaptureReader() = default;
CaptureReader::CaptureReader(CaptureReader&&) noexcept = default;
CaptureReader& CaptureReader::operator=(CaptureReader&&) noexcept = default;

core::Result<CaptureReader> CaptureReader::open(const std::string& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
        return core::Error{fmt::format("{}: this is a directory, a capture was expected", path)};
    }
    std::FILE* file = std::fopen(path.c_str(), "rb");
    if (file == nullptr) {
        return core::Error{
            fmt::format("{}: cannot open: {}", path, std::generic_category().message(errno))};
    }
    std::array<char, PCAP_ERRBUF_SIZE> reason{};
    pcap_t* pcap =
        pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, reason.data());
    if (pcap == nullptr) std::fclose(file);
    return Impl::adopt(pcap, path, reason.data());
}

core::Result<CaptureReader> CaptureReader::from_bytes(core::BytesView bytes,
                                                      const std::string& name) {
    if (bytes.empty()) {
        return core::Error{fmt::format("{}: not a capture (pcap or pcapng): it is empty", name)};
    }
    // fmemopen wants a pointer to bytes that may change; a stream opened "r" changes none.
    std::FILE* file = ::fmemopen(const_cast<core::Byte*>(bytes.data()), bytes.size(), "r");
    if (file == nullptr) {
        return core::Error{
            fmt::format("{}: cannot open: {}", name, std::generic_category().message(errno))};
    }
    std::array<char, PCAP_ERRBUF_SIZE> reason{};
    pcap_t* pcap =
        pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, reason.data());
    if (pcap == nullptr) std::fclose(file);
    return Impl::adopt(pcap, name, reason.data());
}

bool CaptureReader::next(CapturedFrame& frame) {
    return impl_->next(frame);
}
const std::optional<core::Error>& CaptureReader::failure() const {
    return impl_->failure;
}
std::uint64_t CaptureReader::count() const {
    return impl_->count;
}

core::Result<Recording> read_capture(CaptureReader& reader, std::vector<std::string>* notes) {
    Recorder recorder;
    Recording& recording = recorder.recording();
    recording.from_capture = true;
    Hosts hosts{recorder};
    std::uint64_t cut = 0;
    bool full = false;
    CapturedFrame frame;
    while (reader.next(frame)) {
        if (recording.packets.empty()) recording.start_unix_ns = frame.unix_ns;
        if (recording.packets.size() == most_imported_packets ||
            recording.frames.size() + frame.bytes.size() > most_imported_bytes) {
            full = true;
            break;
        }
        if (frame.bytes.size() < frame.original_length) ++cut;
        HostId from = none;
        HostId to = none;
        if (const auto ip =
                wire::read_ip(ip_of(frame.link_type, frame.bytes), wire::Cut::allowed)) {
            const auto [from_side, to_side] = sides(*ip);
            from = hosts.of(ip->source, from_side);
            to = hosts.of(ip->destination, to_side);
        }
        const core::Instant at{core::Duration{frame.unix_ns - recording.start_unix_ns}};
        const PacketId id = recorder.packet_sent(at, from, to, none, frame.link_type, frame.bytes,
                                                 tcp::Cause::none);
        recorder.packet_ended(at, id, Fate::arrived);
    }
    if (reader.failure() && recording.packets.empty()) return *reader.failure();
    if (notes != nullptr) {
        if (reader.failure()) {
            notes->push_back(fmt::format("{}; the {} packets before it were kept",
                                         reader.failure()->message, recording.packets.size()));
        }
        if (cut != 0) {
            notes->push_back(fmt::format("{} frames were cut when captured", cut));
        }
        if (full) {
            notes->push_back(fmt::format("only the first {} packets were read: the most that fits",
                                         recording.packets.size()));
        }
    }
    return std::move(recorder).take();
}

core::Result<Recording> read_capture(const std::string& path, std::vector<std::string>* notes) {
    auto reader = CaptureReader::open(path);
    if (!reader) return reader.error();
    return read_capture(*reader, notes);
}

}  // namespace postack::record
