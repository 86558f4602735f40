// From the stream to whole commands (RFC 9051, section 4.3): lines, and literals within them. The
// bytes of a literal are not looked at; a synchronizing one must first be invited.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/mail/imap/limits.hpp"

namespace postack::mail::imap {

class CommandReader {
   public:
    enum class Kind : std::uint8_t {
        command,            ///< `text`: a whole command, for parse_command
        invite,             ///< the client waits for "+" before it sends a literal
        line_too_long,      ///< `text`: its beginning, for the tag; it has been passed over
        literal_too_large,  ///< the same; a synchronizing literal was not invited
    };
    struct Event {
        Kind kind = Kind::command;
        std::string text;
    };

    /// Takes bytes, at most so many that max_unread_input wait; returns how many.
    std::size_t append(std::string_view bytes);
    /// What comes next; nothing: more bytes are needed. `may_append`: APPEND's literals may be
    /// large.
    std::optional<Event> next(bool may_append);
    /// A line alone, without its end, for the answers within AUTHENTICATE and IDLE. An endless one
    /// comes as it is cut at max_command_text.
    std::optional<std::string> next_line();
    /// Whether next() has something to give.
    [[nodiscard]] bool has_more() const;

   private:
    void compact();
    [[nodiscard]] std::string_view unread() const {
        return std::string_view{buffer_}.substr(used_);
    }

    std::string buffer_;
    std::size_t used_ = 0;
    std::string command_;               // what there is of the present one, line ends inside
    std::size_t literal_rest_ = 0;      // bytes of a literal that are still to come
    std::size_t literals_ = 0;          // bytes of literals in command_
    std::size_t passed_over_rest_ = 0;  // bytes of a literal that nobody wants
    bool pass_over_line_ = false;       // until the line end
    std::string tail_;                  // of the line passed over: it may announce a literal
    std::optional<Kind> refusal_;       // what is said once the bytes are gone
};

}  // namespace postack::mail::imap
