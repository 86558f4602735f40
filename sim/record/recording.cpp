#include "sim/record/recording.hpp"

namespace postack::record {

std::string_view name(Fate fate) {
    switch (fate) {
        case Fate::in_flight: return "in_flight";
        case Fate::arrived: return "arrived";
        case Fate::lost: return "lost";
        case Fate::corrupt: return "corrupt";
        case Fate::duplicate: return "duplicate";
    }
    return "in_flight";
}

core::Bytes Recording::frame(const Packet& p) const {
    core::Bytes room;
    const core::BytesView bytes = frame(p, room);
    return {bytes.begin(), bytes.end()};
}

}  // namespace postack::record
