// Lines of `postack drive`, good and bad: no crash, every request one status line, time never back.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sim/drive/lines.hpp"

namespace {

// The status line: the last one.
std::string_view status_of(std::string_view out) {
    if (out.empty() || out.back() != '\n') std::abort();
    out.remove_suffix(1);
    const std::size_t lf = out.rfind('\n');
    return lf == std::string_view::npos ? out : out.substr(lf + 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t most_lines = 200;  // keeps one input short
    std::string_view text{reinterpret_cast<const char*>(data), size};
    postack::drive::LineDriver driver;
    std::string out;
    std::size_t lines = 0;
    while (!text.empty() && lines++ < most_lines) {
        const std::size_t lf = text.find('\n');
        const std::string_view line = text.substr(0, lf);
        text.remove_prefix(lf == std::string_view::npos ? text.size() : lf + 1);
        // No files, and no hour-long waits with thousands of probes.
        if (line.find("pcap") != std::string_view::npos || line.size() > 5000) continue;
        out.clear();
        if (!driver.line(line, out)) break;
        if (out.empty()) continue;  // a comment
        const std::string_view status = status_of(out);
        if (!status.starts_with("ok") && !status.starts_with("err E")) std::abort();
    }
    return 0;
}
