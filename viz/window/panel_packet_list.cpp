// The packet list: Wireshark's columns. Rows are drawn only where they show.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <imgui_internal.h>
#include <imgui_stdlib.h>

#include "sim/wire/address.hpp"
#include "sim/wire/tcp.hpp"
#include "viz/window/frame.hpp"

namespace postack::window {
namespace {

/// What a row means, in the diagram's colours.
diagram::Role role_of(const record::Row& row) {
    if (row.fate == record::Fate::lost || row.fate == record::Fate::corrupt) {
        return diagram::Role::lost;
    }
    if (row.flags && (*row.flags & wire::RST) != 0) return diagram::Role::lost;
    if (tcp::is_retransmission(row.cause)) return diagram::Role::again;
    if (row.flags && (*row.flags & (wire::SYN | wire::FIN)) != 0) return diagram::Role::control;
    if (row.flags && row.len.value_or(0) == 0) return diagram::Role::acknowledge;
    return row.from_client ? diagram::Role::client : diagram::Role::server;
}

void draw_filter(Frame& frame, float width) {
    ViewState& state = frame.state;
    ImGui::PushFont(frame.fonts.small);
    const float field = std::min(frame.px(230), width * 0.5F);
    ImGui::SetCursorPosX(width - field - frame.px(6));
    ImGui::SetNextItemWidth(field);
    const std::string hint{frame.word("filter_hint")};
    if (state.filter_wanted) {
        ImGui::SetKeyboardFocusHere();
        state.filter_wanted = false;
    }
    ImGui::InputTextWithHint("##filter", hint.c_str(), &state.filter);
    frame.see("filter");
    if (ImGui::IsItemActive()) frame.see("filter.typing");
    tip(frame, frame.word("tip.filter"));
    ImGui::PopFont();
}

void cross(ImDrawList& draw, ImVec2 c, float half, float width, ImU32 colour) {
    draw.AddLine(ImVec2(c.x - half, c.y - half), ImVec2(c.x + half, c.y + half), colour, width);
    draw.AddLine(ImVec2(c.x - half, c.y + half), ImVec2(c.x + half, c.y - half), colour, width);
}

void right_aligned(std::string_view words) {
    const float room = ImGui::GetContentRegionAvail().x - text_width(words);
    if (room > 0) ImGui::SetCursorPosX(ImGui::GetCursorPosX() + room);
    text(words);
}

void draw_row(Frame& frame, record::PacketId packet, float row_height) {
    ViewState& state = frame.state;
    const record::Row& row = frame.model.rows()[packet];
    const bool selected = selected_packet(state) == packet;
    const bool future = packet >= state.step;
    ImGui::TableNextRow(ImGuiTableRowFlags_None, row_height);
    ImGui::TableNextColumn();
    ImDrawList& draw = *ImGui::GetWindowDrawList();

    ImGui::PushID(static_cast<int>(packet));
    ImGui::PushStyleColor(ImGuiCol_Header, vec4(frame.palette.selected));
    if (ImGui::Selectable("##row", selected, ImGuiSelectableFlags_SpanAllColumns,
                          ImVec2(0, row_height - 2 * ImGui::GetStyle().CellPadding.y))) {
        select_packet(state, packet);
    }
    ImGui::PopStyleColor();
    if (selected) frame.see("row.selected");
    ImGui::PopID();
    if (row.fate == record::Fate::lost || row.fate == record::Fate::corrupt) {
        tip(frame, frame.word(row.fate == record::Fate::lost ? "lost" : "corrupt"));
    }

    const diagram::Role role = role_of(row);
    ImU32 colour = frame.palette.of(role);
    ImU32 plain = frame.ink();
    if (future) {
        colour = faded(colour, 0.42F);
        plain = faded(plain, 0.42F);
    }
    // A bar of the row's colour at its left edge, and for a loss a cross beside the number.
    const ImRect cell = ImGui::TableGetCellBgRect(ImGui::GetCurrentTable(), 0);
    draw.AddRectFilled(ImVec2(cell.Min.x, cell.Min.y + 1),
                       ImVec2(cell.Min.x + frame.px(3), cell.Max.y - 1), colour);
    if (role == diagram::Role::lost) {
        cross(draw, ImVec2(cell.Min.x + frame.px(11), (cell.Min.y + cell.Max.y) / 2),
              frame.px(3.5F), frame.px(1.6F), colour);
    }

    ImGui::PushStyleColor(ImGuiCol_Text, plain);
    ImGui::SameLine(0, 0);
    right_aligned(std::to_string(row.number));
    ImGui::TableNextColumn();
    right_aligned(fmt::format("{:.6f}", core::seconds(row.time)));
    ImGui::TableNextColumn();
    text(wire::to_string(row.source));
    ImGui::TableNextColumn();
    text(wire::to_string(row.destination));
    ImGui::TableNextColumn();
    text(fit(row.protocol, ImGui::GetContentRegionAvail().x));
    ImGui::TableNextColumn();
    right_aligned(std::to_string(row.length));
    ImGui::PopStyleColor();
    ImGui::TableNextColumn();
    ImGui::PushStyleColor(ImGuiCol_Text, colour);
    text(row.info);
    ImGui::PopStyleColor();
}

void set_up_columns(const Frame& frame) {
    const auto fixed = [&](const char* key, std::string_view widest) {
        const std::string label{frame.word(key)};
        const float width = std::max(text_width(widest), text_width(label)) + frame.px(2);
        ImGui::TableSetupColumn(label.c_str(), ImGuiTableColumnFlags_WidthFixed, width);
    };
    const auto& rows = frame.model.rows();
    const double end = rows.empty() ? 0 : core::seconds(rows.back().time);
    const bool v6 = !rows.empty() && rows.front().source.version() == 6;
    fixed("column.number", fmt::format("✗ {}", rows.size()));
    fixed("column.time", fmt::format("{:.6f}", end));
    fixed("column.source", v6 ? "2001:db8::ffff:1" : "192.168.56.131");
    fixed("column.destination", v6 ? "2001:db8::ffff:1" : "192.168.56.131");
    fixed("column.protocol", "SMTP/IMF");
    fixed("column.length", "99999");
    ImGui::TableSetupColumn(std::string{frame.word("column.info")}.c_str(),
                            ImGuiTableColumnFlags_WidthStretch);
    ImGui::TableSetupScrollFreeze(0, 1);
}

void draw_table(Frame& frame) {
    ViewState& state = frame.state;
    const auto* filtered = frame.model.filtered(state.filter);
    const std::size_t count = filtered ? filtered->size() : frame.model.rows().size();
    ImGui::PushFont(frame.fonts.small);
    const float row_height = std::round(ImGui::GetFontSize() + frame.px(7));
    if (ImGui::BeginTable("packets", 7,
                          ImGuiTableFlags_ScrollY | ImGuiTableFlags_Resizable |
                              ImGuiTableFlags_BordersInnerV | ImGuiTableFlags_NoBordersInBody |
                              ImGuiTableFlags_NoSavedSettings | ImGuiTableFlags_RowBg |
                              ImGuiTableFlags_PadOuterX)) {
        set_up_columns(frame);
        ImGui::TableHeadersRow();
        ImGuiListClipper clipper;
        clipper.Begin(static_cast<int>(count), row_height);
        while (clipper.Step()) {
            for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
                const auto index = static_cast<std::size_t>(i);
                draw_row(frame, filtered ? (*filtered)[index] : static_cast<std::uint32_t>(index),
                         row_height);
            }
        }
        clipper.End();

        // When the step changes its row comes into view, with a row of context where there is room.
        static_assert(sizeof(ImGuiID) == 4);
        ImGuiStorage& kept = *ImGui::GetStateStorage();
        const ImGuiID key = ImGui::GetID("followed");
        const int now = static_cast<int>(state.step) + 1;
        if (kept.GetInt(key, 0) != now) {
            kept.SetInt(key, now);
            const auto packet = selected_packet(state).value_or(0);
            std::size_t index = packet;
            if (filtered) {
                index = static_cast<std::size_t>(
                    std::lower_bound(filtered->begin(), filtered->end(), packet) -
                    filtered->begin());
            }
            const float head = row_height + frame.px(2);
            const float top = static_cast<float>(index) * row_height;
            const float shown = ImGui::GetWindowHeight() - head;
            const float scroll = ImGui::GetScrollY();
            if (top - row_height < scroll) {
                ImGui::SetScrollY(std::max(top - row_height, 0.0F));
            } else if (top + 3 * row_height > scroll + shown) {
                ImGui::SetScrollY(top + 3 * row_height - shown);
            }
        }
        ImGui::EndTable();
    }
    ImGui::PopFont();
}

}  // namespace

void draw_packet_list(Frame& frame, const Rect& rect) {
    if (begin_pane(frame, "packet_list", rect, false, ImGuiWindowFlags_NoScrollbar)) {
        ImGui::SetCursorPos(ImVec2(frame.px(10), frame.px(5)));
        const auto* filtered = frame.model.filtered(frame.state.filter);
        ImGui::PushFont(frame.fonts.strong);
        ImGui::AlignTextToFramePadding();
        text(frame.word("packets"));
        ImGui::PopFont();
        if (filtered) {
            ImGui::SameLine();
            text(frame.fonts.small, frame.faint(),
                 fmt::format("{} / {}", filtered->size(), frame.model.rows().size()));
        }
        ImGui::SameLine();
        ImGui::SetCursorPosY(frame.px(5));
        draw_filter(frame, rect.width);
        ImGui::SetCursorPosX(ImGui::GetStyle().ChildBorderSize);
        draw_table(frame);
    }
    end_pane();
}

}  // namespace postack::window
