#include "sim/dns/resolver.hpp"

#include <algorithm>
#include <utility>

namespace postack::dns {

std::uint32_t Resolver::ask(std::string name, Type type, core::Instant now) {
    Open open;
    open.ticket = next_ticket_++;
    // Hard to guess, so that nobody else can answer (RFC 5452).
    open.query.id = static_cast<std::uint16_t>(random_() & 0xffffU);
    open.query.questions.push_back({std::move(name), static_cast<std::uint16_t>(type)});
    open.deadline = now + options_.timeout;
    core::Bytes bytes = print_message(open.query);
    if (bytes.empty() || open_.size() >= max_open) {  // a name that is none
        found_.push_back({open.ticket, Found::Status::failed, {}});
        return open.ticket;
    }
    outgoing_.push_back(std::move(bytes));
    open_.push_back(std::move(open));
    return open_.back().ticket;
}

std::optional<core::Bytes> Resolver::outgoing() {
    if (outgoing_.empty()) return std::nullopt;
    core::Bytes bytes = std::move(outgoing_.front());
    outgoing_.pop_front();
    return bytes;
}

void Resolver::receive(core::BytesView datagram) {
    auto message = parse_message(datagram);
    if (!message || !message->response) return;
    const auto asked = std::find_if(open_.begin(), open_.end(), [&](const Open& open) {
        return open.query.id == message->id && open.query.questions == message->questions;
    });
    if (asked == open_.end()) return;
    auto status = Found::Status::failed;
    if (message->code == Code::no_error) status = Found::Status::answered;
    if (message->code == Code::no_such_name) status = Found::Status::no_such_name;
    found_.push_back({asked->ticket, status, std::move(*message)});
    open_.erase(asked);
}

std::optional<Found> Resolver::next_found() {
    if (found_.empty()) return std::nullopt;
    Found found = std::move(found_.front());
    found_.pop_front();
    return found;
}

core::Instant Resolver::next_deadline() const {
    core::Instant earliest = core::never;
    for (const Open& open : open_)
        earliest = std::min(earliest, open.deadline);
    return earliest;
}

void Resolver::timers(core::Instant now) {
    for (std::size_t i = 0; i < open_.size();) {
        Open& open = open_[i];
        if (open.deadline > now) {
            ++i;
        } else if (open.tries < options_.attempts) {
            ++open.tries;
            open.deadline = now + options_.timeout;
            outgoing_.push_back(print_message(open.query));
            ++i;
        } else {
            found_.push_back({open.ticket, Found::Status::timed_out, {}});
            open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(i));
        }
    }
}

}  // namespace postack::dns
