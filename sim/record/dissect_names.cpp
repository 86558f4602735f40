#include "sim/record/dissect_names.hpp"

#include <array>

namespace postack::record {

std::string_view icmp_type_name(std::uint8_t type) {
    switch (type) {
        case 0: return "Echo (ping) reply";
        case 3: return "Destination unreachable";
        case 4: return "Source quench (flow control)";
        case 5: return "Redirect";
        case 8: return "Echo (ping) request";
        case 9: return "Router advertisement";
        case 10: return "Router solicitation";
        case 11: return "Time-to-live exceeded";
        case 12: return "Parameter problem";
        case 13: return "Timestamp request";
        case 14: return "Timestamp reply";
        case 17: return "Address mask request";
        case 18: return "Address mask reply";
        default: return "Obsolete or malformed?";
    }
}

std::string_view icmp_code_name(std::uint8_t type, std::uint8_t code) {
    static constexpr std::array<std::string_view, 16> unreachable{
        "Network unreachable",
        "Host unreachable",
        "Protocol unreachable",
        "Port unreachable",
        "Fragmentation needed",
        "Source route failed",
        "Destination network unknown",
        "Destination host unknown",
        "Source host isolated",
        "Network administratively prohibited",
        "Host administratively prohibited",
        "Network unreachable for TOS",
        "Host unreachable for TOS",
        "Communication administratively filtered",
        "Host precedence violation",
        "Precedence cutoff in effect",
    };
    static constexpr std::array<std::string_view, 4> redirect{
        "Redirect for network", "Redirect for host", "Redirect for TOS and network",
        "Redirect for TOS and host"};
    static constexpr std::array<std::string_view, 2> exceeded{"Time to live exceeded in transit",
                                                              "Fragment reassembly time exceeded"};
    static constexpr std::array<std::string_view, 3> parameter{
        "Pointer indicates the error", "Required option missing", "Bad length"};
    const auto of = [code](const auto& table) {
        return code < table.size() ? table[code] : std::string_view{};
    };
    switch (type) {
        case 3: return of(unreachable);
        case 5: return of(redirect);
        case 11: return of(exceeded);
        case 12: return of(parameter);
        default: return {};
    }
}

bool icmp_is_query(std::uint8_t type) {
    return type == 0 || type == 8 || type == 13 || type == 14 || type == 17 || type == 18;
}

bool icmp_has_codes(std::uint8_t type) {
    return type == 3 || type == 5 || type == 11 || type == 12;
}

std::string_view icmpv6_type_name(std::uint8_t type) {
    switch (type) {
        case 1: return "Destination Unreachable";
        case 2: return "Packet Too Big";
        case 3: return "Time Exceeded";
        case 4: return "Parameter Problem";
        case 128: return "Echo (ping) request";
        case 129: return "Echo (ping) reply";
        case 130: return "Multicast Listener Query";
        case 131: return "Multicast Listener Report";
        case 132: return "Multicast Listener Done";
        case 133: return "Router Solicitation";
        case 134: return "Router Advertisement";
        case 135: return "Neighbor Solicitation";
        case 136: return "Neighbor Advertisement";
        case 137: return "Redirect";
        case 143: return "Multicast Listener Report Message v2";
        default: return "Unknown";
    }
}

std::string_view icmpv6_code_name(std::uint8_t type, std::uint8_t code) {
    static constexpr std::array<std::string_view, 7> unreachable{
        "no route to destination",
        "Administratively prohibited",
        "Beyond scope of source address",
        "Address unreachable",
        "Port unreachable",
        "Source address failed ingress/egress policy",
        "Reject route to destination",
    };
    static constexpr std::array<std::string_view, 2> exceeded{"hop limit exceeded in transit",
                                                              "fragment reassembly time exceeded"};
    static constexpr std::array<std::string_view, 3> parameter{
        "erroneous header field encountered", "unrecognized Next Header type encountered",
        "unrecognized IPv6 option encountered"};
    const auto of = [code](const auto& table) {
        return code < table.size() ? table[code] : std::string_view{};
    };
    switch (type) {
        case 1: return of(unreachable);
        case 3: return of(exceeded);
        case 4: return of(parameter);
        default: return {};
    }
}

}  // namespace postack::record
