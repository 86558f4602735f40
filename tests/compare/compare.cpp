// The comparison on the labs that ship, in small: what it says is what the transports do.
#include <algorithm>
#include <cmath>
#include <string>

#include <doctest/doctest.h>

#include "sim/compare/dialogue.hpp"
#include "sim/compare/result_file.hpp"
#include "sim/compare/summary.hpp"
#include "sim/compare/trials.hpp"

using namespace postack;
using namespace std::chrono_literals;
using apps::Carrier;

namespace {

scenario::Scenario lab(std::string_view name) {
    auto loaded = scenario::load_scenario(name);
    REQUIRE(loaded);
    return *loaded;
}

compare::Plan plan(std::vector<compare::Millionths> losses, std::uint32_t trials) {
    compare::Plan plan;
    plan.losses = std::move(losses);
    plan.trials = trials;
    plan.seed = 7;
    return plan;
}

std::vector<compare::Row> rows_of(const scenario::Scenario& scenario, const compare::Plan& plan) {
    const auto results = compare::run_trials(scenario, plan);
    REQUIRE(results);
    return compare::summarize(*results);
}

constexpr const char* mail_labs[] = {"smtp-postfix",      "smtp-lost-segment", "udp-lost-line",
                                     "udp-stop-and-wait", "pop3-popa3d",       "pop3-delete",
                                     "imap-dovecot",      "imap-bad-logout",   "imap-folders"};

}  // namespace

TEST_CASE("without loss every mail is intact over every transport, in every lab") {
    for (const char* name : mail_labs) {
        CAPTURE(name);
        for (const compare::Row& row : rows_of(lab(name), plan({0}, 2))) {
            CAPTURE(compare::name(row.carrier));
            CHECK(row.intact == row.trials);
            CHECK(row.median > 0ns);
            CHECK(row.median < 30s);
        }
    }
}

