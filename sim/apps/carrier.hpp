// What carries a dialogue: the three transports of the lesson.
#pragma once

#include <cstdint>

namespace postack::apps {

enum class Carrier : std::uint8_t {
    tcp,
    datagrams,      ///< UDP as it is: each line or answer is a datagram, sent once
    stop_and_wait,  ///< UDP with numbers, acknowledgments and a timer made by hand
};

}  // namespace postack::apps
