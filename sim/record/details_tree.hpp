// Building blocks of the details tree. Offsets are those of the frame.
#pragma once

#include <string>
#include <utility>

#include <fmt/format.h>

#include "sim/record/dissect.hpp"
#include "sim/record/dissect_impl.hpp"

namespace postack::record {

/// A frame under examination: what each branch needs to know.
struct Examined {
    const Recording& recording;
    const std::vector<Row>& rows;
    PacketId packet = 0;
    core::BytesView frame;
    FrameDissector& dissector;  ///< has just read this packet
    [[nodiscard]] const Row& row() const { return rows[packet]; }
    [[nodiscard]] const Layers& layers() const { return dissector.layers; }
};

/// Adds a field and gives it back, so that children can be added.
inline Field& add(Field& parent, std::string text, std::size_t offset = 0, std::size_t length = 0) {
    parent.children.push_back({std::move(text),
                               static_cast<std::uint32_t>(offset),
                               static_cast<std::uint32_t>(length),
                               {}});
    return parent.children.back();
}

/// `.... ..0. = LG bit: …`: the bits of a field in a number of `width` bits, most significant
/// first; the field is `bits` long and ends `shift` bits from the right.
std::string bit_line(std::uint32_t value, unsigned width, unsigned shift, unsigned bits,
                     std::string_view text);

/// Nine decimals and " seconds".
std::string seconds_text(core::Duration time);

Field frame_branch(const Examined& examined);
Field link_branch(const Examined& examined);
Field network_branch(const Examined& examined);
Field tcp_branch(const Examined& examined);
Field udp_branch(const Examined& examined);
Field icmp_branch(const Examined& examined);
/// The application's branches, if its payload was read.
void append_application_branches(const Examined& examined, std::vector<Field>& fields);
Field postack_branch(const Examined& examined);

}  // namespace postack::record
