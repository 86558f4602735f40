// Every capture of a real server, printed, is what `tshark -r` 4.0.17 prints for it
// (tests/golden/captures).
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "sim/record/capture_import.hpp"
#include "viz/text/text.hpp"

using namespace postack;

namespace {

std::string path(const std::string& file) {
    return std::string{POSTACK_SOURCE_DIR} + "/tests/golden/captures/" + file;
}

std::vector<std::string> lines_of(std::istream& in) {
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) {
        // tshark pads some lines with blanks.
        while (!line.empty() && line.back() == ' ') {
            line.pop_back();
        }
        lines.push_back(line);
    }
    return lines;
}

}  // namespace

TEST_CASE("a real capture prints as in tshark") {
    for (const std::string name : {"idle-timeout",          "imap-dovecot",
                                   "imap-errors",           "pop3-errors",
                                   "pop3-popa3d",           "pop3-session-dele",
                                   "smtp-auth-plain",       "smtp-auth-plain-telnet",
                                   "smtp-client-abort-rst", "smtp-client-gone-rst",
                                   "smtp-client-killed",    "smtp-client-killed-rst",
                                   "smtp-errors",           "smtp-get-http",
                                   "smtp-half-close",       "smtp-half-close-noquit",
                                   "smtp-postfix",          "smtp-postfix-sheet",
                                   "smtp-too-many-errors",  "tcp-closed-port",
                                   "udp-closed-port",       "udp-open-port"}) {
        CAPTURE(name);
        const auto recording = record::read_capture(path(name + ".pcapng"));
        REQUIRE(recording.ok());
        std::ostringstream printed;
        text::print_table(*recording, record::dissect(*recording), {}, printed);
        std::istringstream again{printed.str()};
        std::ifstream golden_file{path(name + ".txt")};
        const auto ours = lines_of(again);
        const auto golden = lines_of(golden_file);
        REQUIRE(ours.size() == golden.size());
        for (std::size_t i = 0; i < golden.size(); ++i) {
            CHECK(ours[i] == golden[i]);
        }
    }
}

TEST_CASE("hex: the headers and bytes of every packet, or of one") {
    const auto recording = record::read_capture(path("smtp-postfix.pcapng"));
    REQUIRE(recording.ok());
    const auto rows = record::dissect(*recording);
    std::ostringstream all;
    text::print_hex(*recording, rows, std::nullopt, all);
    std::ostringstream one;
    text::print_hex(*recording, rows, 6, one);
    const std::string sixth = one.str();
    CHECK(sixth.starts_with("Frame 6: 100 bytes on wire (800 bits)"));
    CHECK(sixth.find("\n    Total Length: 86\n") != std::string::npos);
    CHECK(sixth.find("\n0040  ") != std::string::npos);
    CHECK(sixth.find("HELO") != std::string::npos);
    CHECK(sixth.find("Frame 7:") == std::string::npos);
    CHECK(all.str().find(sixth) != std::string::npos);
    CHECK(all.str().find("Frame 36: ") != std::string::npos);
}
