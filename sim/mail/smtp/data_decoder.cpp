#include "sim/mail/smtp/data_decoder.hpp"

#include <algorithm>
#include <utility>

namespace postack::mail::smtp {

void DataDecoder::begin(std::uint64_t limit, bool after_crlf) {
    state_ = after_crlf ? State::line_start : State::text;
    limit_ = limit;
    size_ = 0;
    text_.clear();
}

void DataDecoder::put(std::string_view piece) {
    if (size_ < limit_) {
        const std::uint64_t room = limit_ - size_;
        text_ +=
            piece.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(room, piece.size())));
    }
    size_ += piece.size();
}

std::size_t DataDecoder::feed(std::string_view bytes) {
    std::size_t at = 0;
    while (at < bytes.size() && state_ != State::finished) {
        const char c = bytes[at];
        switch (state_) {
            case State::line_start:
                if (c == '.') {
                    state_ = State::dot;
                    ++at;
                } else {
                    state_ = State::text;
                }
                break;
            case State::dot:  // The dot goes, unless it ends all.
                if (c == '\r') {
                    state_ = State::dot_cr;
                    ++at;
                } else {
                    state_ = State::text;
                }
                break;
            case State::dot_cr:
                if (c == '\n') {
                    state_ = State::finished;
                    ++at;
                } else {
                    state_ = State::cr;  // That CR was text; go on as after any other.
                }
                break;
            case State::text: {
                const std::size_t special = bytes.find_first_of("\r\n", at);
                const std::size_t end = special == std::string_view::npos ? bytes.size() : special;
                put(bytes.substr(at, end - at));
                at = end;
                if (at == bytes.size()) break;
                if (bytes[at] == '\r') {
                    state_ = State::cr;
                } else {
                    put("\r\n");  // A bare LF: a line end for a reader, never the end of the text.
                }
                ++at;
                break;
            }
            case State::cr:
                if (c == '\n') {
                    put("\r\n");
                    state_ = State::line_start;
                    ++at;
                } else {
                    put("\r");
                    state_ = State::text;
                }
                break;
            case State::finished: break;
        }
    }
    return at;
}

std::string DataDecoder::take() {
    return std::exchange(text_, {});
}

}  // namespace postack::mail::smtp
