#include "sim/record/dissect_application.hpp"

#include <algorithm>
#include <array>

namespace postack::record {

namespace {

constexpr std::array<std::uint16_t, 2> smtp_ports{25, 587};
constexpr std::array<std::uint16_t, 1> pop_ports{110};
constexpr std::array<std::uint16_t, 1> imap_ports{143};
constexpr std::array<std::uint16_t, 2> http_ports{80, 8080};

constexpr std::array<ApplicationProtocol, 4> protocols{{
    {smtp_ports, make_smtp_dissector},
    {pop_ports, make_pop_dissector},
    {imap_ports, make_imap_dissector},
    {http_ports, make_http_dissector},
}};

}  // namespace

const ApplicationProtocol* find_application(std::uint16_t server_port) {
    for (const auto& protocol : protocols) {
        if (std::find(protocol.ports.begin(), protocol.ports.end(), server_port) !=
            protocol.ports.end()) {
            return &protocol;
        }
    }
    return nullptr;
}

}  // namespace postack::record
