#include "sim/record/recording.hpp"

namespace postack::record {

core::Bytes Recording::frame(const Packet& p) const {
    core::Bytes room;
    const core::BytesView bytes = frame(p, room);
    return {bytes.begin(), bytes.end()};
}

}  // namespace postack::record
