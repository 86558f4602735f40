#include "sim/mail/message/delivery_report.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "sim/mail/message/date.hpp"
#include "sim/mail/message/header.hpp"

namespace postack::mail::message {
namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

struct Wording {
    std::string_view subject, sentence;
};

Wording wording(ReportAction action) {
    switch (action) {
        case ReportAction::failed:
            return {"Mail could not be delivered",
                    "Your message did not reach the recipients below. It will not be tried again."};
        case ReportAction::delayed:
            return {"Mail is delayed",
                    "Your message has not reached the recipients below yet. It is still being "
                    "tried;\r\nthere is nothing that you need to do."};
        case ReportAction::delivered:
            return {"Mail was delivered", "Your message has reached the recipients below."};
        case ReportAction::relayed: break;
    }
    return {"Mail was relayed",
            "Your message was handed to a server that sends no such reports; you will hear no "
            "more of it."};
}

bool is_8bit(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

// A field of the delivery-status part must stay on its line.
std::string one_line(std::string_view text) {
    std::string line{text};
    for (char& c : line) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    }
    return line;
}

std::string status_part(const DeliveryReport& report) {
    std::string part = fmt::format("Reporting-MTA: dns; {}\r\n", report.hostname);
    if (!report.envelope_id.empty()) {
        part += fmt::format("Original-Envelope-Id: {}\r\n", from_xtext(report.envelope_id));
    }
    part += "Arrival-Date: " +
            mail_date(report.arrival_unix_ns, report.utc_offset_minutes, report.zone_name) + "\r\n";
    for (const RecipientReport& recipient : report.recipients) {
        part += "\r\n";
        if (!recipient.original.empty()) {
            // "type;xtext" becomes "type; text" (RFC 3464, section 2.3.1).
            const std::size_t semicolon = recipient.original.find(';');
            const std::string_view whole = recipient.original;
            part += fmt::format(
                "Original-Recipient: {}; {}\r\n", whole.substr(0, semicolon),
                one_line(from_xtext(whole.substr(std::min(semicolon, whole.size() - 1) + 1))));
        }
        part += fmt::format("Final-Recipient: {}; {}\r\nAction: {}\r\nStatus: {}\r\n",
                            is_8bit(recipient.address) ? "utf-8" : "rfc822",
                            one_line(recipient.address), name(recipient.action), recipient.status);
        if (!recipient.remote.empty()) {
            part += fmt::format("Remote-MTA: dns; {}\r\n", recipient.remote);
        }
        if (!recipient.diagnostic.empty()) {
            part += fmt::format("Diagnostic-Code: {}; {}\r\n",
                                recipient.remote.empty() ? "x-postack" : "smtp",
                                one_line(recipient.diagnostic));
        }
    }
    return part;
}

}  // namespace

std::string_view name(ReportAction action) {
    constexpr std::array<std::string_view, 4> names{"failed", "delayed", "delivered", "relayed"};
    return names[static_cast<std::size_t>(action)];
}

std::string print_delivery_report(const DeliveryReport& report) {
    const Wording words = wording(report.recipients.front().action);
    const std::string boundary = fmt::format("{}/{}", report.queue_id, report.hostname);
    const std::string_view original =
        report.headers_only ? split_message(report.original).header : report.original;
    const std::string date = mail_date(report.unix_ns, report.utc_offset_minutes, report.zone_name);
    std::string text = fmt::format(
        "Date: {}\r\nFrom: Mail system <MAILER-DAEMON@{}>\r\nTo: {}\r\nSubject: {}\r\n"
        "Message-ID: <{}.{}@{}>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"{}\"\r\n",
        date, report.hostname, report.to, words.subject, report.unix_ns / 1'000'000,
        report.queue_id, report.hostname, boundary);
    const bool eight = is_8bit(original);
    if (eight) text += "Content-Transfer-Encoding: 8bit\r\n";
    text += fmt::format(
        "\r\n--{}\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
        "This is the mail system of {}.\r\n\r\n{}\r\n\r\n",
        boundary, report.hostname, words.sentence);
    for (const RecipientReport& recipient : report.recipients) {
        text += fmt::format("  <{}>", one_line(recipient.address));
        if (!recipient.remote.empty()) text += fmt::format(": {} said", recipient.remote);
        if (!recipient.diagnostic.empty()) text += ": " + one_line(recipient.diagnostic);
        text += "\r\n";
    }
    text += fmt::format("\r\n--{}\r\nContent-Type: message/delivery-status\r\n\r\n{}", boundary,
                        status_part(report));
    text += fmt::format("\r\n--{}\r\nContent-Type: {}\r\n", boundary,
                        report.headers_only ? "text/rfc822-headers" : "message/rfc822");
    if (eight) text += "Content-Transfer-Encoding: 8bit\r\n";
    text += fmt::format("\r\n{}\r\n--{}--\r\n", original, boundary);
    return text;
}

bool is_xtext(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c < '!' || c > '~' || c == '=') return false;
        if (c != '+') continue;
        if (i + 2 >= text.size() || hex_digit(text[i + 1]) < 0 || hex_digit(text[i + 2]) < 0) {
            return false;
        }
        i += 2;
    }
    return true;
}

std::string from_xtext(std::string_view text) {
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && i + 2 < text.size()) {
            bytes += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else {
            bytes += text[i];
        }
    }
    return bytes;
}

std::string to_xtext(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c < '!' || c > '~' || c == '+' || c == '=') {
            result += fmt::format("+{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        } else {
            result += c;
        }
    }
    return result;
}

}  // namespace postack::mail::message
