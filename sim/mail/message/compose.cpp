#include "sim/mail/message/compose.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sim/mail/message/header.hpp"
#include "sim/mail/sasl/base64.hpp"

namespace postack::mail::message {
namespace {

constexpr std::size_t base64_line = 76;    // RFC 2045, section 6.8
constexpr std::size_t encoded_bytes = 45;  // of one encoded word: 60 characters of base64

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string canonical(std::string_view text) {
    return with_crlf(with_lf(text));
}

std::string joined(const std::vector<std::string>& addresses) {
    return fmt::format("{}", fmt::join(addresses, ", "));
}

std::string text_part(const Draft& draft, std::string_view subtype, std::string_view text) {
    const bool ascii = is_ascii(text);
    return fmt::format(
        "Content-Type: text/{}; charset={}{}\r\nContent-Transfer-Encoding: {}\r\n\r\n{}", subtype,
        ascii ? std::string_view{draft.charset} : "utf-8",
        subtype == "plain" ? std::string_view{draft.parameters} : "", ascii ? "7bit" : "8bit",
        canonical(text));
}

std::string attachment_part(const Attachment& attachment) {
    std::string part = fmt::format(
        "Content-Type: {}; name=\"{}\"\r\nContent-Transfer-Encoding: base64\r\n"
        "Content-Disposition: attachment; filename=\"{}\"\r\n\r\n",
        attachment.type, attachment.name, attachment.name);
    const std::string encoded = sasl::to_base64(attachment.bytes);
    for (std::size_t at = 0; at < encoded.size(); at += base64_line)
        part += encoded.substr(at, base64_line) + "\r\n";
    return part;
}

// The parts between their delimiters (RFC 2046, section 5.1.1).
std::string multipart(std::string_view subtype, std::string_view boundary,
                      const std::vector<std::string>& parts, std::string_view preamble) {
    std::string text = fmt::format("Content-Type: multipart/{};\r\n boundary=\"{}\"\r\n\r\n{}",
                                   subtype, boundary, preamble);
    for (const std::string& part : parts)
        text += fmt::format("--{}\r\n{}\r\n", boundary, part);
    return text + fmt::format("--{}--\r\n", boundary);
}

}  // namespace

std::string encode_words(std::string_view text) {
    if (is_ascii(text)) return std::string{text};
    std::string words;
    while (!text.empty()) {
        std::size_t size = std::min(encoded_bytes, text.size());
        // A character is not cut in two (section 5).
        while (size < text.size() && size > 1 &&
               (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80U)
            --size;
        if (!words.empty()) words += "\r\n ";
        words += "=?UTF-8?B?" + sasl::to_base64(text.substr(0, size)) + "?=";
        text.remove_prefix(size);
    }
    return words;
}

std::string compose(const Draft& draft) {
    std::string text;
    const auto field = [&text](std::string_view name, std::string_view body) {
        if (!body.empty()) text += fmt::format("{}: {}\r\n", name, body);
    };
    field("Message-ID", draft.message_id);
    field("Date", draft.date);
    field("From", draft.from);
    field("User-Agent", draft.mailer);
    field("MIME-Version", "1.0");
    field("To", joined(draft.to));
    field("Cc", joined(draft.cc));
    field("Subject", encode_words(draft.subject));
    constexpr std::string_view preamble = "This is a multi-part message in MIME format.\r\n";
    const bool mixed = !draft.attachments.empty();
    std::string body = text_part(draft, "plain", draft.text);
    if (!draft.html.empty()) {
        body = multipart("alternative", mixed ? draft.boundary + "-alternative" : draft.boundary,
                         {body, text_part(draft, "html", draft.html)}, mixed ? "" : preamble);
    }
    if (mixed) {
        std::vector<std::string> parts{body};
        for (const Attachment& attachment : draft.attachments)
            parts.push_back(attachment_part(attachment));
        body = multipart("mixed", draft.boundary, parts, preamble);
    }
    return text + body;
}

}  // namespace postack::mail::message
