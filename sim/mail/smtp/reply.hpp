// A reply of an SMTP server as a value, and its bytes (RFC 5321, section 4.2; enhanced status codes
// RFC 2034 and RFC 3463). print_reply and parse_reply are inverse.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/result.hpp"

namespace postack::mail::smtp {

/// "5.5.1": class, subject, detail (RFC 3463, section 2).
struct EnhancedCode {
    std::uint16_t klass = 2, subject = 0, detail = 0;
    bool operator==(const EnhancedCode&) const = default;
};

struct Reply {
    int code = 250;                        ///< 200 to 599
    std::optional<EnhancedCode> enhanced;  ///< stands on each line, if there is one
    std::vector<std::string> lines;        ///< at least one; no line ends in them

    [[nodiscard]] bool positive() const { return code < 300; }
    [[nodiscard]] bool intermediate() const { return code >= 300 && code < 400; }
    [[nodiscard]] bool transient() const { return code >= 400 && code < 500; }
    [[nodiscard]] bool permanent() const { return code >= 500; }
    bool operator==(const Reply&) const = default;
};

/// All lines with their CRLF.
std::string print_reply(const Reply& reply);
/// One whole reply; the CRLF of its last line may be missing. Error: not three digits, different
/// codes, a line that does not go on where the last one said so.
core::Result<Reply> parse_reply(std::string_view text);

/// Replies out of a stream of bytes, in any split.
class ReplyReader {
   public:
    /// RFC 5321, section 4.5.3.1.5 says 512; servers go beyond it, Postfix takes 2048.
    static constexpr std::size_t max_line = 2048;
    static constexpr std::size_t max_lines = 200;  ///< of one reply: our choice

    void append(std::string_view bytes) { buffer_ += bytes; }
    /// The next whole reply; nullopt until it is there. Error: what came is not a reply, or is
    /// beyond the limits; the reader is of no use then.
    std::optional<core::Result<Reply>> next();

   private:
    std::string buffer_;
    std::size_t checked_ = 0;  ///< bytes of whole lines that belong to an unfinished reply
    std::size_t lines_ = 0;
};

}  // namespace postack::mail::smtp
