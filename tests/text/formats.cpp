// The formats over a small recording made by hand.
#include <sstream>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "viz/text/text.hpp"

using namespace postack;

namespace {

record::Row data_row() {
    record::Row row;
    row.number = 6;
    row.time = core::Duration{54'643'282'597};
    row.source = *wire::parse_ip("192.168.56.131");
    row.destination = *wire::parse_ip("127.0.0.1");
    row.source_port = 40455;
    row.destination_port = 25;
    row.protocol = "SMTP";
    row.length = 100;
    row.flags = wire::PSH | wire::ACK;
    row.seq = 1;
    row.ack = 52;
    row.len = 34;
    row.window = 65536;
    row.stream = 0;
    row.info = "C: HELO Bonjour je suis un etudiant";
    row.application = "HELO Bonjour je suis un etudiant";
    row.from_client = true;
    row.cause = tcp::Cause::data;
    return row;
}

record::Row datagram_row() {
    record::Row row;
    row.number = 1;
    row.source = *wire::parse_ip("::1");
    row.destination = *wire::parse_ip("::1");
    row.source_port = 5000;
    row.destination_port = 2525;
    row.protocol = "UDP";
    row.length = 70;
    row.len = 8;
    row.info = "5000 \xe2\x86\x92 2525 Len=8";
    row.fate = record::Fate::lost;
    return row;
}

}  // namespace

TEST_CASE("tsv: the columns of the design, empty where they do not apply") {
    CHECK(text::tsv_header() ==
          "no\ttime\tsrc\tdst\tsport\tdport\tprotocol\tlength\tflags\tseq\tack\tlen\twin\tinfo\t"
          "fate\n");
    std::string out;
    text::append_tsv_row(out, data_row());
    CHECK(out ==
          "6\t54.643282597\t192.168.56.131\t127.0.0.1\t40455\t25\tSMTP\t100\tPSH,ACK\t1\t52\t34\t"
          "65536\tC: HELO Bonjour je suis un etudiant\tarrived\n");
    out.clear();
    text::append_tsv_row(out, datagram_row());
    CHECK(out ==
          "1\t0.000000000\t::1\t::1\t5000\t2525\tUDP\t70\t\t\t\t8\t\t5000 \xe2\x86\x92 2525 Len=8\t"
          "lost\n");
}

TEST_CASE("a line stays a line, whatever Info holds") {
    auto row = data_row();
    row.info = "C: a\tb\r\nc\x1b[2J";
    std::string out;
    text::append_tsv_row(out, row);
    CHECK(out.find("C: a\\tb\\r\\nc\\033[2J\tarrived\n") != std::string::npos);
    out.clear();
    text::append_table_row(out, row, {});
    CHECK(out.find('\n') == out.size() - 1);
}

TEST_CASE("table: a lost packet says so, and why only when asked") {
    std::string out;
    text::append_table_row(out, datagram_row(), {});
    CHECK(out ==
          "    1 0.000000000          ::1 \xe2\x86\x92 ::1          UDP 70 5000 \xe2\x86\x92 2525 "
          "Len=8  [lost]\n");
    out.clear();
    text::append_table_row(out, data_row(), {});
    CHECK(out ==
          "    6 54.643282597 192.168.56.131 \xe2\x86\x92 127.0.0.1    SMTP 100 C: HELO Bonjour je "
          "suis un etudiant\n");
    text::TextOptions options;
    options.why = true;
    out.clear();
    text::append_table_row(out, data_row(), options);
    CHECK(out.find("etudiant  (data") != std::string::npos);
}

TEST_CASE("json: the columns with types, and the hosts") {
    record::Recording recording;
    recording.lesson.name = "smtp";
    recording.hosts.push_back({"client", {"Poste", "Computer"}, {*wire::parse_ip("::1")}, "linux"});
    std::ostringstream out;
    text::print_json(recording, std::vector{datagram_row(), data_row()}, out);
    const auto value = nlohmann::json::parse(out.str());
    CHECK(value["hosts"][0]["name"] == "client");
    REQUIRE(value["packets"].size() == 2);
    CHECK(value["packets"][0]["flags"].is_null());
    CHECK(value["packets"][0]["fate"] == "lost");
    CHECK(value["packets"][1]["seq"] == 1);
    CHECK(value["packets"][1]["time"] == "54.643282597");
    CHECK(value["packets"][1]["cause"] == "data");
    CHECK(value["packets"][1]["flags"] == "PSH,ACK");
}

TEST_CASE("transcript: the terminal of one host alone, several under their titles") {
    record::Recording recording;
    recording.hosts.push_back({"client", {"Poste", "Computer"}, {}, {}});
    recording.hosts.push_back({"server", {"Serveur", "Server"}, {}, {}});
    recording.lines.push_back({0, 0, 0, record::LineKind::local, "Trying 127.0.0.1...\n"});
    recording.lines.push_back({0, 0, 0, record::LineKind::received, "220 x ES"});
    recording.lines.push_back({0, 0, 0, record::LineKind::received, "MTP\r\n"});
    recording.lines.push_back({0, 0, 0, record::LineKind::typed, "QUIT"});
    std::ostringstream out;
    text::print_transcript(recording, {}, {}, out);
    CHECK(out.str() == "Trying 127.0.0.1...\n220 x ESMTP\nQUIT\n");

    recording.lines.push_back({1, 0, 0, record::LineKind::local, "heard\n"});
    std::ostringstream both;
    text::print_transcript(recording, {}, {}, both);
    CHECK(both.str() == "== Computer\nTrying 127.0.0.1...\n220 x ESMTP\nQUIT\n== Server\nheard\n");
}

TEST_CASE("transcript of a capture: the dialogue of each conversation") {
    std::ostringstream out;
    text::print_transcript({}, std::vector{data_row()}, {}, out);
    CHECK(out.str() ==
          "== TCP 192.168.56.131:40455 \xe2\x86\x92 127.0.0.1:25\n"
          "C: HELO Bonjour je suis un etudiant\n");
}
