// Dissectors of what runs on TCP. To add a protocol: a class in a file of its own, and a row in the
// table of dissect_application.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "sim/core/bytes.hpp"

namespace postack::record {

/// One conversation of an application protocol. It sees the payloads in order, each once.
class ApplicationDissector {
   public:
    virtual ~ApplicationDissector() = default;

    /// Reads a payload and appends its Info. Gives the name for the Protocol column, or an empty
    /// view if the bytes are the beginning of something whose rest is still to come: the caller
    /// then keeps them and hands them in again, with the next segment's bytes behind; Info, if any
    /// was appended, stands for this segment.
    virtual std::string_view read(bool from_client, core::BytesView bytes, std::string& info) = 0;
};

/// One row of the table of application protocols.
struct ApplicationProtocol {
    std::span<const std::uint16_t> ports;  ///< of the server
    std::unique_ptr<ApplicationDissector> (*make)();
};

/// The protocol that a server's port stands for, nullptr if none is known. Wireshark goes by the
/// port as well, and so does this: what a student sees is the same on both sides.
const ApplicationProtocol* find_application(std::uint16_t server_port);

std::unique_ptr<ApplicationDissector> make_smtp_dissector();
std::unique_ptr<ApplicationDissector> make_pop_dissector();
std::unique_ptr<ApplicationDissector> make_imap_dissector();
std::unique_ptr<ApplicationDissector> make_http_dissector();

}  // namespace postack::record
