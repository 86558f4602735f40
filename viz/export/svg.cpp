#include "viz/export/svg.hpp"

#include <array>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "viz/diagram/utf8.hpp"
#include "viz/export/font_data.hpp"

namespace postack::exporting {
namespace {

using namespace diagram;

constexpr std::array<Face, 4> faces_in_order = {Face::sans, Face::sans_bold, Face::sans_italic,
                                                Face::mono};

// Short class names: a long picture has half a million shapes.
constexpr std::string_view face_class(Face face) {
    constexpr std::array<std::string_view, 4> names = {"t", "b", "i", "m"};
    return names[static_cast<std::size_t>(face)];
}

/// At most two decimals, none that are zero: what SVG needs and no more.
void number(std::string& out, double value) {
    // Coordinates of a page; the bound keeps the conversion defined.
    if (!(value > -1e12 && value < 1e12)) value = 0;
    auto hundredths = static_cast<long long>(std::llround(value * 100));
    if (hundredths < 0) {
        out += '-';
        hundredths = -hundredths;
    }
    const fmt::format_int whole(hundredths / 100);
    out.append(whole.data(), whole.size());
    const auto rest = static_cast<int>(hundredths % 100);
    if (rest == 0) return;
    out += '.';
    out += static_cast<char>('0' + rest / 10);
    if (rest % 10 != 0) out += static_cast<char>('0' + rest % 10);
}

void attribute(std::string& out, std::string_view name, double value) {
    out += ' ';
    out += name;
    out += "=\"";
    number(out, value);
    out += '"';
}

void point(std::string& out, Point p) {
    number(out, p.x);
    out += ' ';
    number(out, p.y);
}

class Painter {
   public:
    Painter(std::string& out, const Theme& theme) : out_(out), theme_(theme) {}

    void operator()(const Line& s) {
        begin(s.packet);
        const Stroke& stroke = theme_.of(s.role).stroke;
        out_ += "<path class=\"s-";
        out_ += name(s.role);
        if (s.dashed && stroke.dash == 0) out_ += " d";
        out_ += "\" d=\"M";
        point(out_, s.from);
        out_ += 'L';
        point(out_, s.to);
        out_ += '"';
        attribute(out_, "stroke-width", s.width * stroke.width);
        out_ += "/>\n";
    }
    void operator()(const Polygon& s) {
        begin(s.packet);
        out_ += "<path class=\"";
        out_ += name(s.role);
        out_ += "\" d=\"";
        char command = 'M';
        for (const Point& p : s.points) {
            out_ += command;
            point(out_, p);
            command = 'L';
        }
        out_ += "Z\"/>\n";
    }
    void operator()(const Box& s) {
        begin(s.packet);
        out_ += "<rect class=\"";
        out_ += s.filled ? name(s.fill) : "none";
        const bool outlined = s.stroke_width > 0;
        if (outlined) {
            out_ += " o-";
            out_ += name(s.stroke);
        }
        out_ += '"';
        attribute(out_, "x", s.at.x);
        attribute(out_, "y", s.at.y);
        attribute(out_, "width", s.width);
        attribute(out_, "height", s.height);
        if (s.radius > 0) attribute(out_, "rx", s.radius);
        if (outlined) attribute(out_, "stroke-width", s.stroke_width);
        out_ += "/>\n";
    }
    void operator()(const Label& s) {
        if (s.text.empty()) return;
        begin(s.packet);
        out_ += "<text class=\"";
        out_ += face_class(s.face);
        out_ += ' ';
        out_ += name(s.role);
        if (s.anchor != Anchor::start) out_ += s.anchor == Anchor::middle ? " c" : " e";
        out_ += '"';
        if (s.angle == 0) {
            attribute(out_, "x", s.at.x);
            attribute(out_, "y", s.at.y);
        } else {
            out_ += " transform=\"translate(";
            point(out_, s.at);
            out_ += ")rotate(";
            number(out_, s.angle);
            out_ += ")\"";
        }
        attribute(out_, "font-size", s.size);
        // Spaces count in what a server says.
        if (s.text.find("  ") != std::string::npos || s.text.front() == ' ') {
            out_ += " xml:space=\"preserve\"";
        }
        out_ += '>';
        append_xml(out_, s.text);
        out_ += "</text>\n";
    }
    void finish() { begin(no_packet); }

