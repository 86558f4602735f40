#include "viz/diagram/theme.hpp"

namespace postack::diagram {
namespace {

constexpr std::size_t role_count = static_cast<std::size_t>(Role::count_);

constexpr Colour hex(std::uint32_t rgb) {
    return {static_cast<std::uint8_t>(rgb >> 16), static_cast<std::uint8_t>(rgb >> 8),
            static_cast<std::uint8_t>(rgb)};
}

struct Entry {
    Role role;
    std::uint32_t colour;
    Stroke stroke{};
};

constexpr Theme build(ThemeKind kind, const std::array<Entry, role_count>& entries) {
    Theme theme{kind, {}};
    for (const Entry& e : entries) {
        theme.styles[static_cast<std::size_t>(e.role)] = {hex(e.colour), e.stroke};
    }
    return theme;
}

// Text colours keep a contrast of at least 4.5 to 1 on their ground (WCAG 2.1, 1.4.3).
constexpr Theme light_theme = build(ThemeKind::light, {{
                                                          {Role::paper, 0xFFFFFF},
                                                          {Role::ink, 0x1B1F24},
                                                          {Role::faint, 0x656D76},
                                                          {Role::rule, 0xC9CED4},
                                                          {Role::client, 0x0B62A4},
                                                          {Role::server, 0x9A4A00},
                                                          {Role::control, 0x00745A},
                                                          {Role::acknowledge, 0x6A737D},
                                                          {Role::lost, 0xB3261E},
                                                          {Role::again, 0x8E3A82},
                                                          {Role::note_fill, 0xF3F6F9},
                                                          {Role::note_ink, 0x1B1F24},
                                                          {Role::phase_fill, 0xEEF1F4},
                                                          {Role::answer, 0xB3261E},
                                                          {Role::state_fill, 0x9FB4C7},
                                                          {Role::select, 0xFFF3C4},
                                                      }});

constexpr Theme print_theme =
    build(ThemeKind::print, {{
                                {Role::paper, 0xFFFFFF},
                                {Role::ink, 0x000000},
                                {Role::faint, 0x4D4D4D},
                                {Role::rule, 0x9A9A9A},
                                {Role::client, 0x000000},
                                {Role::server, 0x000000},
                                {Role::control, 0x000000, {1.7, 0, 0}},
                                {Role::acknowledge, 0x4D4D4D, {0.8, 1, 2.2}},
                                {Role::lost, 0x000000, {1, 0, 0}},
                                {Role::again, 0x000000, {1, 7, 2.5}},
                                {Role::note_fill, 0xFFFFFF},
                                {Role::note_ink, 0x000000},
                                {Role::phase_fill, 0xEDEDED},
                                {Role::answer, 0x000000},
                                {Role::state_fill, 0xB4B4B4},
                                {Role::select, 0xE4E4E4},
                            }});

constexpr Theme dark_theme = build(ThemeKind::dark, {{
                                                        {Role::paper, 0x16191D},
                                                        {Role::ink, 0xE8EAED},
                                                        {Role::faint, 0x98A1AB},
                                                        {Role::rule, 0x3B424A},
                                                        {Role::client, 0x6CB6F5},
                                                        {Role::server, 0xF0A35E},
                                                        {Role::control, 0x4FCBA4},
                                                        {Role::acknowledge, 0x98A1AB},
                                                        {Role::lost, 0xFF7B72},
                                                        {Role::again, 0xD9A0D0},
                                                        {Role::note_fill, 0x22272D},
                                                        {Role::note_ink, 0xE8EAED},
                                                        {Role::phase_fill, 0x22272D},
                                                        {Role::answer, 0xFF7B72},
                                                        {Role::state_fill, 0x4A5B6B},
                                                        {Role::select, 0x3A3620},
                                                    }});

}  // namespace

const Theme& theme(ThemeKind kind) {
    switch (kind) {
        case ThemeKind::print: return print_theme;
        case ThemeKind::dark: return dark_theme;
        case ThemeKind::light: break;
    }
    return light_theme;
}

std::string_view name(Role role) {
    static constexpr std::array<std::string_view, role_count> names = {
        "paper",      "ink",         "faint",      "rule",  "client",    "server",
        "control",    "acknowledge", "lost",       "again", "note_fill", "note_ink",
        "phase_fill", "answer",      "state_fill", "select"};
    return role < Role::count_ ? names[static_cast<std::size_t>(role)] : "ink";
}

std::string_view name(Face face) {
    switch (face) {
        case Face::sans_bold: return "sans_bold";
        case Face::sans_italic: return "sans_italic";
        case Face::mono: return "mono";
        case Face::sans: break;
    }
    return "sans";
}

}  // namespace postack::diagram
