#include "viz/comparison/axis.hpp"

#include <algorithm>
#include <cmath>

namespace postack::comparison {
namespace {

constexpr double hair = 1e-9;  // 0.1 + 0.2 is no more than 0.3

}  // namespace

double Axis::place(double value) const {
    if (!logarithmic) return (value - bottom) / (top - bottom);
    return std::log(std::max(value, bottom) / bottom) / std::log(top / bottom);
}

Axis linear_axis(double largest, int most) {
    if (!(largest > 0) || !std::isfinite(largest)) largest = 1;
    double step = std::pow(10.0, std::floor(std::log10(largest)) - 1);
    for (int i = 0; step * most < largest * (1 - hair); ++i)
        step *= i % 3 == 1 ? 2.5 : 2;  // 1, 2, 5, 10 …
    Axis made;
    const int count = static_cast<int>(std::ceil(largest / step - hair));
    for (int i = 0; i <= count; ++i)
        made.ticks.push_back(i * step);
    made.top = made.ticks.back();
    return made;
}

Axis logarithmic_axis(double smallest, double largest) {
    Axis made;
    made.logarithmic = true;
    const int first = static_cast<int>(std::floor(std::log10(smallest) + hair));
    const int last = static_cast<int>(std::ceil(std::log10(largest) - hair));
    const bool many = last - first > 3;
    for (int power = first; power <= std::max(last, first + 1); ++power) {
        for (const double factor : {1.0, 2.0, 5.0}) {
            if (many && factor > 1) continue;
            made.ticks.push_back(factor * std::pow(10.0, power));
        }
    }
    // From the last tick that is not above the values to the first that is not below them.
    while (made.ticks.size() > 2 && made.ticks[1] <= smallest * (1 + hair))
        made.ticks.erase(made.ticks.begin());
    while (made.ticks.size() > 2 && made.ticks[made.ticks.size() - 2] >= largest * (1 - hair))
        made.ticks.pop_back();
    made.bottom = made.ticks.front();
    made.top = made.ticks.back();
    return made;
}

}  // namespace postack::comparison
