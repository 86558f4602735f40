// What is written along an arrow, made to fit between its lifelines.
#include "viz/diagram/arrow_words.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "viz/diagram/utf8.hpp"
#include "viz/diagram/words.hpp"

namespace postack::diagram {
namespace {

namespace m = metrics;

class Writer {
   public:
    explicit Writer(const Plan::Impl& plan) : plan_(plan) {}

    void gap(std::vector<Piece>& pieces, const std::string& answer, double width) const {
        Piece piece;
        piece.gap = true;
        piece.width = width;
        piece.role = Role::answer;
        piece.face = Face::sans_bold;
        piece.size = m::flags_size;
        // An exercise's scene holds no answer, not even unseen.
        if (plan_.options.blank_mode == BlankMode::answers) {
            piece.text = plan_.measure.fit(piece.face, piece.size, answer, width);
        }
        pieces.push_back(std::move(piece));
    }

    std::vector<Piece> fields(std::uint32_t p, Role role) const {
        const record::Row& row = plan_.rows[p];
        std::vector<Piece> pieces;
        const auto text = [&](std::string words, Face face, Role colour, double size) {
            Piece piece;
            piece.width = plan_.measure.width(face, size, words);
            piece.text = std::move(words);
            piece.face = face;
            piece.size = size;
            piece.role = colour;
            pieces.push_back(std::move(piece));
        };
        if (plan_.options.numbers) {
            text(fmt::format("{}", row.number), Face::sans, Role::faint, m::flags_size);
            pieces.back().space_after = m::field_space;
        }
        if (plan_.places[p - plan_.first].show_ports) {
            text(fmt::format("{}→{}", *row.source_port, *row.destination_port), Face::sans,
                 Role::faint, m::fields_size);
            pieces.back().space_after = m::field_space;
        }
        if (row.flags) {
            if (plan_.hidden(Blank::flags)) {
                text("[", Face::sans_bold, Role::ink, m::flags_size);
                gap(pieces, wire::flag_names(*row.flags), m::gap_flags);
                text("]", Face::sans_bold, Role::ink, m::flags_size);
            } else {
                text(fmt::format("[{}]", wire::flag_names(*row.flags)), Face::sans_bold, role,
                     m::flags_size);
            }
            pieces.back().space_after = m::field_space;
            std::string run;  // fields that are shown are one text
            const auto field = [&](std::string_view name, std::uint32_t value, bool hidden) {
                if (!run.empty()) run += ' ';
                if (!hidden) {
                    fmt::format_to(std::back_inserter(run), "{}={}", name, value);
                    return;
                }
                run += fmt::format("{}=", name);
                text(std::exchange(run, {}), Face::mono, Role::ink, m::fields_size);
                pieces.back().space_after = 2;
                gap(pieces, fmt::format("{}", value), m::gap_number);
                pieces.back().space_after = 6;
            };
            const ShownNumbers numbers = shown_numbers(plan_.recording, row, p);
            if (numbers.seq) field("Seq", *numbers.seq, plan_.hidden(Blank::seq));
            if (numbers.ack && (*row.flags & wire::ACK) != 0) {
                field("Ack", *numbers.ack, plan_.hidden(Blank::ack));
            }
            if (row.window && plan_.places[p - plan_.first].show_window) {
                field("Win", *row.window, false);
            }
            if (row.len) field("Len", *row.len, plan_.hidden(Blank::len));
            if (const std::string sack = sack_blocks(row); !sack.empty()) run += " SACK " + sack;
            if (!run.empty()) text(std::move(run), Face::mono, Role::ink, m::fields_size);
        } else if (row.protocol == "UDP" || plan_.has_note(p)) {
            text(std::string{row.protocol}, Face::sans_bold, role, m::flags_size);
            pieces.back().space_after = m::field_space;
            if (row.len && plan_.hidden(Blank::len)) {
                text("Len=", Face::mono, Role::ink, m::fields_size);
                pieces.back().space_after = 2;
                gap(pieces, fmt::format("{}", *row.len), m::gap_number);
            } else if (row.len) {
                text(fmt::format("Len={}", *row.len), Face::mono, Role::ink, m::fields_size);
            }
        } else {
            text(std::string{row.protocol}, Face::sans_bold, role, m::flags_size);
            pieces.back().space_after = m::field_space;
            if (plan_.hidden(Blank::info)) {
                gap(pieces, one_line(row.info), 3 * m::gap_flags);
            } else {
                text(one_line(row.info), Face::sans, Role::ink, m::flags_size);
            }
        }
        if (!pieces.empty()) remark(p, pieces, text);
        return pieces;
    }

    // "7241-8689 4345-5793": as the packet list has them, from "SLE=… SRE=…".
    static std::string sack_blocks(const record::Row& row) {
        std::string blocks;
        for (std::size_t at = row.info.find(" SLE="); at != std::string::npos;
             at = row.info.find(" SLE=", at)) {
            const std::size_t right = row.info.find(" SRE=", at);
            if (right == std::string::npos) break;
            const std::size_t end = row.info.find(' ', right + 5);
            if (!blocks.empty()) blocks += ' ';
            blocks += row.info.substr(at + 5, right - at - 5);
            blocks += '-';
            blocks += row.info.substr(right + 5, end == std::string::npos ? end : end - right - 5);
            at = right;
        }
        return blocks;
    }

