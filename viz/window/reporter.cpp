#include "viz/window/reporter.hpp"

#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstring>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace postack::window {
namespace {

using Json = nlohmann::ordered_json;

const char* const panel_names[] = {"top_bar", "timeline", "packet_list", "why",
                                   "details", "side",     "diagram",     "help"};

bool is_panel(const std::string& name) {
    for (const char* panel : panel_names) {
        if (name == panel) return true;
    }
    return false;
}

Json rectangle(const Rect& rect) {
    const auto whole = [](float v) { return static_cast<long>(std::lround(v)); };
    return Json::array({whole(rect.x), whole(rect.y), whole(rect.width), whole(rect.height)});
}

void add_seen(Json& json, const std::vector<Seen>& seen) {
    Json panels = Json::object(), controls = Json::object();
    for (const Seen& thing : seen) {
        (is_panel(thing.name) ? panels : controls)[thing.name] = rectangle(thing.rect);
    }
    json["panels"] = std::move(panels);
    json["controls"] = std::move(controls);
}

/// What a person typed may be any bytes: those that are not UTF-8 are replaced, not thrown about.
std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

core::Result<Reporter> Reporter::open(const std::filesystem::path& file) {
    Reporter reporter;
    std::signal(SIGPIPE, SIG_IGN);
    reporter.file_.reset(std::fopen(file.string().c_str(), "we"));
    if (!reporter.file_) {
        return core::Error{
            fmt::format("{}: cannot write: {}", file.string(), std::strerror(errno))};
    }
    return reporter;
}

void Reporter::write(std::string line) {
    if (!file_ || line == last_) return;
    last_ = std::move(line);
    if (std::fputs((last_ + "\n").c_str(), file_.get()) == EOF || std::fflush(file_.get()) == EOF) {
        file_.reset();
    }
}

void Reporter::report(Model& model, const ViewState& state, const std::vector<Seen>& seen,
                      float width, float height, float scale) {
    if (!file_) return;
    Json json;
    json["step"] = state.step;
    json["steps"] = state.steps;
    json["time"] = core::seconds(model.at(state.step).time);
    Json selection;
    if (const auto packet = selected_packet(state)) {
        selection["packet"] = *packet + 1;
    } else {
        selection["packet"] = nullptr;
    }
    selection["bytes"] = nullptr;
    if (state.bytes) selection["bytes"] = Json::array({state.bytes->offset, state.bytes->length});
    json["selection"] = std::move(selection);
    json["chapter"] = nullptr;
    if (const auto chapter = model.chapter(state.step)) json["chapter"] = *chapter + 1;
    json["playing"] = state.playing;
    json["speed"] = speeds[state.speed];
    json["language"] = std::string{core::code(state.language)};
    json["dark"] = state.dark;
    json["tab"] = std::string{name(state.tab)};
    json["filter"] = state.filter;
    const auto* filtered = model.filtered(state.filter);
    json["rows"] = filtered ? filtered->size() : model.rows().size();
    json["help"] = state.help;
    json["go_to"] = state.go_to_open;
    json["zoom"] = state.zoom;
    json["size"] = Json::array({std::lround(width), std::lround(height)});
    json["scale"] = static_cast<double>(scale);
    add_seen(json, seen);
    write(dump(json));
}

void Reporter::report_chooser(std::size_t choices, const std::vector<Seen>& seen,
                              core::Language language) {
    if (!file_) return;
    Json json;
    json["chooser"] = true;
    json["choices"] = choices;
    json["language"] = std::string{core::code(language)};
    add_seen(json, seen);
    write(dump(json));
}

}  // namespace postack::window
