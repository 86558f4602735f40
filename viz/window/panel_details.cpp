// The details tree of the selected packet over its bytes. A field that is clicked lights up its
// bytes; a byte that is clicked opens nothing but shows which field it belongs to.
#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "viz/window/frame.hpp"

namespace postack::window {
namespace {

void draw_field(Frame& frame, const record::Field& field, int depth, int index) {
    ViewState& state = frame.state;
    const ByteRange range{field.offset, field.length};
    const bool selected = field.length > 0 && state.bytes == range;
    ImGuiTreeNodeFlags flags = ImGuiTreeNodeFlags_SpanFullWidth | ImGuiTreeNodeFlags_OpenOnArrow |
                               ImGuiTreeNodeFlags_OpenOnDoubleClick;
    if (field.children.empty()) {
        flags |= ImGuiTreeNodeFlags_Leaf | ImGuiTreeNodeFlags_NoTreePushOnOpen;
    }
    if (selected) flags |= ImGuiTreeNodeFlags_Selected;
    // Open at first: transport, application and what Postack adds; frame, link and IP stay folded.
    if (depth == 0 && index >= 3) flags |= ImGuiTreeNodeFlags_DefaultOpen;
    // Worked-out fields ([…]) have no bytes: fainter, as a remark.
    const bool remark = field.length == 0 && depth > 0;
    ImGui::PushStyleColor(ImGuiCol_Text, remark ? frame.faint() : frame.ink());
    if (depth == 0) ImGui::PushFont(frame.fonts.small_strong);
    const bool open = ImGui::TreeNodeEx(field.text.c_str(), flags);
    if (depth == 0) ImGui::PopFont();
    ImGui::PopStyleColor();
    if (ImGui::IsItemClicked() && field.length > 0) state.bytes = range;
    if (ImGui::GetItemRectSize().x < text_width(field.text)) tip(frame, field.text);
    if (!open || field.children.empty()) return;
    int child_index = 0;
    for (const record::Field& child : field.children) {
        ImGui::PushID(child_index);
        draw_field(frame, child, depth + 1, child_index++);
        ImGui::PopID();
    }
    ImGui::TreePop();
}

/// The innermost field that holds a byte.
std::optional<ByteRange> field_of(const std::vector<record::Field>& fields, std::uint32_t byte,
                                  int depth) {
    std::optional<ByteRange> found;
    for (const record::Field& field : fields) {
        // The first branch is the whole frame: only what lies within a layer says something.
        if (byte >= field.offset && byte - field.offset < field.length &&
            (!found || field.length < found->length)) {
            found = ByteRange{field.offset, field.length};
        }
        const auto inner = field_of(field.children, byte, depth + 1);
        if (inner && (!found || inner->length < found->length)) found = inner;
    }
    return found;
}

struct HexGrid {
    float digit = 0;  // advance of the fixed-width face
    std::uint32_t per_line = 16;
    [[nodiscard]] float byte_x(std::uint32_t column) const {
        return digit * (6 + 3 * static_cast<float>(column) + (column >= 8 ? 1.0F : 0.0F));
    }
    [[nodiscard]] float text_x(std::uint32_t column) const {
        return byte_x(per_line) + digit * (1 + static_cast<float>(column));
    }
};

void draw_bytes(Frame& frame, const std::vector<record::Field>& fields, core::BytesView bytes) {
    ImGui::PushFont(frame.fonts.mono);
    HexGrid grid;
    grid.digit = text_width("0");
    const float width = ImGui::GetContentRegionAvail().x;
    // Sixteen bytes a line where they fit, else eight: never a line cut off.
    if (grid.text_x(15) + grid.digit > width) grid.per_line = 8;
    const float height = std::round(ImGui::GetFontSize() * 1.3F);
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    const ByteRange marked = frame.state.bytes.value_or(ByteRange{});
    const auto size = static_cast<std::uint32_t>(bytes.size());
    const int lines = static_cast<int>((size + grid.per_line - 1) / grid.per_line);

    ImGuiListClipper clipper;
    clipper.Begin(lines, height);
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
    while (clipper.Step()) {
        for (int line = clipper.DisplayStart; line < clipper.DisplayEnd; ++line) {
            const std::uint32_t start = static_cast<std::uint32_t>(line) * grid.per_line;
            const ImVec2 at = ImGui::GetCursorScreenPos();
            ImGui::PushID(line);
            const bool clicked = ImGui::InvisibleButton("bytes", ImVec2(width, height));
            ImGui::PopID();
            const float y = std::floor(at.y + (height - ImGui::GetFontSize()) / 2);
            const std::string offset = fmt::format("{:04x}", start);
            draw.AddText(ImVec2(at.x, y), frame.faint(), offset.c_str());
            for (std::uint32_t i = 0; i < grid.per_line && start + i < size; ++i) {
                const std::uint32_t byte = start + i;
                const float x = at.x + grid.byte_x(i);
                const float text_x = at.x + grid.text_x(i);
                const bool on = byte >= marked.offset && byte - marked.offset < marked.length;
                if (on) {
                    // The ground reaches to the next byte when that one is marked too.
                    const bool joined =
                        byte + 1 - marked.offset < marked.length && i + 1 < grid.per_line;
                    const float end = joined ? at.x + grid.byte_x(i + 1) : x + 2 * grid.digit;
                    draw.AddRectFilled(ImVec2(x - 1, at.y), ImVec2(end + 1, at.y + height),
                                       frame.palette.changed);
                    draw.AddRectFilled(ImVec2(text_x, at.y),
                                       ImVec2(text_x + grid.digit, at.y + height),
                                       frame.palette.changed);
                }
                const core::Byte value = bytes[byte];
                const char hex[] = {"0123456789abcdef"[value >> 4U],
                                    "0123456789abcdef"[value & 15U], '\0'};
                const char shown[] = {
                    value >= 0x20 && value < 0x7F ? static_cast<char>(value) : '.', '\0'};
                draw.AddText(ImVec2(x, y), frame.ink(), hex);
                draw.AddText(ImVec2(text_x, y), on ? frame.ink() : frame.faint(), shown);
                if (clicked) {
                    const float mouse = ImGui::GetIO().MousePos.x;
                    if ((mouse >= x && mouse < x + 3 * grid.digit) ||
                        (mouse >= text_x && mouse < text_x + grid.digit)) {
                        frame.state.bytes = field_of(fields, byte, 0);
                    }
                }
            }
        }
    }
    clipper.End();
    ImGui::PopStyleVar();
    ImGui::PopFont();
}

}  // namespace

void draw_details(Frame& frame, const Rect& rect) {
    if (begin_pane(frame, "details", rect, false, ImGuiWindowFlags_NoScrollbar)) {
        const auto packet = selected_packet(frame.state);
        ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(frame.px(8), frame.px(6)));
        if (!packet) {
            ImGui::SetCursorPos(ImVec2(frame.px(12), frame.px(10)));
            ImGui::PushTextWrapPos(rect.width - frame.px(12));
            text(frame.fonts.small, frame.faint(), frame.word("no_packet"));
            ImGui::PopTextWrapPos();
        } else {
            const std::vector<record::Field>& fields = frame.model.at(frame.state.step).details;
            const record::Packet& p = frame.model.recording().packets[*packet];
            const float tree = std::round(rect.height * 0.56F);
            const ImVec2 inner(rect.width - 2, tree);
            ImGui::SetCursorPos(ImVec2(1, 1));
            ImGui::PushStyleVar(ImGuiStyleVar_ChildBorderSize, 0.0F);
            ImGui::BeginChild(
                "tree", inner, true,
                ImGuiWindowFlags_HorizontalScrollbar | ImGuiWindowFlags_AlwaysUseWindowPadding);
            ImGui::PushFont(frame.fonts.small);
            ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(frame.px(4), frame.px(3)));
            ImGui::PushStyleVar(ImGuiStyleVar_IndentSpacing, frame.px(14));
            int index = 0;
            for (const record::Field& field : fields) {
                // Kept open or closed by layer, not by packet: comparing packets is the point.
                ImGui::PushID(index);
                draw_field(frame, field, 0, index++);
                ImGui::PopID();
            }
            ImGui::PopStyleVar(2);
            ImGui::PopFont();
            ImGui::EndChild();
            const float y = rect.y + 1 + tree;
            ImGui::GetWindowDrawList()->AddLine(ImVec2(rect.x + 1, y), ImVec2(rect.right() - 1, y),
                                                frame.palette.border);
            ImGui::SetCursorPos(ImVec2(1, tree + 3));
            ImGui::BeginChild("bytes", ImVec2(inner.x, rect.height - tree - 4), true,
                              ImGuiWindowFlags_AlwaysUseWindowPadding);
            frame.see("hex", {rect.x, y, rect.width, rect.height - tree});
            core::Bytes room;
            draw_bytes(frame, fields, frame.model.recording().frame(p, room));
            ImGui::EndChild();
            ImGui::PopStyleVar();
        }
        ImGui::PopStyleVar();
    }
    end_pane();
}

}  // namespace postack::window
