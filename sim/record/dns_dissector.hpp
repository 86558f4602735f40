// DNS over UDP as Wireshark 4.0 shows it.
#pragma once

#include <string>

#include "sim/core/bytes.hpp"
#include "sim/record/dissect.hpp"

namespace postack::record {

/// "Standard query 0x1a2b MX example.org", "Standard query response 0x1a2b MX example.org MX 10
/// mail.example.org A 192.0.2.1". False: the bytes are no DNS message, nothing was appended.
bool append_dns(std::string& info, core::BytesView datagram);

/// The branch "Domain Name System (query)" with its fields; `at` is the datagram's place.
Field dns_branch(core::BytesView datagram, std::size_t at);

}  // namespace postack::record
