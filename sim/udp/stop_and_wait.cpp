#include "sim/udp/stop_and_wait.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace postack::udp {
namespace {

constexpr std::string_view ack_word = "ACK ";

// The number at the beginning of a text, which is shortened by it. Nothing for what we never write:
// zero, a leading zero, more than 32 bits.
std::optional<std::uint32_t> take_number(std::string_view& text) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number == 0 || text.front() == '0') return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

core::Bytes as_datagram(std::string_view head, core::BytesView body) {
    core::Bytes bytes(head.begin(), head.end());
    bytes.insert(bytes.end(), body.begin(), body.end());
    return bytes;
}

}  // namespace

std::size_t StopAndWait::send(core::BytesView bytes) {
    if (gave_up_) return 0;
    std::size_t taken = 0;
    while (taken < bytes.size() && queued_ < most_queued) {
        const std::size_t size =
            std::min({bytes.size() - taken, config_.largest_piece, most_queued - queued_});
        const core::BytesView piece = bytes.subspan(taken, size);
        queue_.emplace_back(piece.begin(), piece.end());
        queued_ += size;
        taken += size;
    }
    return taken;
}

StopAndWait::Arrival StopAndWait::datagram_arrives(core::BytesView datagram, bool room) {
    Arrival arrival;
    std::string_view text = core::as_text(datagram);
    if (text.starts_with(ack_word)) {
        text.remove_prefix(ack_word.size());
        const auto number = take_number(text);
        arrival.understood = number.has_value() && (text == "\r\n" || text.empty());
        // An acknowledgment of an earlier piece is late, and no reason to do anything.
        if (!arrival.understood || *number != number_ || sends_ == 0) return arrival;
        arrival.acknowledged = true;
        queued_ -= queue_.front().size();
        queue_.pop_front();
        ++number_;
        sends_ = 0;
        due_again_ = false;
        deadline_ = core::never;
        return arrival;
    }
    const auto number = take_number(text);
    arrival.understood = number.has_value() && text.starts_with(' ') && *number <= expected_;
    if (!arrival.understood) return arrival;
    if (*number < expected_) {
        owed_ = Owed{*number, true};
    } else if (room) {
        owed_ = Owed{*number, false};
        ++expected_;
        arrival.bytes = core::as_bytes(text.substr(1));
    }
    return arrival;
}

void StopAndWait::timers(core::Instant now) {
    if (deadline_ > now) return;
    deadline_ = core::never;
    due_again_ = sends_ < config_.most_sends;
    if (due_again_) return;
    gave_up_ = true;
    queue_.clear();
    queued_ = 0;
}

std::optional<StopAndWait::Outgoing> StopAndWait::next(core::Instant now) {
    if (owed_) {
        const Owed owed = *owed_;
        owed_.reset();
        const Kind kind = owed.again ? Kind::acknowledgment_again : Kind::acknowledgment;
        const std::string head = std::string{ack_word} + std::to_string(owed.number) + "\r\n";
        return Outgoing{kind, owed.number, as_datagram(head, {})};
    }
    if (queue_.empty() || (sends_ > 0 && !due_again_)) return std::nullopt;
    const Kind kind = sends_ == 0 ? Kind::piece : Kind::piece_again;
    core::Duration wait = config_.first_timeout;
    for (std::uint32_t i = 0; i < sends_ && wait < config_.longest_timeout; ++i)
        wait *= 2;
    deadline_ = now + std::min(wait, config_.longest_timeout);
    due_again_ = false;
    ++sends_;
    return Outgoing{kind, number_, as_datagram(std::to_string(number_) + " ", queue_.front())};
}

}  // namespace postack::udp
