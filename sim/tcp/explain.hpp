// Why a variable changed, in the words of the RFCs: two moments of one connection are compared, and
// each difference gets a reason and the section that asks for it. The views tell the reason in one
// sentence (assets/languages/*/cause.toml, key "cause.change_<reason>").
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/tcp/state.hpp"
#include "sim/tcp/variables.hpp"

namespace postack::tcp {

struct Reason {
    std::string_view name;  ///< "slow_start"
    std::string_view rule;  ///< "RFC 5681, 3.1"
};
/// Every reason there is.
std::span<const Reason> change_reasons();

struct VariableChange {
    std::string_view variable;  ///< the name in `Variables`: "cwnd"
    Reason reason;
    /// Values as people read them: bytes and counts, times with their unit, sequence numbers
    /// relative to the initial one, "no" and "yes".
    std::string before, after;
};

/// What differs between two moments of one connection, in the order of `Variables`; deadlines and
/// the state are left out (rule(Timer) and transition_between are about them).
std::vector<VariableChange> explain(const Variables& before, const Variables& after);

/// The rule by which a timer is set: "RFC 6298, 5".
std::string_view rule(Timer timer);

/// The row of the state table between two states, by the section of the RFC that the recording has
/// with the change (empty: any). nullptr if there is none.
const Transition* transition_between(State from, State to, std::string_view section);

}  // namespace postack::tcp