   private:
    void begin(std::uint32_t packet) {
        if (packet == open_) return;
        if (open_ != no_packet) out_ += "</g>\n";
        if (packet != no_packet) {
            out_ += "<g class=\"p";
            const fmt::format_int id(packet + std::uint64_t{1});
            out_.append(id.data(), id.size());
            out_ += "\">\n";
        }
        open_ = packet;
    }

    std::string& out_;
    const Theme& theme_;
    std::uint32_t open_ = no_packet;
};

unsigned faces_of(const Scene& scene) {
    unsigned set = 0;
    for (const Shape& shape : scene.shapes) {
        if (const auto* label = std::get_if<Label>(&shape)) {
            set |= 1U << static_cast<unsigned>(label->face);
        }
    }
    return set;
}

}  // namespace

void append_xml(std::string& out, std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const Character c = character_at(text, i);
        switch (c.code) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default:
                // XML 1.0, section 2.2: what a document may hold.
                if ((c.code < 0x20 && c.code != '\n' && c.code != '\t') || c.code == 0xFFFD ||
                    c.code == 0xFFFE || c.code == 0xFFFF || (c.code >= 0x7F && c.code < 0xA0)) {
                    out += "\xEF\xBF\xBD";
                } else {
                    out.append(text, i, c.bytes);
                }
        }
        i += c.bytes;
    }
}

void append_svg_head(std::string& out, const Scene& page, const Theme& theme,
                     const SvgOptions& options, unsigned faces) {
    out += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"";
    attribute(out, "width", page.width);
    attribute(out, "height", page.height);
    out += " viewBox=\"0 0 ";
    point(out, {page.width, page.height});
    out += "\" role=\"img\">\n<title>";
    append_xml(out, page.title);
    out += "</title>\n<desc>";
    append_xml(out, page.description);
    out += "</desc>\n<style>\n";
    for (const Face face : faces_in_order) {
        if ((faces >> static_cast<unsigned>(face) & 1U) == 0) continue;
        if (options.embed_fonts && !embedded_font(face).empty()) {
            fmt::format_to(std::back_inserter(out),
                           "@font-face{{font-family:'{}';font-weight:{};font-style:{};"
                           "src:url(data:font/woff2;base64,{}) format('woff2')}}\n",
                           embedded_family(face), face == Face::sans_bold ? 600 : 400,
                           face == Face::sans_italic ? "italic" : "normal", embedded_font(face));
        }
        fmt::format_to(std::back_inserter(out), ".{}{{{}}}\n", face_class(face), css(face));
    }
    out +=
        ".c{text-anchor:middle}\n.e{text-anchor:end}\n.d{stroke-dasharray:5 3}\n.none{fill:none}\n";
    for (std::size_t i = 0; i < static_cast<std::size_t>(Role::count_); ++i) {
        const auto role = static_cast<Role>(i);
        const Style& style = theme.of(role);
        const Colour c = style.colour;
        const std::string colour = fmt::format("#{:02x}{:02x}{:02x}", c.r, c.g, c.b);
        std::string dash;
        if (style.stroke.dash > 0) {
            dash = fmt::format(";stroke-dasharray:{} {}", style.stroke.dash, style.stroke.gap);
        }
        fmt::format_to(
            std::back_inserter(out),
            ".{0}{{fill:{1}}}\n.o-{0}{{stroke:{1}}}\n.s-{0}{{stroke:{1};fill:none{2}}}\n",
            name(role), colour, dash);
    }
    out += "</style>\n<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n";
}

void append_svg_shapes(std::string& out, const Scene& part, const Theme& theme) {
    Painter painter(out, theme);
    for (const Shape& shape : part.shapes)
        std::visit(painter, shape);
    painter.finish();
}

void append_svg_tail(std::string& out) {
    out += "</svg>\n";
}

std::string to_svg(const Scene& scene, const Theme& theme, const SvgOptions& options) {
    std::string out;
    out.reserve(80'000 + scene.shapes.size() * 96);
    append_svg_head(out, scene, theme, options, faces_of(scene));
    append_svg_shapes(out, scene, theme);
    append_svg_tail(out);
    return out;
}

}  // namespace postack::exporting
