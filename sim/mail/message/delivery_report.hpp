// Delivery status notifications: what became of a message, told to its sender (RFC 3461, the report
// itself RFC 3462 and RFC 3464). A bounce is one whose action is "failed".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace postack::mail::message {

enum class ReportAction : std::uint8_t { failed, delayed, delivered, relayed };

/// RFC 3464, section 2.3.
struct RecipientReport {
    std::string address;   ///< where it was to go in the end
    std::string original;  ///< ORCPT in xtext, "rfc822;a@b"; empty: not known
    ReportAction action = ReportAction::failed;
    std::string status = "5.0.0";  ///< RFC 3463
    std::string diagnostic;        ///< the remote server's reply, or why; empty: none
    std::string remote;            ///< the server that said it; empty: this one
};

struct DeliveryReport {
    std::string hostname;  ///< who reports
    std::string to;        ///< the sender of the message
    std::string queue_id;
    std::string envelope_id;  ///< ENVID, in xtext; empty: not given
    std::int64_t arrival_unix_ns = 0, unix_ns = 0;
    std::int32_t utc_offset_minutes = 0;
    std::string zone_name;
    std::vector<RecipientReport> recipients;  ///< at least one
    std::string_view original;                ///< the message, CRLF line ends
    bool headers_only = false;                ///< RET=HDRS
};

/// "failed", as the Action field has it.
std::string_view name(ReportAction action);

/// The whole message with CRLF line ends: multipart/report of an explanation, the
/// delivery-status and the original or its header.
std::string print_delivery_report(const DeliveryReport& report);

/// Reads xtext (RFC 3461, section 4): "+XX" for a byte. False: a '+' without two upper-case
/// hexadecimal digits behind it, an '=', or a byte outside '!' to '~'.
bool is_xtext(std::string_view text);
/// The bytes that xtext stands for; `text` must be xtext.
std::string from_xtext(std::string_view text);
std::string to_xtext(std::string_view text);

}  // namespace postack::mail::message