TEST_CASE("at ten percent TCP and stop-and-wait bring every mail whole, datagrams few") {
    for (const char* name : {"smtp-postfix", "pop3-popa3d", "imap-dovecot"}) {
        CAPTURE(name);
        const auto rows = rows_of(lab(name), plan({100'000}, 60));
        CHECK(rows[0].intact < 45);
        CHECK(rows[1].intact == 60);
        CHECK(rows[2].intact == 60);
        // What it costs: an acknowledgment each, and waits.
        CHECK(rows[1].packets > rows[0].packets);
        CHECK(rows[1].median > rows[0].median);
    }
}

TEST_CASE("plain datagrams are damaged as often as probability says") {
    // The mail of udp-lost-line: MAIL, RCPT, DATA and the dot must arrive, or there is no mail
    // (HELO may be lost: Postfix does not insist). Three lines of text; a mail without all of them
    // is damaged. The answers may all be lost: nobody waits for them.
    const scenario::Scenario scenario = lab("udp-lost-line");
    for (const compare::Millionths loss : {20'000U, 100'000U, 200'000U}) {
        CAPTURE(loss);
        constexpr std::uint32_t trials = 1500;
        const compare::Row row = rows_of(scenario, plan({loss}, trials)).front();
        REQUIRE(row.carrier == Carrier::datagrams);
        const double arrives = 1 - loss / 1e6;
        const double delivered = std::pow(arrives, 4);
        const double whole_text = std::pow(arrives, 3);
        const auto near = [&](std::uint32_t count, double probability) {
            // Four standard deviations: with this seed it holds or the model is wrong.
            const double spread = 4 * std::sqrt(trials * probability * (1 - probability));
            return std::abs(count - trials * probability) <= spread;
        };
        CAPTURE(row.intact);
        CAPTURE(row.damaged);
        CAPTURE(row.never);
        CHECK(near(row.intact, delivered * whole_text));
        CHECK(near(row.damaged, delivered * (1 - whole_text)));
        CHECK(near(row.never, 1 - delivered));
    }
}

TEST_CASE("equal results whatever the number of threads") {
    const scenario::Scenario scenario = lab("smtp-postfix");
    const auto p = plan({0, 100'000, 300'000}, 8);
    const auto one = compare::run_trials(scenario, p, {}, 1);
    const auto five = compare::run_trials(scenario, p, {}, 5);
    REQUIRE(one);
    REQUIRE(five);
    CHECK(compare::write_results(*one) == compare::write_results(*five));
}

TEST_CASE("a rate gives the same whether it is asked for alone or in a range") {
    const scenario::Scenario scenario = lab("smtp-postfix");
    const auto alone = rows_of(scenario, plan({100'000}, 10));
    const auto among = rows_of(scenario, plan({50'000, 100'000}, 10));
    for (std::size_t c = 0; c < compare::carriers.size(); ++c) {
        CHECK(alone[c].intact == among[3 + c].intact);
        CHECK(alone[c].late == among[3 + c].late);
        CHECK(alone[c].bytes == among[3 + c].bytes);
    }
}

TEST_CASE("shards, in any order, merge into the bytes of the one run") {
    const scenario::Scenario scenario = lab("pop3-popa3d");
    const auto p = plan({0, 150'000}, 7);
    const auto whole = compare::run_trials(scenario, p);
    REQUIRE(whole);
    std::vector<std::pair<std::string, std::string>> files;
    for (const std::uint32_t number : {3U, 1U, 4U, 2U}) {
        const auto part = compare::run_trials(scenario, p, {number, 4});
        REQUIRE(part);
        files.emplace_back("part-" + std::to_string(number) + ".tsv",
                           compare::write_results(*part));
    }
    const auto merged = compare::merge_results(files);
    REQUIRE(merged);
    CHECK(compare::write_results(*merged) == compare::write_results(*whole));

    SUBCASE("one that is missing is named") {
        files.pop_back();
        CHECK(compare::merge_results(files).error().message.find("shard 2/4 is missing") !=
              std::string::npos);
    }
    SUBCASE("one that is there twice is named, with the other") {
        files.emplace_back("again.tsv", files.front().second);
        CHECK(compare::merge_results(files).error().message ==
              "again.tsv: shard 3/4 is also in part-3.tsv");
    }
    SUBCASE("one of another seed is refused") {
        auto other = p;
        other.seed = 8;
        const auto part = compare::run_trials(scenario, other, {2, 4});
        files.back().second = compare::write_results(*part);
        CHECK(compare::merge_results(files).error().message.find("another comparison") !=
              std::string::npos);
    }
}

TEST_CASE("a result file cut or changed anywhere is an error with its line, never more") {
    const auto results = compare::run_trials(lab("udp-lost-line"), plan({200'000}, 3), {2, 2});
    REQUIRE(results);
    const std::string good = compare::write_results(*results);
    REQUIRE(compare::read_results(good, "f"));
    for (std::size_t cut = 0; cut < good.size(); ++cut)
        CHECK_FALSE(compare::read_results(std::string_view{good}.substr(0, cut), "f").ok());
    CHECK_FALSE(compare::read_results(good + "more\n", "f").ok());
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::string bad = good;
        bad[i] = '\x01';
        const auto read = compare::read_results(bad, "f");
        if (!read) CHECK(read.error().message.starts_with("f:"));
    }
    const auto error = compare::read_results("smtp\n", "x.tsv").error().message;
    CHECK(error.starts_with("x.tsv:1: this is no result file"));
}

TEST_CASE("what has no mail dialogue is refused with the reason") {
    for (const char* name : {"smtp-closed-port", "udp-closed-port"}) {
        const auto results = compare::run_trials(lab(name), plan({0}, 1));
        REQUIRE_FALSE(results);
        CHECK(results.error().message.find("nobody serves mail") != std::string::npos);
    }
}

TEST_CASE("rates of loss: one, or a range in sensible steps") {
    using V = std::vector<compare::Millionths>;
    CHECK(*compare::parse_losses("10%") == V{100'000});
    CHECK(*compare::parse_losses("0.5%") == V{5'000});
    CHECK(*compare::parse_losses("0%..30%") ==
          V{0, 50'000, 100'000, 150'000, 200'000, 250'000, 300'000});
    CHECK(*compare::parse_losses("0..0.05") == V{0, 10'000, 20'000, 30'000, 40'000, 50'000});
    CHECK(compare::parse_losses("0%..100%")->back() == 1'000'000);
    CHECK(*compare::parse_losses("0%..5%", 20'000) == V{0, 20'000, 40'000, 50'000});
    CHECK(*compare::parse_losses("7%..7%") == V{70'000});
    for (const char* bad : {"", "x", "10%..", "..10%", "30%..0%", "110%", "-1%", "1%...2%"}) {
        CAPTURE(bad);
        CHECK_FALSE(compare::parse_losses(bad).ok());
    }
    CHECK_FALSE(compare::parse_losses("0%..100%", 1).ok());
    CHECK_FALSE(compare::parse_losses("0%..100%", 0).ok());
}

TEST_CASE("shards: K/N") {
    CHECK(*compare::parse_shard("3/8") == compare::Shard{3, 8});
    for (const char* bad : {"", "3", "0/8", "9/8", "a/b", "1/0", "1/99999", "/", "1/2/3"}) {
        CAPTURE(bad);
        CHECK_FALSE(compare::parse_shard(bad).ok());
    }
}

TEST_CASE("a dialogue's own faults: what is about one packet goes, what is about all stays") {
    auto scenario = lab("udp-lost-line");
    net::FaultRule reorder;
    reorder.action = net::FaultAction::reorder;
    reorder.match.probability = 0.1;
    reorder.by = 5ms;
    scenario.links[0].faults.push_back(reorder);
    const auto mine = compare::dialogue_over(scenario, Carrier::tcp, 20'000, 100ms);
    REQUIRE(mine.links[0].faults.size() == 2);
    CHECK(mine.links[0].faults[0].action == net::FaultAction::reorder);
    CHECK(mine.links[0].faults[1].match.probability == doctest::Approx(0.02));
    const auto& lines = mine.typists[0].telnet.lines;
    for (std::size_t i = 1; i < lines.size(); ++i)
        CHECK(lines[i].at - lines[i - 1].at == 100ms);
}
