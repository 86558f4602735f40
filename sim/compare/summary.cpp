#include "sim/compare/summary.hpp"

#include <algorithm>

namespace postack::compare {
namespace {

// Nearest rank: the smallest value that at least `percent` of them do not exceed.
core::Duration percentile(const std::vector<core::Duration>& sorted, std::size_t percent) {
    if (sorted.empty()) return core::Duration{0};
    const std::size_t rank = (sorted.size() * percent + 99) / 100;
    return sorted[std::max<std::size_t>(rank, 1) - 1];
}

Row row_of(const Results& results, std::size_t loss, std::size_t carrier) {
    Row row;
    row.loss = results.plan.losses[loss];
    row.carrier = carriers[carrier];
    std::vector<core::Duration> times;
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < results.plan.trials; ++i) {
        const Trial& trial = results.trials[results.index(loss, i, carrier)];
        if (!trial.done) continue;
        ++row.trials;
        packets += trial.packets;
        bytes += trial.bytes;
        switch (trial.outcome) {
            case Outcome::intact: ++row.intact; break;
            case Outcome::damaged: ++row.damaged; break;
            case Outcome::never: ++row.never; continue;
        }
        times.push_back(trial.time);
    }
    std::sort(times.begin(), times.end());
    row.median = percentile(times, 50);
    row.early = percentile(times, 5);
    row.late = percentile(times, 95);
    if (row.trials > 0) {
        row.packets = static_cast<double>(packets) / row.trials;
        row.bytes = static_cast<double>(bytes) / row.trials;
    }
    return row;
}

}  // namespace

std::vector<Row> summarize(const Results& results) {
    std::vector<Row> rows;
    for (std::size_t loss = 0; loss < results.plan.losses.size(); ++loss) {
        for (std::size_t carrier = 0; carrier < carriers.size(); ++carrier)
            rows.push_back(row_of(results, loss, carrier));
    }
    return rows;
}

}  // namespace postack::compare
