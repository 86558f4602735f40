// `postack compare`: the same mail over plain datagrams, stop-and-wait and TCP, on a network that
// loses packets.
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/core.h>
#include <unistd.h>

#include "program/input.hpp"
#include "program/parsed_option.hpp"
#include "program/words.hpp"
#include "sim/compare/result_file.hpp"
#include "sim/compare/trials.hpp"
#include "sim/core/file.hpp"
#include "viz/comparison/page.hpp"
#include "viz/comparison/table.hpp"
#include "viz/diagram/theme.hpp"
#include "viz/export/export.hpp"
#include "viz/export/svg.hpp"

namespace postack::program {
namespace {

// A result file has some 45 bytes a dialogue.
constexpr std::size_t largest_result_file = std::size_t{compare::most_dialogues} * 64 + (1 << 16);

struct CompareOptions {
    std::string what;
    std::vector<std::string> set;
    std::string loss = "0%..30%";
    std::optional<compare::Millionths> step;
    compare::Plan plan;
    std::optional<compare::Shard> shard;
    std::vector<std::string> merge;
    std::string format = "table";
    std::string out;
    unsigned threads = 0;
    bool print = false;
    core::Language language{};
};

std::string ending(const std::string& file) {
    std::string text = std::filesystem::path{file}.extension().string();
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

// A bar on the terminal's last line, a step a percent; nothing when standard error is a file.
class ProgressBar {
   public:
    void show(std::size_t done, std::size_t all) {
        if (!on_terminal_ || all == 0) return;
        const auto percent = static_cast<int>(done * 100 / all);
        if (percent == shown_) return;
        shown_ = percent;
        constexpr int cells = 40;
        const int full = percent * cells / 100;
        fmt::print(stderr, "\r[{:#<{}}{:.<{}}] {:3}%", "", full, "", cells - full, percent);
        std::fflush(stderr);
    }
    ~ProgressBar() {
        if (shown_ >= 0) fmt::print(stderr, "\r\033[K");
    }
    ProgressBar() = default;
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

   private:
    bool on_terminal_ = isatty(STDERR_FILENO) == 1;
    int shown_ = -1;
};

// "…: these do: smtp-postfix, …"
core::Error with_those_that_work(const core::Error& error, core::Duration pause) {
    const auto list = scenario::list_scenarios();
    if (!list) return error;
    std::string names;
    for (const auto& entry : *list) {
        const auto scenario = scenario::load_scenario(entry.name);
        if (!scenario || !compare::check_scenario(*scenario, pause)) continue;
        names += names.empty() ? entry.name : ", " + entry.name;
    }
    return {fmt::format("{}. These can be compared: {}", error.message, names)};
}

core::Result<compare::Results> merge(const std::vector<std::string>& names) {
    std::vector<std::pair<std::string, std::string>> files;
    for (const std::string& name : names) {
        auto text = core::read_file(name, largest_result_file);
        if (!text) return text.error();
        files.emplace_back(name, std::move(*text));
    }
    return compare::merge_results(files);
}

core::Result<compare::Results> simulate(const CompareOptions& options) {
    scenario::Edits edits;
    edits.set = options.set;
    const auto scenario = scenario::load_scenario(options.what, edits);
    if (!scenario) return scenario.error();
    const core::Duration pause = options.plan.pause;
    if (const auto mail = compare::check_scenario(*scenario, pause); !mail) {
        return with_those_that_work(mail.error(), pause);
    }
    ProgressBar bar;
    return compare::run_trials(*scenario, options.plan, options.shard.value_or(compare::Shard{}),
                               options.threads,
                               [&bar](std::size_t done, std::size_t all) { bar.show(done, all); });
}

core::Status draw(const CompareOptions& options, const compare::Results& results,
                  const core::Catalog& catalog) {
    const auto measure = diagram::TextMeasure::load();
    if (!measure) return measure.error();
    const diagram::Scene scene = comparison::page(results, catalog, *measure);
    const auto& theme =
        diagram::theme(options.print ? diagram::ThemeKind::print : diagram::ThemeKind::light);
    const std::string kind = ending(options.out);
    core::Result<std::string> bytes = std::string{};
    if (kind == ".png") {
        bytes = raster()->to_png(scene, theme, exporting::ExportOptions{}.png_scale);
    } else if (kind == ".pdf") {
        bytes = raster()->to_pdf({scene}, theme);
    } else {
        bytes = exporting::to_svg(scene, theme);
    }
    if (!bytes) return core::Error{options.out + ": " + bytes.error().message};
    return core::write_file_atomically(options.out, *bytes);
}

int print(const std::string& text) {
    std::cout << text << std::flush;
    return std::cout ? 0 : fail({"standard output: cannot write everything"});
}

int compare_transports(const CompareOptions& options) {
    const auto catalog = core::Catalog::load(options.language);
    if (!catalog) return fail(catalog.error());
    const auto results = options.merge.empty() ? simulate(options) : merge(options.merge);
    if (!results) return fail(results.error());
    if (options.shard) {
        const std::string text = compare::write_results(*results);
        if (options.out.empty()) return print(text);
        const auto written = core::write_file_atomically(options.out, text);
        return written ? 0 : fail(written.error());
    }
    if (!options.out.empty()) {
        if (const auto drawn = draw(options, *results, *catalog); !drawn) {
            return fail(drawn.error());
        }
    }
    if (options.format == "tsv") return print(comparison::tsv(*results));
    if (options.format == "json") return print(comparison::json(*results));
    return print(comparison::table(*results, *catalog));
}

// What the options ask for together; a message when they do not fit.
void settle(CompareOptions& options) {
    if (options.what.empty() == options.merge.empty()) {
        throw CLI::ValidationError{"compare", "a SCENARIO, or --merge FILE..."};
    }
    if (!options.merge.empty() && options.shard) {
        throw CLI::ValidationError{"--merge", "shards are merged whole: without --shard"};
    }
    const std::string kind = ending(options.out);
    if (!options.out.empty() && !options.shard && kind != ".svg" && kind != ".png" &&
        kind != ".pdf") {
        throw CLI::ValidationError{"-o", options.out +
                                             ": a plot's file name ends in one of .svg, .png, .pdf"
                                             " (with --shard it holds the trials)"};
    }
    const auto losses = compare::parse_losses(options.loss, options.step);
    if (!losses) throw CLI::ValidationError{"--loss", losses.error().message};
    options.plan.losses = *losses;
    if (const auto sound = compare::check(options.plan); !sound) {
        throw CLI::ValidationError{"--trials", sound.error().message};
    }
}

}  // namespace

void add_compare(CLI::App& app, Action& action) {
    CLI::App* word = app.add_subcommand(
        "compare", "The same mail over datagrams, stop-and-wait and TCP, on a network that loses");
    auto o = std::make_shared<CompareOptions>();
    word->add_option(
        "SCENARIO", o->what,
        "A scenario with a mail dialogue (a name from `postack list`, or a .toml file)");
    word->add_option("--loss", o->loss, "One rate, or a range (0%..30%)");
    add_parsed<compare::Millionths>(*word, "--step", o->step, compare::parse_millionths,
                                    "Between two rates of a range, as 2% (six steps or so)");
    word->add_option("--trials", o->plan.trials, "For each rate and transport (100)")
        ->check(CLI::Range(1U, compare::most_trials));
    word->add_option("--seed", o->plan.seed, "Of all random numbers (1)");
    add_parsed<core::Duration>(*word, "--pause", o->plan.pause, core::parse_duration,
                               "Longest pause between two typed lines (200ms)");
    word->add_option("--set", o->set,
                     "Change a value of the scenario: PATH=VALUE, as link.0.delay=20ms")
        ->allow_extra_args(false);
    word->add_option("--threads", o->threads, "At once (one a processor)")
        ->check(CLI::Range(1U, 1024U));
    word->add_option("--format", o->format, "table (default), tsv or json")
        ->check(CLI::IsMember({"table", "tsv", "json"}));
    word->add_option("-o,--output", o->out, "Also draw a page: .svg, .png or .pdf");
    word->add_flag("--print", o->print, "The page in black and white, for paper");
    add_parsed<compare::Shard>(*word, "--shard", o->shard, compare::parse_shard,
                               "K/N: only the K-th of N parts; its trials go to -o FILE, or to "
                               "standard output");
    word->add_option("--merge", o->merge, "The files of all shards: what the one run would say");
    add_language(*word, o->language);
    word->callback([&action, o] {
        settle(*o);
        action = [o] { return compare_transports(*o); };
    });
}

}  // namespace postack::program
