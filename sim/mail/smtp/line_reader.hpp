// Lines out of a stream of bytes, with a bound that an endless line cannot break.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace postack::mail::smtp {

/// One line without its end.
struct InputLine {
    std::string text;
    bool crlf = true;       ///< ended by CRLF; false: by a bare LF, which Postfix takes too
    bool too_long = false;  ///< what exceeded the limit was thrown away, as Postfix does
    bool operator==(const InputLine&) const = default;
};

/// Holds unread bytes. Lines end at LF; one CR before it belongs to the end. A line keeps at most
/// `limit` bytes, the rest of it is skipped (Postfix: smtp_get with SMTP_GET_FLAG_SKIP).
class LineReader {
   public:
    LineReader(std::size_t limit, std::size_t capacity) : limit_(limit), capacity_(capacity) {}

    /// For the lines whose reading has not begun.
    void set_limit(std::size_t limit) { limit_ = limit; }
    /// Takes as many bytes as fit; returns how many.
    std::size_t append(std::string_view bytes);
    /// The next line; nullopt until its LF is there.
    std::optional<InputLine> take_line();
    /// A line could be taken now.
    [[nodiscard]] bool has_line() const { return unread().find('\n') != std::string_view::npos; }
    /// What is unread, to be read in another way (the text of a message).
    [[nodiscard]] std::string_view unread() const {
        return std::string_view{bytes_}.substr(start_);
    }
    void consume(std::size_t count);
    [[nodiscard]] bool empty() const { return start_ == bytes_.size() && partial_.empty(); }

   private:
    void keep(std::string_view piece);

    std::size_t limit_;
    std::size_t capacity_;
    std::string bytes_;
    std::size_t start_ = 0;
    std::string partial_;  ///< the beginning of a line whose end has not come; limit_ + 1 at most
    bool too_long_ = false;
    bool last_was_cr_ = false;  ///< the last byte seen of the partial line, kept or skipped, is CR
};

}  // namespace postack::mail::smtp
