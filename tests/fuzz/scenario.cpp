// Any bytes as a scenario file: it is read, or the mistake is told with its file. The seeds are the
// labs that ship.
#include "sim/scenario/scenario.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sim/core/bytes.hpp"

using namespace postack;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 50'000) return 0;
    const auto parsed = scenario::parse_scenario(core::as_text({data, size}), "fuzz.toml", {});
    if (!parsed && !parsed.error().message.starts_with("fuzz.toml")) std::abort();
    return 0;
}
