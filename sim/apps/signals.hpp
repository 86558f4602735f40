// What the programs of one machine tell each other outside the network: a web server's script is
// run because a request came, the answer goes out because the script is done. A signal has a name
// and is raised once; whoever waits for it later goes on at once.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "sim/core/time.hpp"

namespace postack::apps {

struct Signals {
    std::set<std::string, std::less<>> raised;
    /// Asked to be told, at that time, that one more is raised; in the order of the programs.
    std::vector<std::function<void(core::Instant)>> watchers;
};

}  // namespace postack::apps
