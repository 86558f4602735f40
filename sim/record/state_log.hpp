// The variables of all sockets over time. A change is kept as the words that differ from the
// socket's last one, and now and then whole: a connection of 100,000 packets has some 300,000
// changes, of a few variables each.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "sim/core/append_log.hpp"
#include "sim/record/frame_bytes.hpp"
#include "sim/tcp/variables.hpp"

namespace postack::record {

/// The variables of one socket from an event on, until its next StateChange.
struct StateChange {
    std::uint32_t socket = ~std::uint32_t{0};
    std::uint32_t event = ~std::uint32_t{0};
    tcp::Variables variables;
    std::string_view rule;  ///< RFC section of a change of state (static text), may be empty
};

class StateLog {
   public:
    /// Makes room for the changes of one more socket; sockets are numbered as they come.
    void add_socket();
    /// Appends unless the variables are the socket's last ones; true if it did. `rule` must outlive
    /// the log (static text).
    bool append(std::uint32_t socket, std::uint32_t event, const tcp::Variables& variables,
                std::string_view rule);

    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    [[nodiscard]] bool empty() const { return entries_.empty(); }
    /// The whole change, put together from what is kept: a few hundred nanoseconds.
    [[nodiscard]] StateChange operator[](std::size_t index) const;
    /// Its event alone, at the cost of a look-up.
    [[nodiscard]] std::uint32_t event_of(std::size_t index) const { return entries_[index].event; }
    /// The changes of a socket: indices, ascending. Empty for a socket that is not known.
    [[nodiscard]] std::span<const std::uint32_t> of_socket(std::uint32_t socket) const;

   private:
    struct Entry {
        std::uint64_t offset;  // of its words in words_
        std::uint32_t length;  // of them, in bytes
        std::uint32_t socket, event;
        std::uint32_t nth;   // of its socket
        std::uint32_t rule;  // in rules_
    };
    struct PerSocket {
        std::vector<std::uint32_t> changes;
        tcp::Variables last;
    };

    std::uint32_t number_of(std::string_view rule);

    core::AppendLog<Entry> entries_;
    std::vector<std::string_view> rules_{{}};
    std::vector<PerSocket> sockets_;
    FrameBytes words_;
};

}  // namespace postack::record
