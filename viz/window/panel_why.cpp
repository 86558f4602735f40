// Why the selected packet was sent: one sentence and the rule behind it, what became of it, and the
// chapter in which it lies.
#include <fmt/format.h>

#include "viz/window/frame.hpp"

namespace postack::window {
namespace {

std::string number_line(const Frame& frame, record::PacketId packet) {
    const record::Recording& recording = frame.model.recording();
    const record::Packet& p = recording.packets[packet];
    std::string words = fmt::format("{} {}", frame.word("packet"), packet + 1);
    const auto host = [&](record::HostId id) -> std::string {
        return id < recording.hosts.size() ? recording.hosts[id].title.in(frame.language())
                                           : std::string{"?"};
    };
    if (p.from != record::none || p.to != record::none) {
        words += fmt::format("  ·  {} → {}", host(p.from), host(p.to));
    }
    if (p.ended != core::never) {
        const core::Duration way = p.ended - p.sent;
        if (p.fate != record::Fate::lost) words += "  ·  " + duration(way, frame.language());
    }
    return words;
}

std::string reason(const Frame& frame, record::PacketId packet) {
    const record::Recording& recording = frame.model.recording();
    const record::Packet& p = recording.packets[packet];
    if (p.cause == tcp::Cause::none) {
        return std::string{frame.word(recording.from_capture ? "why_capture" : "why_none")};
    }
    return std::string{frame.words("cause." + std::string{tcp::name(p.cause)})};
}

}  // namespace

void draw_why(Frame& frame, const Rect& rect) {
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(frame.px(8), frame.px(3)));
    if (begin_pane(frame, "why", rect)) {
        const auto packet = selected_packet(frame.state);
        ImDrawList& draw = *ImGui::GetWindowDrawList();
        // Over the padding too, which is outside of the pane's own clipping.
        draw.PushClipRect(ImVec2(rect.x, rect.y), ImVec2(rect.right(), rect.bottom()));
        draw.AddRectFilled(ImVec2(rect.x, rect.y), ImVec2(rect.x + frame.px(4), rect.bottom()),
                           frame.palette.accent, frame.px(6), ImDrawFlags_RoundCornersLeft);
        draw.PopClipRect();
        ImGui::SetCursorPosX(ImGui::GetCursorPosX() + frame.px(4));
        ImGui::BeginGroup();
        if (!packet) {
            text(frame.fonts.strong, frame.palette.accent, frame.word("before_first"));
            const std::string& summary =
                frame.model.recording().lesson.summary.in(frame.language());
            wrapped(frame.fonts.text, frame.ink(),
                    summary.empty() ? frame.word("start_hint") : std::string_view{summary});
        } else {
            const record::Packet& p = frame.model.recording().packets[*packet];
            text(frame.fonts.strong, frame.palette.accent, frame.word("why"));
            ImGui::SameLine(0, frame.px(10));
            ImGui::PushFont(frame.fonts.small);
            const float room = ImGui::GetContentRegionAvail().x;
            text(frame.fonts.small, frame.faint(), fit(number_line(frame, *packet), room));
            ImGui::PopFont();
            std::string words = reason(frame, *packet);
            const std::string_view rule = tcp::rule(p.cause);
            if (!rule.empty()) words += fmt::format("  [{}]", rule);
            wrapped(frame.fonts.text, frame.ink(), words);
            if (p.verdict != record::none) {
                const record::Verdict& verdict = frame.model.recording().verdicts[p.verdict];
                wrapped(frame.fonts.text, frame.palette.of(diagram::Role::lost),
                        verdict.reason.in(frame.language()));
            } else if (p.fate == record::Fate::lost || p.fate == record::Fate::corrupt) {
                wrapped(frame.fonts.text, frame.palette.of(diagram::Role::lost),
                        frame.word(p.fate == record::Fate::lost ? "lost" : "corrupt"));
            }
        }
        ImGui::EndGroup();
    }
    end_pane();
    ImGui::PopStyleVar();
}

}  // namespace postack::window
