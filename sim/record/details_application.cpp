// Branches of what TCP or UDP carries: the lines of SMTP, message text, data.
#include <algorithm>

#include "sim/record/details_tree.hpp"
#include "sim/record/dissect_text.hpp"
#include "sim/record/dns_dissector.hpp"

namespace postack::record {

namespace {

// Lines of one segment that get a field of their own. A stated choice: a tree of more is
// unreadable.
constexpr std::size_t max_lines = 1000;

// The words of RFC 5321, section 4.2.3, and RFC 4954, section 6, as Wireshark has them.
std::string_view smtp_code_text(int code) {
    switch (code) {
        case 211: return "System status, or system help reply";
        case 214: return "Help message";
        case 220: return "<domain> Service ready";
        case 221: return "<domain> Service closing transmission channel";
        case 235: return "Authentication successful";
        case 250: return "Requested mail action okay, completed";
        case 251: return "User not local; will forward to <forward-path>";
        case 252: return "Cannot VRFY user, but will accept message and attempt delivery";
        case 334: return "AUTH input";
        case 354: return "Start mail input; end with <CRLF>.<CRLF>";
        case 421: return "<domain> Service not available, closing transmission channel";
        case 432: return "A password transition is needed";
        case 450: return "Requested mail action not taken: mailbox unavailable";
        case 451: return "Requested action aborted: local error in processing";
        case 452: return "Requested action not taken: insufficient system storage";
        case 454: return "Temporary authenticaion failure";
        case 500: return "Syntax error, command unrecognized";
        case 501: return "Syntax error in parameters or arguments";
        case 502: return "Command not implemented";
        case 503: return "Bad sequence of commands";
        case 504: return "Command parameter not implemented";
        case 530: return "Authentication required";
        case 534: return "Authentication mechanism is too weak";
        case 535: return "Authentication credentials invalid";
        case 538: return "Encryption required for requested authentication mechanism";
        case 550: return "Requested action not taken: mailbox unavailable";
        case 551: return "User not local; please try <forward-path>";
        case 552: return "Requested mail action aborted: exceeded storage allocation";
        case 553: return "Requested action not taken: mailbox name not allowed";
        case 554: return "Transaction failed";
        default: return "Unknown";
    }
}

std::string text_of(core::BytesView bytes) {
    std::string text;
    append_text(text, bytes);
    return text;
}

void add_response(Field& branch, core::BytesView line, core::BytesView whole, std::size_t at) {
    Field& field = add(branch, "Response: " + text_of(whole), at, whole.size());
    if (line.size() < 3 || !std::all_of(line.begin(), line.begin() + 3,
                                        [](core::Byte c) { return c >= '0' && c <= '9'; })) {
        return;
    }
    const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
    add(field, fmt::format("Response code: {} ({})", smtp_code_text(code), code), at, 3);
    if (line.size() > 4) {
        add(field, "Response parameter: " + text_of(line.subspan(4)), at + 4, line.size() - 4);
    }
}

void add_command(Field& branch, core::BytesView line, core::BytesView whole, std::size_t at) {
    Field& field = add(branch, "Command Line: " + text_of(whole), at, whole.size());
    const std::size_t space = core::as_text(line).find(' ');
    const std::size_t verb = std::min(space, line.size());
    add(field, "Command: " + text_of(line.first(verb)), at, verb);
    if (verb + 1 < line.size()) {
        add(field, "Request parameter: " + text_of(line.subspan(verb + 1)), at + verb + 1,
            line.size() - verb - 1);
    }
}

template <typename Each>
void each_line(core::BytesView payload, Each each) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < payload.size() && count < max_lines; ++count) {
        const LineRange line = find_line(payload, at);
        each(payload.subspan(at, line.length), payload.subspan(at, line.next - at), at);
        at = line.next;
    }
}

Field smtp_branch(const Row& row, core::BytesView payload, std::size_t at) {
    Field branch{"Simple Mail Transfer Protocol",
                 static_cast<std::uint32_t>(at),
                 static_cast<std::uint32_t>(payload.size()),
                 {}};
    const bool whole_message = row.protocol.starts_with("SMTP/IMF") || row.info.find("C: .") == 0;
    const bool fragment = row.info.find("C: DATA fragment") != std::string::npos;
    const bool from_server = row.info.find("S:") != std::string::npos && !row.from_client;
    if (fragment) {
        Field& data = add(branch, "Line-based text data", at, payload.size());
        each_line(payload, [&](core::BytesView, core::BytesView whole, std::size_t offset) {
            add(data, text_of(whole), at + offset, whole.size());
        });
    } else if (whole_message) {
        Field& data = add(branch, "C: .", at, payload.size());
        each_line(payload, [&](core::BytesView, core::BytesView whole, std::size_t offset) {
            add(data, text_of(whole), at + offset, whole.size());
        });
    } else {
        each_line(payload, [&](core::BytesView line, core::BytesView whole, std::size_t offset) {
            if (from_server) {
                add_response(branch, line, whole, at + offset);
            } else {
                add_command(branch, line, whole, at + offset);
            }
        });
    }
    return branch;
}

