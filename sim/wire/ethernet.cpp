#include "sim/wire/ethernet.hpp"

#include <algorithm>
#include <cassert>

#include <fmt/format.h>

namespace postack::wire {

void write_ethernet(const EthernetHeader& header, core::BytesSpan out) {
    assert(out.size() >= ethernet_header_size);
    std::copy(header.destination.bytes.begin(), header.destination.bytes.end(), out.begin());
    std::copy(header.source.bytes.begin(), header.source.bytes.end(), out.begin() + 6);
    core::store_u16(&out[12], header.ether_type);
}

core::Result<EthernetFrame> read_ethernet(core::BytesView bytes) {
    if (bytes.size() < ethernet_header_size) {
        return core::Error{
            fmt::format("Ethernet: {} bytes, the header alone has 14", bytes.size())};
    }
    EthernetFrame frame;
    std::copy_n(bytes.begin(), 6, frame.header.destination.bytes.begin());
    std::copy_n(bytes.begin() + 6, 6, frame.header.source.bytes.begin());
    frame.header.ether_type = core::load_u16(&bytes[12]);
    frame.payload = bytes.subspan(ethernet_header_size);
    return frame;
}

}  // namespace postack::wire
