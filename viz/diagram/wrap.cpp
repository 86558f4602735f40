#include "viz/diagram/wrap.hpp"

#include <algorithm>
#include <utility>

#include "viz/diagram/utf8.hpp"

namespace postack::diagram {

std::vector<std::string> wrap(const TextMeasure& measure, Face face, double size,
                              std::string_view text, double room, unsigned most) {
    std::vector<std::string> lines;
    std::string line;
    const std::string flat = one_line(text, 2000);
    std::size_t at = 0;
    while (at < flat.size()) {
        const std::size_t space = std::min(flat.find(' ', at), flat.size());
        const std::string word = flat.substr(at, space - at);
        at = space + 1;
        if (word.empty()) continue;
        std::string longer = line;
        if (!line.empty()) longer += ' ';
        longer += word;
        if (!line.empty() && measure.width(face, size, longer) > room) {
            if (lines.size() + 1 == most) {
                // The last line takes all that is left and is cut.
                lines.push_back(measure.fit(face, size, longer + flat.substr(space), room));
                return lines;
            }
            lines.push_back(std::move(line));
            line = word;
        } else {
            line = longer;
        }
    }
    if (!line.empty()) lines.push_back(measure.fit(face, size, line, room));
    return lines;
}

}  // namespace postack::diagram