// What begins with +OK or -ERR is an answer; what does not and comes from the server is its text.
Field pop_branch(const Row& row, core::BytesView payload, std::size_t at) {
    Field branch{"Post Office Protocol",
                 static_cast<std::uint32_t>(at),
                 static_cast<std::uint32_t>(payload.size()),
                 {}};
    const std::string_view text = core::as_text(payload);
    const bool answer = !row.from_client && (text.starts_with("+OK") || text.starts_with("-ERR"));
    each_line(payload, [&](core::BytesView line, core::BytesView whole, std::size_t offset) {
        const bool structured = offset == 0 && (row.from_client || answer);
        const std::size_t where = at + offset;
        Field& field =
            add(branch, (structured ? "" : "Data: ") + text_of(whole), where, whole.size());
        if (!structured) return;
        const std::size_t first = std::min(core::as_text(line).find(' '), line.size());
        add(field,
            (answer ? "Response indicator: " : "Request command: ") + text_of(line.first(first)),
            where, first);
        if (first + 1 >= line.size()) return;
        add(field,
            (answer ? "Response description: " : "Request parameter: ") +
                text_of(line.subspan(first + 1)),
            where + first + 1, line.size() - first - 1);
    });
    return branch;
}

// The lines of a request or response, and its content.
Field http_branch(core::BytesView payload, std::size_t at) {
    Field branch{"Hypertext Transfer Protocol",
                 static_cast<std::uint32_t>(at),
                 static_cast<std::uint32_t>(payload.size()),
                 {}};
    const std::size_t blank = core::as_text(payload).find("\r\n\r\n");
    const std::size_t header =
        blank == std::string_view::npos ? payload.size() : std::min(blank + 4, payload.size());
    each_line(payload.first(header),
              [&](core::BytesView line, core::BytesView whole, std::size_t offset) {
                  add(branch, line.empty() ? "\\r\\n" : text_of(whole), at + offset, whole.size());
              });
    if (header == payload.size()) return branch;
    Field& data = add(branch, fmt::format("File Data: {} bytes", payload.size() - header),
                      at + header, payload.size() - header);
    each_line(payload.subspan(header),
              [&](core::BytesView, core::BytesView whole, std::size_t offset) {
                  add(data, text_of(whole), at + header + offset, whole.size());
              });
    return branch;
}

// The branch of a mail, with its Info as the one line.
Field message_branch(const Row& row, core::BytesView payload, std::size_t at) {
    Field message{"Internet Message Format",
                  static_cast<std::uint32_t>(at),
                  static_cast<std::uint32_t>(payload.size()),
                  {}};
    add(message, row.info);
    return message;
}

}  // namespace

void append_application_branches(const Examined& examined, std::vector<Field>& fields) {
    const Row& row = examined.row();
    const Layers& layers = examined.layers();
    const auto transport = examined.frame.subspan(layers.payload_offset, layers.payload_length);
    const std::size_t header = row.flags ? std::size_t{transport[12]} / 16 * 4 : std::size_t{8};
    if (header >= transport.size()) return;
    const auto payload = transport.subspan(header);
    const std::size_t at = layers.payload_offset + header;
    if (row.protocol.substr(0, 4) == "SMTP") {
        fields.push_back(smtp_branch(row, payload, at));
        if (row.protocol.starts_with("SMTP/IMF"))
            fields.push_back(message_branch(row, payload, at));
    } else if (row.protocol.substr(0, 3) == "POP") {
        fields.push_back(pop_branch(row, payload, at));
        if (row.protocol.starts_with("POP/IMF")) fields.push_back(message_branch(row, payload, at));
    } else if (row.protocol == "HTTP") {
        fields.push_back(http_branch(payload, at));
    } else if (row.protocol == "DNS") {
        fields.push_back(dns_branch(payload, at));
    } else if (!row.flags) {
        Field data{fmt::format("Data ({} byte{})", payload.size(), payload.size() == 1 ? "" : "s"),
                   static_cast<std::uint32_t>(at),
                   static_cast<std::uint32_t>(payload.size()),
                   {}};
        add(data,
            "Data: " + core::to_hex(payload.first(std::min<std::size_t>(payload.size(), 36))) +
                (payload.size() > 36 ? "\xe2\x80\xa6" : ""),
            at, payload.size());
        add(data, fmt::format("[Length: {}]", payload.size()));
        fields.push_back(std::move(data));
    }
}

}  // namespace postack::record
