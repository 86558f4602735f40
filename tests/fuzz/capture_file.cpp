// Arbitrary bytes as a capture: nothing crashes, memory stays bounded, and what was read comes out
// of our own pcapng as the same frames.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "sim/record/capture_import.hpp"
#include "sim/record/pcapng_export.hpp"

using namespace postack;
using namespace postack::record;

namespace {

void expect(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto reader = CaptureReader::from_bytes({data, size}, "fuzz");
    if (!reader) return 0;
    const auto recording = read_capture(*reader);
    if (!recording) return 0;
    expect(recording->frames.size() <= recording->packets.size() * (largest_captured_frame + 14));
    const std::string file = to_pcapng(*recording);
    auto again_reader = CaptureReader::from_bytes(core::as_bytes(file), "again");
    expect(again_reader.ok());
    const auto again = read_capture(*again_reader);
    expect(again.ok());
    expect(again->packets.size() == recording->packets.size());
    for (std::size_t i = 0; i < again->packets.size(); ++i) {
        const auto one = recording->frame(recording->packets[i]);
        const auto other = again->frame(again->packets[i]);
        expect(std::equal(one.begin(), one.end(), other.begin(), other.end()));
    }
    expect(again->hosts.size() == recording->hosts.size());
    return 0;
}
