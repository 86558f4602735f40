#include "viz/diagram/words.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sim/wire/ip.hpp"
#include "sim/wire/tcp.hpp"

namespace postack::diagram {
namespace {

void use_comma(std::string& number, core::Language language) {
    if (language == core::Language::french) std::replace(number.begin(), number.end(), '.', ',');
}

}  // namespace

std::string seconds_text(core::Duration time, int decimals, core::Language language) {
    std::int64_t unit = 1'000'000'000;
    for (int i = 0; i < decimals; ++i)
        unit /= 10;
    const bool negative = time.count() < 0;
    const std::int64_t size = negative ? -time.count() : time.count();
    const std::int64_t rounded = (size + unit / 2) / unit;
    const std::int64_t per_second = 1'000'000'000 / unit;
    std::string text = fmt::format("{}{}", negative ? "-" : "", rounded / per_second);
    if (decimals > 0) text += fmt::format(".{:0{}}", rounded % per_second, decimals);
    use_comma(text, language);
    return text;
}

std::string duration_text(core::Duration duration, core::Language language) {
    struct Unit {
        double ns;
        const char* name;
    };
    static constexpr Unit units[] = {{1e9, "s"}, {1e6, "ms"}, {1e3, "µs"}, {1, "ns"}};
    const auto ns = static_cast<double>(duration.count());
    const Unit* unit = &units[3];
    for (const Unit& u : units) {
        // 999.6 ms reads "1 s", not "1000 ms".
        if (ns >= u.ns * 0.9995) {
            unit = &u;
            break;
        }
    }
    std::string number = fmt::format("{:.{}f}", ns / unit->ns,
                                     ns >= 99.95 * unit->ns   ? 0
                                     : ns >= 9.995 * unit->ns ? 1
                                                              : 2);
    if (number.find('.') != std::string::npos) {
        while (number.back() == '0')
            number.pop_back();
        if (number.back() == '.') number.pop_back();
    }
    use_comma(number, language);
    return fmt::format("{}\u00A0{}", number, unit->name);
}

ShownNumbers shown_numbers(const record::Recording& recording, const record::Row& row,
                           std::uint32_t packet) {
    const ShownNumbers relative{row.seq, row.ack};
    if (!recording.lesson.absolute_numbers || !row.seq) return relative;
    const record::Packet& p = recording.packets[packet];
    std::size_t header = 0;  // of the link layer
    if (p.link_type == record::LinkType::ethernet) header = 14;
    if (p.link_type == record::LinkType::null_loopback) header = 4;
    if (p.length <= header) return relative;
    core::Bytes room;
    const auto ip = wire::read_ip(recording.frame(p, room).subspan(header), wire::Cut::allowed);
    if (!ip || ip->protocol != wire::protocol_tcp) return relative;
    const auto segment = wire::read_tcp(ip->payload);
    if (!segment) return relative;
    return {segment->header.sequence.raw(), segment->header.acknowledgment.raw()};
}

std::string fill_in(std::string_view text, std::string_view name, std::string_view value) {
    const std::string hole = fmt::format("{{{}}}", name);
    std::string result{text};
    if (const auto at = result.find(hole); at != std::string::npos) {
        result.replace(at, hole.size(), value);
    }
    return result;
}

}  // namespace postack::diagram
