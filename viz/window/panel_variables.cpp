// What both ends of the selected packet's conversation know, side by side, in the RFC's names. What
// changed with this packet stands out.
#include <array>
#include <cmath>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "sim/core/time.hpp"
#include "sim/tcp/explain.hpp"
#include "viz/window/frame.hpp"

namespace postack::window {
namespace {

/// One end at the step and at the one before. `now` is empty before it opens.
struct End {
    record::SocketId socket = record::none;
    std::optional<tcp::Variables> now;
    std::optional<tcp::Variables> before;
    std::string_view rule;                     ///< of a change of state at this step
    std::vector<tcp::VariableChange> changes;  ///< since the step before, with their reasons
};

End end_of(const Frame& frame, const StepFacts& facts, record::SocketId socket) {
    End end;
    end.socket = socket;
    if (socket >= frame.model.recording().sockets.size()) return end;
    const record::Recording& recording = frame.model.recording();
    if (const auto now = record::state_at(recording, socket, facts.cursor)) {
        end.now = now->variables;
        if (now->event >= facts.before) end.rule = now->rule;
    }
    if (const auto before = record::state_at(recording, socket, facts.before)) {
        end.before = before->variables;
    }
    if (end.now) end.changes = tcp::explain(end.before ? *end.before : tcp::Variables{}, *end.now);
    return end;
}

using Print = std::string (*)(const tcp::Variables&, core::Language language);

std::string count(std::uint64_t value) {
    return std::to_string(value);
}
std::string time(core::Duration value, core::Language language) {
    return value.count() == 0 ? "–" : duration(value, language);
}
/// Relative to the initial number, as in the packet list; before the SYN there is none.
std::string relative(wire::SequenceNumber number, wire::SequenceNumber initial) {
    return count(number - initial);
}
bool synchronized(const tcp::Variables& v) {
    return v.state != tcp::State::closed && v.state != tcp::State::listen &&
           v.state != tcp::State::syn_sent;
}

struct RowSpec {
    const char* label;  ///< the RFC's name, the same in both languages; or null: catalog key
    const char* key;    ///< "window.var.<key>" explains it in one sentence
    Print print;
};

const RowSpec row_specs[] = {
    {"SND.UNA", "snd_una",
     [](const tcp::Variables& v, core::Language) { return relative(v.snd_una, v.iss); }},
    {"SND.NXT", "snd_nxt",
     [](const tcp::Variables& v, core::Language) { return relative(v.snd_nxt, v.iss); }},
    {"SND.WND", "snd_wnd",
     [](const tcp::Variables& v, core::Language) { return count(v.snd_wnd); }},
    {"RCV.NXT", "rcv_nxt",
     [](const tcp::Variables& v, core::Language) {
         return synchronized(v) ? relative(v.rcv_nxt, v.irs) : std::string{"–"};
     }},
    {"RCV.WND", "rcv_wnd",
     [](const tcp::Variables& v, core::Language) { return count(v.rcv_wnd); }},
    {"cwnd", "cwnd", [](const tcp::Variables& v, core::Language) { return count(v.cwnd); }},
    {"ssthresh", "ssthresh",
     [](const tcp::Variables& v, core::Language) {
         return v.ssthresh == ~std::uint32_t{0} ? std::string{"∞"} : count(v.ssthresh);
     }},
    {"SRTT", "srtt", [](const tcp::Variables& v, core::Language l) { return time(v.srtt, l); }},
    {"RTO", "rto", [](const tcp::Variables& v, core::Language l) { return time(v.rto, l); }},
    {nullptr, "in_flight",
     [](const tcp::Variables& v, core::Language) { return count(v.in_flight); }},
    {nullptr, "unsent", [](const tcp::Variables& v, core::Language) { return count(v.unsent); }},
    {nullptr, "unread", [](const tcp::Variables& v, core::Language) { return count(v.unread); }},
    {nullptr, "out_of_order",
     [](const tcp::Variables& v, core::Language) { return count(v.out_of_order); }},
    {nullptr, "duplicate_acks",
     [](const tcp::Variables& v, core::Language) { return count(v.duplicate_acks); }},
};

/// A value in its cell; with a coloured ground and the old value in a tip if it changed.
void value_cell(const Frame& frame, const std::string& now, const std::string& before,
                bool has_before, const std::string& why = {}) {
    ImGui::TableNextColumn();
    const bool changed = has_before && now != before;
    if (changed) {
        ImGui::TableSetBgColor(ImGuiTableBgTarget_CellBg, frame.palette.changed);
        ImGui::PushFont(frame.fonts.small_strong);
    }
    text(now);
    if (changed) {
        ImGui::PopFont();
        tip(frame,
            fmt::format("{} {}{}{}", frame.word("was"), before, why.empty() ? "" : "\n", why));
    }
}

std::string because(std::string_view sentence, std::string_view rule) {
    return fmt::format("{}  [{}]", sentence, rule);
}

// Why a variable changed, in one sentence with its rule; empty if it did not.
std::string why(const Frame& frame, const End& end, std::string_view variable) {
    for (const tcp::VariableChange& change : end.changes) {
        if (change.variable != variable) continue;
        return because(frame.words(fmt::format("cause.change_{}", change.reason.name)),
                       change.reason.rule);
    }
    return {};
}

std::string why_state(const Frame& frame, const End& end) {
    if (!end.now || !end.before) return {};
    const auto* row = tcp::transition_between(end.before->state, end.now->state, end.rule);
    if (row == nullptr) return {};
    return because(frame.words(fmt::format("cause.trigger_{}", tcp::name(row->trigger))),
                   fmt::format("RFC 9293, {}", row->rule));
}

void label_cell(const Frame& frame, const RowSpec& spec) {
    ImGui::TableNextColumn();
    const std::string key = std::string{"var."} + spec.key;
    text(spec.label ? std::string_view{spec.label} : frame.word(key + ".name"));
    tip(frame, frame.word(key));
}

void state_row(const Frame& frame, const std::array<End, 2>& ends) {
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    text(frame.word("var.state.name"));
    tip(frame, frame.word("var.state"));
    for (const End& end : ends) {
        const auto print = [](const std::optional<tcp::Variables>& v) {
            return std::string{v ? tcp::name(v->state) : std::string_view{"–"}};
        };
        ImGui::PushStyleColor(ImGuiCol_Text, frame.palette.of(diagram::Role::control));
        ImGui::PushFont(frame.fonts.small_strong);
        value_cell(frame, print(end.now), print(end.before), true, why_state(frame, end));
        ImGui::PopFont();
        ImGui::PopStyleColor();
    }
}

void timer_rows(const Frame& frame, const std::array<End, 2>& ends, core::Instant now) {
    for (std::size_t t = 0; t < static_cast<std::size_t>(tcp::Timer::count_); ++t) {
        const auto deadline = [t](const std::optional<tcp::Variables>& v) {
            return v ? v->deadlines[t] : core::never;
        };
        bool any = false;
        for (const End& end : ends)
            any |= deadline(end.now) != core::never;
        if (!any) continue;
        ImGui::TableNextRow();
        ImGui::TableNextColumn();
        const auto timer = static_cast<tcp::Timer>(t);
        text(frame.word("timer." + std::string{tcp::name(timer)}));
        tip(frame, because(frame.words(fmt::format("cause.timer_{}", tcp::name(timer))),
                           tcp::rule(timer)));
        for (const End& end : ends) {
            const core::Instant due = deadline(end.now);
            ImGui::TableNextColumn();
            if (due == core::never) {
                text("–");
                continue;
            }
            // A timer that was set anew at this step is a change; its running down is not.
            const bool changed = due != deadline(end.before);
            if (changed) {
                ImGui::TableSetBgColor(ImGuiTableBgTarget_CellBg, frame.palette.changed);
                ImGui::PushFont(frame.fonts.small_strong);
            }
            text(fmt::format("{} {}", frame.word("in_time"),
                             due > now ? duration(due - now, frame.language()) : "0 s"));
            if (changed) ImGui::PopFont();
        }
    }
}

void head_cell(const Frame& frame, record::SocketId socket, diagram::Role role) {
    const record::Recording& recording = frame.model.recording();
    ImGui::TableNextColumn();
    if (socket >= recording.sockets.size()) return;
    const record::Socket& s = recording.sockets[socket];
    const std::string host = s.host < recording.hosts.size()
                                 ? recording.hosts[s.host].title.in(frame.language())
                                 : s.application;
    ImGui::PushFont(frame.fonts.small_strong);
    text(frame.fonts.small_strong, frame.palette.of(role),
         fit(host, ImGui::GetContentRegionAvail().x));
    ImGui::PopFont();
    tip(frame, fmt::format("{}\n{}", host, s.application));
    const std::string local = wire::to_string(s.local);
    text(frame.fonts.small, frame.faint(), fit(local, ImGui::GetContentRegionAvail().x));
    tip(frame, local);
}

}  // namespace

void draw_variables(Frame& frame) {
    // Before the first packet: the conversation that is about to begin.
    const std::uint32_t packet = selected_packet(frame.state).value_or(0);
    const Ends sockets = frame.model.ends(packet);
    ImGui::PushFont(frame.fonts.small);
    if (sockets.client == record::none && sockets.server == record::none) {
        wrapped(frame.fonts.small, frame.faint(),
                frame.word(frame.model.recording().from_capture ? "state_capture" : "state_none"));
        ImGui::PopFont();
        return;
    }
    const record::SocketId known = sockets.client != record::none ? sockets.client : sockets.server;
    const auto& all = frame.model.recording().sockets;
    if (known < all.size() && all[known].transport == record::Transport::udp) {
        wrapped(frame.fonts.small, frame.faint(), frame.word("state_udp"));
        ImGui::PopFont();
        return;
    }
    const StepFacts& facts = frame.model.at(frame.state.step);
    const std::array<End, 2> ends{end_of(frame, facts, sockets.client),
                                  end_of(frame, facts, sockets.server)};
    ImGui::PushStyleVar(ImGuiStyleVar_CellPadding, ImVec2(frame.px(5), frame.px(2)));
    if (ImGui::BeginTable("variables", 3,
                          ImGuiTableFlags_BordersInnerH | ImGuiTableFlags_NoSavedSettings |
                              ImGuiTableFlags_SizingStretchProp)) {
        ImGui::TableSetupColumn("name", ImGuiTableColumnFlags_WidthFixed, frame.px(92));
        ImGui::TableSetupColumn("client", ImGuiTableColumnFlags_WidthStretch, 1);
        ImGui::TableSetupColumn("server", ImGuiTableColumnFlags_WidthStretch, 1);
        ImGui::TableNextRow();
        ImGui::TableNextColumn();
        head_cell(frame, sockets.client, diagram::Role::client);
        head_cell(frame, sockets.server, diagram::Role::server);
        state_row(frame, ends);
        for (const RowSpec& spec : row_specs) {
            ImGui::TableNextRow();
            label_cell(frame, spec);
            for (const End& end : ends) {
                const std::string now = end.now ? spec.print(*end.now, frame.language()) : "–";
                const std::string before =
                    end.before ? spec.print(*end.before, frame.language()) : "–";
                value_cell(frame, now, before, end.now.has_value(), why(frame, end, spec.key));
            }
        }
        timer_rows(frame, ends, facts.time);
        ImGui::EndTable();
    }
    ImGui::PopStyleVar();
    ImGui::PopFont();
}

}  // namespace postack::window
