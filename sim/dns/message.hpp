// Messages of the domain name system (RFC 1035, section 4; AAAA: RFC 3596) as values, and their
// bytes. print_message and parse_message are inverse on values; names keep their case and are
// written without the final dot.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/core/bytes.hpp"
#include "sim/core/result.hpp"
#include "sim/wire/address.hpp"

namespace postack::dns {

inline constexpr std::uint16_t port = 53;
inline constexpr std::size_t max_udp_message = 512;  // RFC 1035, section 4.2.1
inline constexpr std::size_t max_name = 255;         // RFC 1035, section 2.3.4
inline constexpr std::size_t max_label = 63;
inline constexpr std::size_t max_records = 1000;  // of one section: our choice

enum class Type : std::uint16_t {
    a = 1,
    ns = 2,
    cname = 5,
    soa = 6,
    ptr = 12,
    mx = 15,
    txt = 16,
    aaaa = 28,
};
/// "A", "MX" …; "TYPE1234" of one that is not in the list (RFC 3597).
std::string type_name(std::uint16_t type);
/// The inverse, without case. Error: unknown, with the known ones.
core::Result<Type> parse_type(std::string_view text);

enum class Code : std::uint8_t {
    no_error = 0,
    format = 1,
    server_failure = 2,
    no_such_name = 3,
    not_implemented = 4,
    refused = 5
};

struct Question {
    std::string name;
    std::uint16_t type = 1;
    bool operator==(const Question&) const = default;
};

struct Mail {  ///< MX
    std::uint16_t preference = 10;
    std::string host;
    bool operator==(const Mail&) const = default;
};
struct Host {  ///< NS, CNAME, PTR
    std::string name;
    bool operator==(const Host&) const = default;
};
struct Authority {  ///< SOA
    std::string server, mailbox;
    std::uint32_t serial = 1, refresh = 3600, retry = 600, expire = 86400, minimum = 300;
    bool operator==(const Authority&) const = default;
};
/// A or AAAA: an address; of other types the bytes as they are.
using Data = std::variant<wire::IpAddress, Mail, Host, Authority, core::Bytes>;

struct Record {
    std::string name;
    std::uint16_t type = 1;
    std::uint32_t seconds_to_live = 300;
    Data data;
    bool operator==(const Record&) const = default;
};

struct Message {
    std::uint16_t id = 0;
    bool response = false, authoritative = false, truncated = false;
    bool recursion_desired = true, recursion_available = false;
    std::uint8_t opcode = 0;  ///< 0: standard query
    Code code = Code::no_error;
    std::vector<Question> questions;
    std::vector<Record> answers, authorities, additional;
    bool operator==(const Message&) const = default;
};

/// Names that came before are pointed at (section 4.1.4). A name or record that cannot be written
/// (a label too long) leaves an empty message.
core::Bytes print_message(const Message& message);
/// Error: shorter than it says, a pointer that does not point backwards, a name too long, another
/// class than IN.
core::Result<Message> parse_message(core::BytesView bytes);

/// Compared without case of ASCII letters (section 2.3.3).
bool same_name(std::string_view a, std::string_view b);
/// "33.0.168.192.in-addr.arpa", "….ip6.arpa" (RFC 1035, section 3.5; RFC 3596, section 2.5).
std::string reverse_name(const wire::IpAddress& address);

}  // namespace postack::dns
