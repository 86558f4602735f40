// The scale of a chart: round numbers, few of them.
#pragma once

#include <vector>

namespace postack::comparison {

struct Axis {
    double bottom = 0, top = 1;  ///< what the lowest and the highest point of the chart stand for
    bool logarithmic = false;
    std::vector<double> ticks;  ///< ascending

    /// Where a value stands: 0 at the bottom, 1 at the top.
    [[nodiscard]] double place(double value) const;
};

/// An axis from 0 to `largest` or a little more, its ticks 1, 2 or 5 times a power of ten apart, at
/// most `most` steps of them. A value that is not positive gives 0 to 1.
Axis linear_axis(double largest, int most = 5);

/// A logarithmic axis round `smallest` and `largest` (both positive): ticks 1, 2, 5, 10 …, or only
/// the powers of ten when there would be many.
Axis logarithmic_axis(double smallest, double largest);

}  // namespace postack::comparison
