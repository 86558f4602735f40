// The text of a message as it comes after 354: where it ends, and its dots undone (RFC 5321,
// section 4.5.2).
//
// Only CRLF.CRLF ends it (section 4.1.1.4). A bare LF or CR never does, so two servers cannot
// disagree where a message ends ("SMTP smuggling"). A bare LF in the text is kept as a line end,
// written as CRLF; a bare CR stays what it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace postack::mail::smtp {

class DataDecoder {
   public:
    /// Begins a message that keeps `limit` bytes at most. `after_crlf`: the DATA line ended in
    /// CRLF, so a dot may follow at once.
    void begin(std::uint64_t limit, bool after_crlf);
    /// Reads until the end of the text or of the bytes; returns how many bytes were read.
    std::size_t feed(std::string_view bytes);

    [[nodiscard]] bool finished() const { return state_ == State::finished; }
    /// More text came than the limit; what exceeds it is not kept.
    [[nodiscard]] bool overflowed() const { return size_ > limit_; }
    /// Bytes of the text so far, kept or not.
    [[nodiscard]] std::uint64_t size() const { return size_; }
    /// Takes the text: lines ended by CRLF, the last one too.
    std::string take();

   private:
    enum class State : std::uint8_t { line_start, dot, dot_cr, text, cr, finished };
    void put(std::string_view piece);

    State state_ = State::finished;
    std::uint64_t limit_ = 0;
    std::uint64_t size_ = 0;
    std::string text_;
};

}  // namespace postack::mail::smtp
