// What went wrong on a disk, for the person who runs the server: a store has no other way to tell,
// and the protocols only say that something did.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/core/result.hpp"

namespace postack::mail::store {

class Problems {
   public:
    /// Keeps a message to be told. One that was told before is not told again: a full disk says the
    /// same at every command. After `most_known` different ones all that was told is forgotten.
    void add(const core::Error& error) {
        if (known_.size() >= most_known) known_.clear();
        if (known_.insert(error.message).second) untold_.push_back(error.message);
    }
    /// What is new since the last call, in order.
    std::vector<std::string> take() { return std::exchange(untold_, {}); }

   private:
    static constexpr std::size_t most_known = 1000;  // a stated choice
    std::vector<std::string> untold_;
    std::set<std::string> known_;
};

}  // namespace postack::mail::store
