#include "sim/record/dissect.hpp"

#include "sim/record/dissect_impl.hpp"

namespace postack::record {

struct Dissector::Impl : FrameDissector {
    using FrameDissector::FrameDissector;
};

Dissector::Dissector(DissectOptions options) : impl_(std::make_unique<Impl>(options)) {}
Dissector::~Dissector() = default;
Dissector::Dissector(Dissector&&) noexcept = default;
Dissector& Dissector::operator=(Dissector&&) noexcept = default;

const Row& Dissector::next(core::Instant sent, LinkType link_type, core::BytesView frame, Fate fate,
                           tcp::Cause cause) {
    return impl_->next(sent, link_type, frame, fate, cause);
}

std::vector<Row> dissect(const Recording& recording, DissectOptions options) {
    std::vector<Row> rows;
    rows.reserve(recording.packets.size());
    Dissector dissector{options};
    core::Bytes room;
    for (const Packet& packet : recording.packets) {
        rows.push_back(dissector.next(packet.sent, packet.link_type, recording.frame(packet, room),
                                      packet.fate, packet.cause));
    }
    return rows;
}

}  // namespace postack::record
