#include "viz/export/export.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "sim/core/file.hpp"
#include "viz/diagram/words.hpp"
#include "viz/export/font_data.hpp"
#include "viz/export/svg.hpp"
#include "viz/export/text_diagram.hpp"

namespace postack::exporting {
namespace {

using namespace diagram;

/// What a format needs to make one file.
struct Job {
    const record::Recording& recording;
    const std::vector<record::Row>& rows;
    Options options;
    const ExportOptions& how;
    const core::Catalog& catalog;
    const TextMeasure& measure;

    [[nodiscard]] Scene scene() const { return layout(recording, rows, options, catalog, measure); }
};

using Maker = core::Result<std::string> (*)(const Job&);

struct Format {
    std::string_view ending;
    Maker make;
    bool pages;  ///< steps are pages of one file
};

// The shapes of a long picture would take far more memory than its text: it is written in slices.
core::Result<std::string> make_svg(const Job& job) {
    constexpr double slice = 20'000;
    const Plan plan(job.recording, job.rows, job.options, job.catalog, job.measure);
    const Theme& colours = theme(job.how.theme);
    Scene part;
    part.width = plan.width();
    part.height = plan.height();
    plan.describe(part);
    std::string out;
    out.reserve(80'000 + std::size_t{plan.end_packet() - plan.first_packet()} * 700);
    append_svg_head(out, part, colours, {});
    plan.draw_heading(part);
    plan.draw_lane_heads(part);
    append_svg_shapes(out, part, colours);
    for (double top = 0; top < plan.height(); top += slice) {
        part.shapes.clear();
        plan.draw(part, top, top + slice, 0, Plan::Packets::starting);
        append_svg_shapes(out, part, colours);
    }
    append_svg_tail(out);
    return out;
}

core::Error no_raster() {
    return core::Error{"this program draws no pixels: a diagram here is .svg or .txt"};
}

core::Result<std::string> make_png(const Job& job) {
    if (job.how.raster == nullptr) return no_raster();
    return job.how.raster->to_png(job.scene(), theme(job.how.theme), job.how.png_scale);
}

core::Result<std::string> make_pdf(const Job& job) {
    if (job.how.raster == nullptr) return no_raster();
    if (!job.how.steps) {
        return job.how.raster->to_pdf(
            paginate(job.recording, job.rows, job.options, job.catalog, job.measure),
            theme(job.how.theme));
    }
    // The last page of each step: what came before is on the pages of the steps before.
    std::vector<Scene> pages;
    Options options = job.options;
    for (std::uint32_t step = std::max(options.first, 1U); step <= job.options.step; ++step) {
        options.step = step;
        auto of_step = paginate(job.recording, job.rows, options, job.catalog, job.measure);
        pages.push_back(std::move(of_step.back()));
    }
    return job.how.raster->to_pdf(pages, theme(job.how.theme));
}

core::Result<std::string> make_text(const Job& job) {
    return to_text(job.recording, job.rows, job.options, job.catalog, job.how.text_columns);
}

constexpr std::array<Format, 4> formats = {{
    {"svg", make_svg, false},
    {"pdf", make_pdf, true},
    {"png", make_png, false},
    {"txt", make_text, false},
}};

const Format* find_format(const std::filesystem::path& out) {
    std::string ending = out.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    for (const Format& format : formats) {
        if (ending.size() == format.ending.size() + 1 && ending.substr(1) == format.ending) {
            return &format;
        }
    }
    return nullptr;
}

core::Status write_one(const Job& job, const Format& format, const std::filesystem::path& out) {
    auto bytes = format.make(job);
    if (!bytes) return core::Error{fmt::format("{}: {}", out.string(), bytes.error().message)};
    return core::write_file_atomically(out.string(), *bytes);
}

}  // namespace

std::vector<std::string> known_endings() {
    std::vector<std::string> endings;
    endings.reserve(std::size(formats));
    for (const Format& format : formats)
        endings.emplace_back(format.ending);
    return endings;
}

core::Status check_ending(const std::filesystem::path& out) {
    if (find_format(out) != nullptr) return core::success();
    std::string list;
    for (const Format& format : formats) {
        list += list.empty() ? "." : ", .";
        list += format.ending;
    }
    return core::Error{
        fmt::format("{}: a diagram's file name ends in one of {}", out.string(), list)};
}

core::Status export_diagram(const record::Recording& recording,
                            const std::vector<record::Row>& rows, const Options& options,
                            const std::filesystem::path& out, const ExportOptions& how) {
    if (auto status = check_ending(out); !status) return status;
    const Format& format = *find_format(out);
    const auto count = static_cast<std::uint32_t>(std::min(recording.packets.size(), rows.size()));
    const std::uint32_t first = std::max(options.first, 1U);
    const std::uint32_t last = options.last == 0 ? count : std::min(options.last, count);
    if (first > last) {
        return core::Error{count == 0 ? "there is no packet to draw"
                                      : fmt::format("packets {}-{}: there are packets 1 to {}",
                                                    first, options.last, count)};
    }
    const auto catalog = core::Catalog::load(options.language);
    if (!catalog) return catalog.error();
    const auto measure = TextMeasure::load();
    if (!measure) return measure.error();
    if (auto fonts = check_embedded_fonts(); !fonts) return fonts;
    Job job{recording, rows, options, how, *catalog, *measure};
    if (!how.steps) return write_one(job, format, out);

    const std::uint32_t end = std::min(last, options.step);
    if (end + 1 > first + most_steps) {
        return core::Error{fmt::format(
            "{} steps are more than the {} that are drawn at once: choose some with --packets A-B",
            end + 1 - first, most_steps)};
    }
    job.options.highlight_last = true;
    job.options.step = end;
    if (format.pages) return write_one(job, format, out);
    const std::size_t digits = std::max<std::size_t>(2, fmt::format("{}", end).size());
    for (std::uint32_t step = first; step <= end; ++step) {
        job.options.step = step;
        std::filesystem::path numbered = out;
        numbered.replace_filename(fmt::format("{}-{:0{}}{}", out.stem().string(), step, digits,
                                              out.extension().string()));
        if (auto status = write_one(job, format, numbered); !status) return status;
    }
    return core::success();
}

core::Status export_scene(const Scene& scene, const std::filesystem::path& out,
                          const ExportOptions& how) {
    if (auto status = check_ending(out); !status) return status;
    if (auto fonts = check_embedded_fonts(); !fonts) return fonts;
    const Theme& colours = theme(how.theme);
    const std::string_view ending = find_format(out)->ending;
    const auto make = [&]() -> core::Result<std::string> {
        if (ending == "svg") return to_svg(scene, colours);
        if (ending != "txt" && how.raster == nullptr) return no_raster();
        if (ending == "pdf") return how.raster->to_pdf({scene}, colours);
        if (ending == "png") return how.raster->to_png(scene, colours, how.png_scale);
        return core::Error{"this picture is drawn as .svg, .pdf or .png"};
    };
    auto bytes = make();
    if (!bytes) return core::Error{fmt::format("{}: {}", out.string(), bytes.error().message)};
    return core::write_file_atomically(out.string(), *bytes);
}

}  // namespace postack::exporting
