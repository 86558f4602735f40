#include "sim/mail/mime/binary.hpp"

#include <algorithm>

#include "sim/mail/message/address.hpp"
#include "sim/mail/mime/decode.hpp"
#include "sim/mail/mime/part.hpp"

namespace postack::mail::mime {
namespace {

constexpr std::size_t base64_line = 76;  // RFC 2045, section 6.8

// The header with another Content-Transfer-Encoding.
std::string with_encoding(std::string_view header, std::string_view encoding) {
    constexpr std::string_view field = "Content-Transfer-Encoding";
    std::string changed;
    bool replaced = false;
    for (std::size_t at = 0; at < header.size();) {
        const std::size_t end = std::min(header.find('\n', at), header.size() - 1) + 1;
        const std::string_view line = header.substr(at, end - at);
        at = end;
        const bool folded = line.starts_with(' ') || line.starts_with('\t');
        if (!folded) {
            std::string_view name = line.substr(0, line.find(':'));
            name = name.substr(0, name.find_last_not_of(" \t") + 1);  // RFC 5322, 4.5.1
            replaced = message::equal_without_case(name, field);
            if (replaced) changed.append(field).append(": ").append(encoding).append("\r\n");
        }
        if (!replaced) changed += line;
    }
    return changed;
}

class Rewriter {
   public:
    explicit Rewriter(std::string_view message) : message_(message) {}

    // Parts come in the order of the text, so that what lies between them is copied as it is.
    void part(const Part& p) {
        const bool binary = message::equal_without_case(p.encoding, "binary");
        if (p.multipart() || p.embeds_message()) {
            if (binary) replace(p.header, with_encoding(p.header, "8bit"));
            for (const Part& below : p.parts)
                part(below);
        } else if (binary) {
            replace(p.header, with_encoding(p.header, "base64"));
            std::string lines;
            const std::string encoded = encode_base64(p.body);
            for (std::size_t at = 0; at < encoded.size(); at += base64_line)
                lines.append(encoded, at, base64_line).append("\r\n");
            replace(p.body, lines);
        }
    }
    std::string finish() {
        out_ += message_.substr(copied_);
        return std::move(out_);
    }

   private:
    void replace(std::string_view old, std::string_view with) {
        const auto at = static_cast<std::size_t>(old.data() - message_.data());
        out_ += message_.substr(copied_, at - copied_);
        out_ += with;
        copied_ = at + old.size();
    }

    std::string_view message_;
    std::string out_;
    std::size_t copied_ = 0;
};

}  // namespace

std::string without_binary(std::string_view message) {
    Rewriter rewriter{message};
    const Part root = parse_message(message);
    rewriter.part(root);
    return rewriter.finish();
}

}  // namespace postack::mail::mime
