// `postack run`: simulate, or read a capture, and print what happened.
#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "program/captures.hpp"
#include "program/input.hpp"
#include "program/words.hpp"
#include "sim/core/file.hpp"
#include "sim/record/capture_magic.hpp"
#include "sim/record/pcapng_export.hpp"
#include "viz/text/text.hpp"

namespace postack::program {
namespace {

enum class Format { table, tsv, json, transcript, story, hex };

struct RunOptions {
    InputOptions input;
    Format format = Format::table;
    bool headers_only = false;
    bool why = false;
    std::string pcap;
    std::optional<std::uint32_t> packet;
    core::Language language{};
};

int run(const RunOptions& options) {
    const auto catalog = core::Catalog::load(options.language);
    if (!catalog) return fail(catalog.error());
    const text::TextOptions how{&*catalog, options.why};
    const bool by_row = options.format == Format::table || options.format == Format::tsv;
    std::ios::sync_with_stdio(false);
    if (by_row && options.pcap.empty() && record::looks_like_capture(options.input.what) &&
        !has_edits(options.input)) {
        return print_capture(options.input.what, options.headers_only,
                             options.format == Format::tsv, how);
    }

    const auto recording = load(options.input);
    if (!recording) return fail(recording.error());
    if (!options.pcap.empty()) {
        record::PcapngOptions pcap;
        pcap.comment = record::comments_from(*catalog);
        const auto written =
            core::write_file_atomically(options.pcap, record::to_pcapng(*recording, pcap));
        if (!written) return fail(written.error());
    }
    const auto rows = record::dissect(*recording, {options.headers_only});
    if (options.packet && (*options.packet == 0 || *options.packet > rows.size())) {
        return fail(
            {fmt::format("--packet {}: there are packets 1 to {}", *options.packet, rows.size())});
    }
    switch (options.format) {
        case Format::table: text::print_table(*recording, rows, how, std::cout); break;
        case Format::tsv: text::print_tsv(*recording, rows, std::cout); break;
        case Format::json: text::print_json(*recording, rows, std::cout); break;
        case Format::transcript: text::print_transcript(*recording, rows, how, std::cout); break;
        case Format::story: text::print_story(*recording, rows, *catalog, std::cout); break;
        case Format::hex: text::print_hex(*recording, rows, options.packet, std::cout); break;
    }
    return finish_output();
}

}  // namespace

void add_run(CLI::App& app, Action& action) {
    CLI::App* word =
        app.add_subcommand("run", "Simulate (or read a capture) and print what happened");
    auto options = std::make_shared<RunOptions>();
    add_input(*word, options->input);
    add_language(*word, options->language);
    static const std::map<std::string, Format> formats{
        {"table", Format::table},           {"tsv", Format::tsv},     {"json", Format::json},
        {"transcript", Format::transcript}, {"story", Format::story}, {"hex", Format::hex}};
    word->add_option_function<std::string>(
            "--format", [options](const std::string& f) { options->format = formats.at(f); },
            "table (default), tsv, json, transcript (what the terminals showed), story (every "
            "segment, state, variable and timer with its reason), or hex (each packet's headers "
            "and bytes)")
        ->check(CLI::IsMember({"table", "tsv", "json", "transcript", "story", "hex"}));
    word->add_option_function<std::uint32_t>(
        "--packet",
        [options](std::uint32_t number) {
            options->packet = number;
            options->format = Format::hex;
        },
        "Only the headers and bytes of that packet (--format hex)");
    word->add_flag("--headers", options->headers_only, "Do not look into the mail protocols");
    word->add_flag("--why", options->why, "Add to each packet why it was sent (table)");
    word->add_option("--pcap", options->pcap, "Also write a pcapng file for Wireshark");
    word->callback([&action, options] { action = [options] { return run(*options); }; });
}

}  // namespace postack::program
