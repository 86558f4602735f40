#include "program/captures.hpp"

#include <cstdint>
#include <iostream>
#include <vector>

#include <fmt/core.h>

#include "program/input.hpp"
#include "sim/record/capture_import.hpp"

namespace postack::program {

core::Result<record::Recording> read_capture(const std::string& path) {
    std::vector<std::string> notes;
    auto recording = record::read_capture(path, &notes);
    for (const std::string& note : notes)
        fmt::print(stderr, "postack: {}\n", note);
    return recording;
}

int print_capture(const std::string& path, bool headers_only, bool tsv,
                  const text::TextOptions& how) {
    auto reader = record::CaptureReader::open(path);
    if (!reader) return fail(reader.error());
    record::Dissector dissector{{headers_only}};
    std::string out = tsv ? text::tsv_header() : text::table_header();
    constexpr std::size_t buffer = 1 << 16;
    record::CapturedFrame frame;
    std::int64_t first = 0;
    while (reader->next(frame) && std::cout) {
        if (reader->count() == 1) first = frame.unix_ns;
        const auto& row = dissector.next(core::epoch + core::Duration{frame.unix_ns - first},
                                         frame.link_type, frame.bytes);
        if (tsv) {
            text::append_tsv_row(out, row);
        } else {
            text::append_table_row(out, row, how);
        }
        if (out.size() >= buffer) {
            std::cout.write(out.data(), static_cast<std::streamsize>(out.size()));
            out.clear();
        }
    }
    std::cout.write(out.data(), static_cast<std::streamsize>(out.size()));
    if (const int status = finish_output()) return status;
    return reader->failure() ? fail(*reader->failure()) : 0;
}

}  // namespace postack::program
