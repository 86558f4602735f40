// The distances of the page, in scene units, and the sizes of its type. One place to turn.
#pragma once

namespace postack::diagram::metrics {

inline constexpr double margin = 36;  // round the page
inline constexpr double least_width = 480;

// Columns, from left to right: times, side texts, first lifeline … last lifeline, side texts,
// phases.
inline constexpr double time_column = 56;
inline constexpr double side_column = 112;  // states and causes, outside the outer lifelines
inline constexpr double bare_column = 26;   // without them
inline constexpr double phase_column = 18;
inline constexpr double phase_gap = 8;
inline constexpr double least_lane_gap = 300;  // a wider scene rather than closer lifelines
inline constexpr unsigned most_lanes = 24;

// Heading and lifeline heads.
inline constexpr double title_size = 19, summary_size = 10.5, summary_leading = 15;
inline constexpr unsigned most_summary_lines = 3;
inline constexpr double head_edge = 14;  // of the scene, to the outer heads
inline constexpr double head_height = 38, head_padding = 12, head_title_size = 12;
inline constexpr double head_address_size = 9.5;
inline constexpr double head_gap = 16;  // from heading to lifeline heads

// A packet: note, fields, arrow.
inline constexpr double note_size = 9.5, note_height = 16, note_padding = 6;
inline constexpr double flags_size = 10, fields_size = 9.5, field_height = 12;
inline constexpr double exercise_field_height = 23;  // room for a hand
inline constexpr double note_gap = 4;                // between note and fields
inline constexpr double label_lift = 5;              // base line above the arrow's tail
inline constexpr double label_inset = 13;            // from the lifeline
inline constexpr double field_space = 9;
inline constexpr double smallest_shrink = 0.72;  // of a label that is too long
inline constexpr double packet_gap = 11;         // from one arrow to the next label
inline constexpr double event_gap = 6;           // between two arrivals
inline constexpr double least_slant = 11, most_slant = 44;
inline constexpr double slant_per_ms = 0.35;
inline constexpr double turned_from = 27;  // steeper arrows carry their label along
inline constexpr double arrow_length = 9, arrow_half = 3.4;
inline constexpr double lane_half = 4;  // an arrow ends this far from the lifeline
inline constexpr double lost_close = 0.96, lost_at = 0.6;  // of the way
inline constexpr double cross_half = 4.5;

// Time.
inline constexpr double time_size = 9;
inline constexpr double pause_seconds = 1.5;  // a longer wait gets a break mark
inline constexpr double pause_height = 22;

// States and causes.
inline constexpr double bar_width = 6, bar_slot = 8;
// Between two other lifelines a bar stands on the side of its conversation and holds its name.
inline constexpr double inner_bar_width = 10, inner_bar_size = 7;
inline constexpr unsigned most_slots = 3;  // conversations side by side on one lifeline
inline constexpr double side_size = 8.5, side_leading = 11, side_inset = 11;

// Gaps of an exercise.
inline constexpr double gap_number = 44, gap_flags = 74, gap_state = 70;

inline constexpr double phase_size = 9;
inline constexpr double footer_size = 9, footer_height = 26;

}  // namespace postack::diagram::metrics
