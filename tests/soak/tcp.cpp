// The trials of tests/tcp/trial.hpp, as many as one likes, on all cores: a soak test.
//
//   soak_tcp [--seeds N] [--first N] [--jobs J] [--story SEED]
//
// Prints how far it is, and every seed that goes wrong; --story tells one seed segment by segment.
// Exit status: 0 all went well, 1 some did not, 2 wrong use. What a seed does depends on nothing
// else: not on the number of jobs.
#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fmt/core.h>

#include "tests/tcp/trial.hpp"

using postack::tcp::test::run_trial;

namespace {

constexpr std::uint64_t seeds_told_apart = 100'000;  // between two lines about progress

struct Options {
    std::uint64_t seeds = 10'000'000, first = 1, story = 0;
    std::uint64_t jobs = std::max(1U, std::thread::hardware_concurrency());
};

bool read(int argc, char** argv, Options& options) {
    for (int i = 1; i < argc; i += 2) {
        const std::string_view name = argv[i];
        std::uint64_t* into = name == "--seeds"   ? &options.seeds
                              : name == "--first" ? &options.first
                              : name == "--jobs"  ? &options.jobs
                              : name == "--story" ? &options.story
                                                  : nullptr;
        if (into == nullptr || i + 1 == argc) return false;
        const std::string_view text = argv[i + 1];
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *into);
        if (error != std::errc{} || end != text.data() + text.size() || *into == 0) return false;
    }
    return options.jobs <= 1024;
}

std::uint64_t soak(const Options& options) {
    std::atomic<std::uint64_t> next{0}, failures{0};
    std::mutex printing;
    const auto work = [&] {
        for (std::uint64_t i = next++; i < options.seeds; i = next++) {
            const std::string wrong = run_trial(options.first + i);
            const bool milestone = (i + 1) % seeds_told_apart == 0;
            if (wrong.empty() && !milestone) continue;
            const std::lock_guard guard{printing};
            if (!wrong.empty()) {
                ++failures;
                fmt::print("seed {}: {}\n", options.first + i, wrong);
            }
            if (milestone) fmt::print("{} of {}\n", i + 1, options.seeds);
            std::fflush(stdout);
        }
    };
    std::vector<std::thread> threads;
    for (std::uint64_t job = 0; job < options.jobs; ++job)
        threads.emplace_back(work);
    for (std::thread& thread : threads)
        thread.join();
    return failures;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    if (!read(argc, argv, options)) {
        fmt::print(stderr, "usage: soak_tcp [--seeds N] [--first N] [--jobs J] [--story SEED]\n");
        return 2;
    }
    if (options.story != 0) {
        std::string story;
        const std::string wrong = run_trial(options.story, &story);
        fmt::print("{}{}\n", story, wrong.empty() ? "all went well" : wrong);
        return wrong.empty() ? 0 : 1;
    }
    const std::uint64_t failures = soak(options);
    fmt::print("{} seeds, {} went wrong\n", options.seeds, failures);
    return failures == 0 ? 0 : 1;
}
