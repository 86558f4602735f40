// The variables of all sockets over time. A change is kept as what differs from the socket's last
// one, and now and then whole: a connection of 100,000 packets has some 200,000 changes, of a few
// variables each.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/core/append_log.hpp"
#include "sim/core/index_iterator.hpp"
#include "sim/record/frame_bytes.hpp"
#include "sim/record/variables_code.hpp"
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
    // A socket's changes are numbered in runs: the first one of a run is told from what variables
    // are at first, so that no more than these are gone through to put one together.
    static constexpr std::uint32_t run_size = 32;
    using Run = std::array<std::uint32_t, run_size>;  // indices of changes

    struct PerSocket {
        // The last ones and, in the other place, what may become the next ones.
        std::array<tcp::Variables, 2> variables;
        std::uint32_t changes = 0;
        std::vector<std::uint32_t> runs;  // in runs_: those that are full
        Run run;                          // the one that is not
    };

   public:
    /// The changes of one socket: indices, ascending. Of a log that stays where it is, until its
    /// next change.
    class OfSocket {
       public:
        using value_type = std::uint32_t;
        using iterator = core::IndexIterator<OfSocket>;

        OfSocket() = default;
        [[nodiscard]] std::size_t size() const { return own_ == nullptr ? 0 : own_->changes; }
        [[nodiscard]] bool empty() const { return size() == 0; }
        std::uint32_t operator[](std::size_t nth) const {
            const std::size_t run = nth / run_size;
            return run < own_->runs.size() ? (*runs_)[own_->runs[run]][nth % run_size]
                                           : own_->run[nth % run_size];
        }
        [[nodiscard]] std::uint32_t back() const { return (*this)[size() - 1]; }
        [[nodiscard]] iterator begin() const { return {this, 0}; }
        [[nodiscard]] iterator end() const { return {this, size()}; }

       private:
        friend class StateLog;
        OfSocket(const core::AppendLog<Run>* runs, const PerSocket* own) : runs_(runs), own_(own) {}

        const core::AppendLog<Run>* runs_ = nullptr;
        const PerSocket* own_ = nullptr;
    };

    /// Makes room for the changes of one more socket; sockets are numbered as they come.
    void add_socket();
    /// Where a socket's variables are to be written, all of them, before append() looks at them.
    [[nodiscard]] tcp::Variables& next(std::uint32_t socket) {
        PerSocket& own = sockets_[socket];
        return own.variables[own.changes % 2];
    }
    /// Appends what stands in next(), unless they are the socket's last variables; true if it did.
    /// `rule` must outlive the log (static text).
    bool append(std::uint32_t socket, std::uint32_t event, std::string_view rule);

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    /// The whole change, put together from what is kept: a few hundred nanoseconds.
    [[nodiscard]] StateChange operator[](std::size_t index) const;
    /// Its event alone, at the cost of a look-up.
    [[nodiscard]] std::uint32_t event_of(std::size_t index) const {
        const Block& block = blocks_[index / block_size];
        const std::size_t slot = index % block_size;
        return block.wide == 0 ? block.event + block.events[slot]
                               : wide_[block.wide - 1].events[slot];
    }
    /// Empty for a socket that is not known.
    [[nodiscard]] OfSocket of_socket(std::uint32_t socket) const;

   private:
    // Where the changes are, so many at a time. Their bytes lie near each other, and their events
    // nearly always: then two bytes tell how far each is from the first.
    static constexpr std::size_t block_size = 64;
    struct Block {
        std::uint64_t place = 0;  // of the first one in bytes_
        std::uint32_t event = 0;  // of the first one
        std::uint32_t wide = 0;   // in wide_, plus one, if events or sockets need more room
        std::array<std::uint16_t, block_size> places, events, sockets;
    };
    struct Wide {
        std::array<std::uint32_t, block_size> events, sockets;
    };
    struct Rule {
        std::uint32_t index;  // of a change
        std::string_view text;
    };

    void add_index(std::uint32_t socket, std::uint32_t event, std::uint64_t place);
    void widen(Block& block, std::size_t used);
    [[nodiscard]] std::uint32_t socket_of(std::size_t index) const;
    [[nodiscard]] std::string_view rule_of(std::size_t index) const;

    core::AppendLog<Block> blocks_;
    core::AppendLog<Wide> wide_;
    std::size_t size_ = 0;
    core::AppendLog<Rule> rules_;  // of those few changes that have one, by index
    core::AppendLog<Run> runs_;
    std::vector<PerSocket> sockets_;
    FrameBytes bytes_;
};

}  // namespace postack::record
