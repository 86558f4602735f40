#include "sim/record/dns_dissector.hpp"

#include <fmt/format.h>

#include "sim/dns/message.hpp"
#include "sim/record/details_tree.hpp"
#include "sim/record/dissect_text.hpp"

namespace postack::record {
namespace {

constexpr std::size_t header_size = 12;

std::string_view code_text(dns::Code code) {
    switch (code) {
        case dns::Code::no_error: return "No error";
        case dns::Code::format: return "Format error";
        case dns::Code::server_failure: return "Server failure";
        case dns::Code::no_such_name: return "No such name";
        case dns::Code::not_implemented: return "Not implemented";
        case dns::Code::refused: return "Refused";
    }
    return "Unknown error";
}

std::string shown(std::string_view name) {
    if (name.empty()) return "<Root>";
    std::string text;
    append_text(text, core::as_bytes(name));
    return text;
}

// What the Info column says of a record behind its type.
struct Brief {
    std::string operator()(const wire::IpAddress& address) const {
        return " " + wire::to_string(address);
    }
    std::string operator()(const dns::Mail& mail) const {
        return fmt::format(" {} {}", mail.preference, shown(mail.host));
    }
    std::string operator()(const dns::Host& host) const { return " " + shown(host.name); }
    std::string operator()(const dns::Authority& authority) const {
        return " " + shown(authority.server);
    }
    std::string operator()(const core::Bytes&) const { return {}; }
};

void add_records(Field& branch, std::string_view title, const std::vector<dns::Record>& records) {
    if (records.empty()) return;
    Field& section = add(branch, std::string{title});
    for (const dns::Record& record : records) {
        const std::string type = dns::type_name(record.type);
        Field& field = add(section, fmt::format("{}: type {}, class IN,{}", shown(record.name),
                                                type, std::visit(Brief{}, record.data)));
        add(field, "Name: " + shown(record.name));
        add(field, fmt::format("Type: {} ({})", type, record.type));
        add(field, "Class: IN (0x0001)");
        add(field, fmt::format("Time to live: {} seconds", record.seconds_to_live));
    }
}

}  // namespace

bool append_dns(std::string& info, core::BytesView datagram) {
    const auto message = dns::parse_message(datagram);
    if (!message || message->opcode != 0) return false;
    info += message->response ? "Standard query response 0x" : "Standard query 0x";
    append_hex(info, message->id, 4);
    if (message->code != dns::Code::no_error) {
        info += ' ';
        info += code_text(message->code);
    }
    for (const dns::Question& question : message->questions) {
        info += " " + dns::type_name(question.type) + " " + shown(question.name);
    }
    for (const auto* section : {&message->answers, &message->authorities, &message->additional}) {
        for (const dns::Record& record : *section) {
            info += " " + dns::type_name(record.type) + std::visit(Brief{}, record.data);
        }
    }
    return true;
}

Field dns_branch(core::BytesView datagram, std::size_t at) {
    const auto message = dns::parse_message(datagram);
    Field branch{"Domain Name System",
                 static_cast<std::uint32_t>(at),
                 static_cast<std::uint32_t>(datagram.size()),
                 {}};
    if (!message) return branch;
    branch.text += message->response ? " (response)" : " (query)";
    add(branch, fmt::format("Transaction ID: 0x{:04x}", message->id), at, 2);
    const unsigned flags = core::load_u16(&datagram[2]);
    Field& bits = add(branch,
                      fmt::format("Flags: 0x{:04x} {}", flags,
                                  message->response ? fmt::format("Standard query response, {}",
                                                                  code_text(message->code))
                                                    : std::string{"Standard query"}),
                      at + 2, 2);
    const auto bit = [&](unsigned shift, std::string_view text) {
        add(bits, bit_line(flags, 16, shift, 1, text), at + 2, 2);
    };
    bit(15, message->response ? "Response: Message is a response" : "Response: Message is a query");
    if (message->response) {
        bit(10, message->authoritative ? "Authoritative: Server is an authority for domain"
                                       : "Authoritative: Server is not an authority for domain");
    }
    bit(9, message->truncated ? "Truncated: Message is truncated"
                              : "Truncated: Message is not truncated");
    bit(8, message->recursion_desired ? "Recursion desired: Do query recursively"
                                      : "Recursion desired: Don't do query recursively");
    if (message->response) {
        bit(7, message->recursion_available
                   ? "Recursion available: Server can do recursive queries"
                   : "Recursion available: Server can't do recursive queries");
    }
    add(branch, fmt::format("Questions: {}", message->questions.size()), at + 4, 2);
    add(branch, fmt::format("Answer RRs: {}", message->answers.size()), at + 6, 2);
    add(branch, fmt::format("Authority RRs: {}", message->authorities.size()), at + 8, 2);
    add(branch, fmt::format("Additional RRs: {}", message->additional.size()), at + 10, 2);
    if (!message->questions.empty()) {
        Field& queries = add(branch, "Queries", at + header_size);
        for (const dns::Question& question : message->questions) {
            add(queries, fmt::format("{}: type {}, class IN", shown(question.name),
                                     dns::type_name(question.type)));
        }
    }
    add_records(branch, "Answers", message->answers);
    add_records(branch, "Authoritative nameservers", message->authorities);
    add_records(branch, "Additional records", message->additional);
    return branch;
}

}  // namespace postack::record
