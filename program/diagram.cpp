// `postack diagram`: the sequence diagram of a scenario or capture as a file, for slides, handouts
// and exams.
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "program/input.hpp"
#include "program/words.hpp"
#include "sim/core/units.hpp"
#include "viz/export/export.hpp"
#include "viz/plot/timeseries.hpp"

namespace postack::program {
namespace {

struct DiagramOptions {
    InputOptions input;
    diagram::Options layout;
    exporting::ExportOptions how;
    std::vector<plot::Quantity> plot;  ///< empty: the sequence diagram
    std::string out;
    std::string key;
};

// "A-B" or "A": the first and last packet.
std::string read_range(const std::string& text, diagram::Options& options) {
    constexpr std::uint64_t most = 1'000'000'000;
    const std::size_t dash = text.find('-');
    const auto first = core::parse_count(std::string_view{text}.substr(0, dash), most);
    const auto last = dash == std::string::npos
                          ? first
                          : core::parse_count(std::string_view{text}.substr(dash + 1), most);
    if (!first || !last || *first < 1 || *last < *first) {
        return "'" + text + "' is not a range of packets: A-B, as 1-12, or one number";
    }
    options.first = static_cast<std::uint32_t>(*first);
    options.last = static_cast<std::uint32_t>(*last);
    return {};
}

int draw_plot(const DiagramOptions& options, const record::Recording& recording,
              const std::vector<record::Row>& rows) {
    const auto catalog = core::Catalog::load(options.layout.language);
    if (!catalog) return fail(catalog.error());
    const auto measure = diagram::TextMeasure::load();
    if (!measure) return fail(measure.error());
    plot::Options how;
    how.quantities = options.plot;
    how.language = options.layout.language;
    const auto scene = plot::draw_timeseries(recording, rows, how, *catalog, *measure);
    if (!scene) return fail(scene.error());
    exporting::ExportOptions as = options.how;
    as.raster = raster();
    const auto drawn = exporting::export_scene(*scene, options.out, as);
    return drawn ? 0 : fail(drawn.error());
}

int draw(const DiagramOptions& options) {
    // What cannot be written is refused before anything is simulated.
    for (const std::string& file : {options.out, options.key}) {
        if (file.empty()) continue;
        const auto known = exporting::check_ending(file);
        if (!known) return fail(known.error());
    }
    const auto recording = load(options.input);
    if (!recording) return fail(recording.error());
    const auto rows = record::dissect(*recording);

    if (!options.plot.empty()) return draw_plot(options, *recording, rows);

    diagram::Options layout = options.layout;
    layout.blank_mode =
        layout.blanks.bits == 0 ? diagram::BlankMode::none : diagram::BlankMode::blank;
    exporting::ExportOptions how = options.how;
    how.raster = raster();
    const auto drawn = exporting::export_diagram(*recording, rows, layout, options.out, how);
    if (!drawn) return fail(drawn.error());
    if (!options.key.empty()) {
        layout.blank_mode = diagram::BlankMode::answers;
        const auto answered = exporting::export_diagram(*recording, rows, layout, options.key, how);
        if (!answered) return fail(answered.error());
    }
    return 0;
}

}  // namespace

void add_diagram(CLI::App& app, Action& action) {
    CLI::App* word = app.add_subcommand("diagram", "Draw the sequence diagram into a file");
    auto options = std::make_shared<DiagramOptions>();
    add_input(*word, options->input);
    word->add_option("-o,--output", options->out,
                     "The file; its ending says what is drawn: " +
                         CLI::detail::join(exporting::known_endings(), ", "))
        ->required();
    add_language(*word, options->layout.language);
    word->add_option(
            "--blank",
            [options](const CLI::results_t& words) {
                const auto blanks = diagram::parse_blanks(words.front());
                if (!blanks) throw CLI::ValidationError{"--blank", blanks.error().message};
                options->layout.blanks = *blanks;
                return true;
            },
            "Leave gaps to fill in: any of seq,ack,flags,len,state,info")
        ->type_name("WORDS");
    word->add_option(
            "--plot",
            [options](const CLI::results_t& words) {
                const auto quantities = plot::parse_quantities(words.front());
                if (!quantities) throw CLI::ValidationError{"--plot", quantities.error().message};
                options->plot = *quantities;
                return true;
            },
            "Instead of the diagram, curves over time of the sender's: any of cwnd,sequence,rtt")
        ->type_name("WORDS")
        ->excludes("--blank");
    CLI::Option* key =
        word->add_option("--key", options->key, "Also draw the answers into this file");
    key->needs("--blank");
    word->add_flag("--steps", options->how.steps,
                   "A picture for each packet: pages of a PDF, or numbered files");
    word->add_option("--packets", "Only packets A to B, as 1-12")
        ->type_name("A-B")
        ->each([options](const std::string& text) {
            const std::string problem = read_range(text, options->layout);
            if (!problem.empty()) throw CLI::ValidationError{"--packets", problem};
        });
    word->add_flag("--numbers", options->layout.numbers, "Write each packet's number beside it");
    word->add_flag_callback(
        "--print", [options] { options->how.theme = diagram::ThemeKind::print; },
        "Black and white, for paper");
    word->callback([&action, options] { action = [options] { return draw(*options); }; });
}

}  // namespace postack::program
