#include "sim/mail/smtp/line_reader.hpp"

#include <algorithm>
#include <utility>

namespace postack::mail::smtp {

std::size_t LineReader::append(std::string_view bytes) {
    if (start_ > 0) {
        bytes_.erase(0, start_);
        start_ = 0;
    }
    const std::size_t taken = std::min(bytes.size(), capacity_ - bytes_.size());
    bytes_ += bytes.substr(0, taken);
    return taken;
}

// Adds to the partial line what fits; one byte more than the limit, since it may be the CR of the
// line end.
void LineReader::keep(std::string_view piece) {
    if (piece.empty()) return;
    last_was_cr_ = piece.back() == '\r';
    const std::size_t room = limit_ + 1 - partial_.size();
    if (piece.size() > room) too_long_ = true;
    partial_ += piece.substr(0, room);
}

std::optional<InputLine> LineReader::take_line() {
    const std::string_view rest = unread();
    const std::size_t lf = rest.find('\n');
    keep(rest.substr(0, lf));
    if (lf == std::string_view::npos) {
        consume(rest.size());
        return std::nullopt;
    }
    consume(lf + 1);
    InputLine line;
    line.crlf = last_was_cr_;
    // Without a loss the CR is the last byte kept; with one, it was skipped or is the byte too
    // many.
    if (last_was_cr_ && !too_long_) partial_.pop_back();
    if (partial_.size() > limit_) {
        too_long_ = true;
        partial_.resize(limit_);
    }
    line.too_long = too_long_;
    line.text = std::exchange(partial_, {});
    too_long_ = last_was_cr_ = false;
    return line;
}

void LineReader::consume(std::size_t count) {
    start_ += std::min(count, bytes_.size() - start_);
}

}  // namespace postack::mail::smtp