    template <typename Text>
    void remark(std::uint32_t p, std::vector<Piece>& pieces, const Text& text) const {
        const record::Packet& packet = plan_.recording.packets[p];
        if (packet.fate == record::Fate::duplicate) {
            pieces.back().space_after = m::field_space;
            text(std::string{plan_.catalog("diagram.duplicate")}, Face::sans_italic, Role::again,
                 m::flags_size);
        } else if (sent_again(p)) {
            pieces.back().space_after = m::field_space;
            text(packet.original < p ? fill_in(plan_.catalog("diagram.again_of"), "number",
                                               fmt::format("{}", packet.original + 1))
                                     : std::string{plan_.catalog("diagram.retransmission")},
                 Face::sans_italic, Role::again, m::flags_size);
        }
    }

    /// Makes the pieces fit: first smaller, then the last one shorter. Returns the whole width.
    double fit(std::vector<Piece>& pieces, double room) const {
        double width = 0;
        for (const Piece& piece : pieces)
            width += piece.width + piece.space_after;
        if (pieces.empty() || width <= room) return width;
        const double scale = std::max(m::smallest_shrink, room / width);
        width = 0;
        for (Piece& piece : pieces) {
            piece.size *= scale;
            piece.width *= scale;
            piece.space_after *= scale;
            width += piece.width + piece.space_after;
        }
        Piece& last = pieces.back();
        if (width > room && !last.gap) {
            width -= last.width;
            last.text = plan_.measure.fit(last.face, last.size, last.text, room - width);
            last.width = plan_.measure.width(last.face, last.size, last.text);
            width += last.width;
        }
        return width;
    }

    [[nodiscard]] std::string note_text(std::uint32_t p, double room) const {
        return plan_.measure.fit(Face::mono, m::note_size, one_line(plan_.rows[p].application),
                                 room - 2 * m::note_padding);
    }
    [[nodiscard]] double note_width(std::string_view text, double room) const {
        if (plan_.hidden(Blank::info)) return room;
        return plan_.measure.width(Face::mono, m::note_size, text) + 2 * m::note_padding;
    }

   private:
    [[nodiscard]] bool sent_again(std::uint32_t p) const {
        return tcp::is_retransmission(plan_.recording.packets[p].cause);
    }

    const Plan::Impl& plan_;
};

}  // namespace

ArrowEnds arrow_ends(const Plan::Impl& plan, const Place& place) {
    const double sign = place.to > place.from ? 1 : -1;
    const auto& lanes = plan.lanes.lanes;
    return {
        {lanes[place.from].x + sign * plan.lane_half(place.from), static_cast<double>(place.tail)},
        {lanes[place.to].x - sign * plan.lane_half(place.to), static_cast<double>(place.head)},
        sign};
}

Role arrow_role(const Plan::Impl& plan, std::uint32_t packet) {
    const record::Row& row = plan.rows[packet];
    const Role side = row.from_client ? Role::client : Role::server;
    if (row.fate == record::Fate::lost || row.fate == record::Fate::corrupt) return Role::lost;
    if (plan.hidden(Blank::flags) || !row.flags) return side;
    if ((*row.flags & wire::RST) != 0) return Role::lost;
    if (tcp::is_retransmission(plan.recording.packets[packet].cause)) return Role::again;
    if ((*row.flags & (wire::SYN | wire::FIN)) != 0) return Role::control;
    return row.len.value_or(0) == 0 ? Role::acknowledge : side;
}

ArrowWords arrow_words(const Plan::Impl& plan, std::uint32_t packet) {
    const Place& place = plan.places[packet - plan.first];
    const auto [tail, target, sign] = arrow_ends(plan, place);
    const bool turned = place.turned || target.y - tail.y > m::turned_from;
    const double radians =
        turned ? std::atan2(target.y - tail.y, std::abs(target.x - tail.x)) * sign : 0;
    const Writer writer(plan);
    ArrowWords words;
    words.frame = Frame::at(tail, radians);
    words.sign = sign;
    words.room = plan.label_room(place);
    words.pieces = writer.fields(packet, arrow_role(plan, packet));
    words.fields_width = writer.fit(words.pieces, words.room);
    if (plan.has_note(packet)) {
        words.saying = writer.note_text(packet, words.room);
        words.saying_width = writer.note_width(words.saying, words.room);
    }
    return words;
}

std::uint32_t end_of_group(const Plan::Impl& plan, std::uint32_t packet, std::uint32_t end) {
    double lowest = 0;
    for (const std::uint32_t first = packet; packet < end; ++packet) {
        const Place& place = plan.places[packet - plan.first];
        if (!place.drawn) continue;
        if (packet > first && static_cast<double>(place.top) >= lowest) break;
        lowest = std::max(lowest, static_cast<double>(std::max(place.tail, place.head)));
    }
    return packet;
}

}  // namespace postack::diagram
