// One dialogue of two connections over a network that loses, copies, reorders and marks, chosen by
// a seed: profiles, sizes, pauses and faults. After every event the rules of the RFCs are checked.
#pragma once

#include <cstdint>
#include <string>

namespace postack::tcp::test {

/// What went wrong in the trial of that seed; empty if nothing did. `story`, if given, becomes what
/// happened, segment by segment (slow).
std::string run_trial(std::uint64_t seed, std::string* story = nullptr);

}  // namespace postack::tcp::test
