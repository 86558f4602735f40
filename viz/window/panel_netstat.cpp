// The sockets of each host at this step, in the columns of netstat: first those that listen, then
// the connections.
#include <fmt/format.h>

#include "sim/wire/address.hpp"
#include "viz/window/frame.hpp"

namespace postack::window {
namespace {

void rows(const Frame& frame, const std::vector<record::NetstatRow>& all) {
    for (const record::NetstatRow& row : all) {
        ImGui::TableNextRow();
        ImGui::TableNextColumn();
        text(row.protocol);
        ImGui::TableNextColumn();
        // Debian's netstat writes a wildcard address out.
        text(row.local.address.version() == 0 ? "0.0.0.0" + wire::to_string(row.local)
                                              : wire::to_string(row.local));
        ImGui::TableNextColumn();
        text(row.remote.address.version() == 0 || row.remote.port == 0
                 ? (row.remote.address.version() == 0
                        ? std::string{row.local.address.version() == 6 ? ":::*" : "0.0.0.0:*"}
                        : wire::to_string(row.remote.address) + ":*")
                 : wire::to_string(row.remote));
        ImGui::TableNextColumn();
        ImGui::PushStyleColor(ImGuiCol_Text, frame.palette.of(diagram::Role::control));
        text(row.state);
        ImGui::PopStyleColor();
        ImGui::TableNextColumn();
        text(row.program.empty() ? std::string_view{"-"} : std::string_view{row.program});
    }
}

}  // namespace

void draw_netstat(Frame& frame) {
    const StepFacts& facts = frame.model.at(frame.state.step);
    if (facts.sockets.empty()) {
        wrapped(frame.fonts.small, frame.faint(), frame.word("no_sockets"));
        return;
    }
    const record::Recording& recording = frame.model.recording();
    for (const HostSockets& sockets : facts.sockets) {
        const record::Host& host = recording.hosts[sockets.host];
        text(frame.fonts.small_strong, frame.ink(), host.title.in(frame.language()));
        ImGui::SameLine();
        text(frame.fonts.mono, frame.faint(), "netstat -lnpt4 ; netstat -nt");
        ImGui::PushID(static_cast<int>(sockets.host));
        ImGui::PushFont(frame.fonts.small);
        ImGui::PushStyleVar(ImGuiStyleVar_CellPadding, ImVec2(frame.px(4), frame.px(2)));
        if (ImGui::BeginTable("sockets", 5,
                              ImGuiTableFlags_BordersInnerH | ImGuiTableFlags_NoSavedSettings |
                                  ImGuiTableFlags_ScrollX | ImGuiTableFlags_SizingFixedFit,
                              ImVec2(0, ImGui::GetTextLineHeight() * 1.7F +
                                            (ImGui::GetTextLineHeight() + frame.px(5)) *
                                                static_cast<float>(sockets.listening.size() +
                                                                   sockets.connected.size()) +
                                            frame.px(14)))) {
            for (const char* key : {"netstat.protocol", "netstat.local", "netstat.remote",
                                    "netstat.state", "netstat.program"}) {
                ImGui::TableSetupColumn(std::string{frame.word(key)}.c_str());
            }
            ImGui::TableHeadersRow();
            rows(frame, sockets.listening);
            rows(frame, sockets.connected);
            ImGui::EndTable();
        }
        ImGui::PopStyleVar();
        ImGui::PopFont();
        ImGui::PopID();
    }
}

}  // namespace postack::window
