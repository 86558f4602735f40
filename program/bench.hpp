// What the files of `postack bench` share.
#pragma once

#include <chrono>

#include "program/words.hpp"
#include "sim/net/world.hpp"

namespace postack::program {

/// Real time: the one thing that a benchmark is about. Nothing else in the program reads it.
class Stopwatch {
   public:
    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }

   private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// For a world that is to run until nothing is left to do.
net::RunLimits no_limits();

/// The most memory that the process had, in kB.
long peak_memory_kb();

void add_bench_smtp(CLI::App& bench, Action& action);
void add_bench_mail(CLI::App& bench, Action& action);

}  // namespace postack::program
