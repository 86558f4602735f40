// The program that has everything hands nothing over.
#include "program/words.hpp"
#include "viz/raster/raster.hpp"

namespace postack::program {

std::optional<int> hand_over(int /*argc*/, char** /*argv*/) {
    return std::nullopt;
}

const exporting::Raster* raster() {
    return &raster::raster();
}

}  // namespace postack::program
