// `postack drive`: one simulated host in virtual time, requests on standard input, results on
// standard output.
#include <cstdio>
#include <cstdlib>
#include <string>

#include <CLI/CLI.hpp>

#include "program/input.hpp"
#include "program/words.hpp"
#include "sim/drive/lines.hpp"

namespace postack::program {
namespace {

// A packet's hexadecimal digits, or what send() hands over: more than any peer needs in one line.
constexpr std::size_t longest_line = std::size_t{64} << 20;

enum class Read { line, too_long, end };

// Reads up to and without the LF; a last line may lack it.
Read read_line(std::string& line) {
    line.clear();
    bool any = false;
    bool too_long = false;
    char piece[65536];
    while (std::fgets(piece, sizeof piece, stdin) != nullptr) {
        any = true;
        const std::string_view text{piece};
        const bool whole = !text.empty() && text.back() == '\n';
        if (line.size() + text.size() > longest_line) too_long = true;
        if (!too_long) line.append(whole ? text.substr(0, text.size() - 1) : text);
        if (whole) break;
    }
    if (too_long) return Read::too_long;
    return any ? Read::line : Read::end;
}

int drive() {
    drive::LineDriver driver;
    std::string line;
    std::string out;
    for (;;) {
        const Read read = read_line(line);
        if (read == Read::end) return 0;
        out.clear();
        if (read == Read::too_long) {
            out = "err EINVAL line too long\n";
        } else if (!driver.line(line, out)) {
            return 0;
        }
        if (std::fwrite(out.data(), 1, out.size(), stdout) != out.size() ||
            std::fflush(stdout) != 0) {
            return fail({"standard output: cannot write"});
        }
    }
}

}  // namespace

void add_drive(CLI::App& app, Action& action) {
    CLI::App* word = app.add_subcommand(
        "drive", "One simulated host: IP packets and socket calls as lines, in virtual time");
    word->callback([&action] { action = drive; });
}

}  // namespace postack::program
