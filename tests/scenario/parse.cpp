// Scenario files: what is wrong in one is told with its line and what would be right.
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "sim/scenario/profile_file.hpp"
#include "sim/scenario/scenario.hpp"

using namespace postack;
using namespace std::chrono_literals;

namespace {

// The smallest scenario that is complete; line numbers of the tests count from its first line.
const std::string small = R"(protocol = "SMTP"
title = { fr = "Essai", en = "Trial" }
summary = { fr = "Un essai.", en = "A trial." }
[[host]]
name = "client"
addresses = ["10.0.0.1"]
[[host]]
name = "server"
addresses = ["10.0.0.2"]
[[link]]
hosts = ["client", "server"]
delay = "5ms"
)";

const std::string socket = "[[socket]]\nhost = \"client\"\nlisten = 7\n[[socket.step]]\n";
const std::string program = "[[program]]\nhost = \"client\"\nlisten = 80\n[[program.step]]\n";
// The same scenario in two parts: after its second host something about that host may follow.
const std::string crashing = small.substr(0, small.find("[[link]]"));
const std::string rest = small.substr(small.find("[[link]]"));

std::string error_of(const std::string& text) {
    const auto scenario = scenario::parse_scenario(text, "trial.toml");
    return scenario ? std::string{"(no error)"} : scenario.error().message;
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a small scenario is read") {
    const auto scenario = scenario::parse_scenario(small, "somewhere/trial.toml");
    REQUIRE(scenario.ok());
    CHECK(scenario->lesson.name == "trial");
    CHECK(scenario->lesson.title.fr == "Essai");
    REQUIRE(scenario->hosts.size() == 2);
    CHECK(scenario->hosts[0].config.profile.name == "linux");
    REQUIRE(scenario->links.size() == 1);
    CHECK(scenario->links[0].delay == 5ms);
    CHECK(scenario->links[0].mtu == 1500);
}

TEST_CASE("errors name file, line, and what would be right") {
    struct Case {
        std::string text, part;
    };
    const std::vector<Case> cases{
        {small + "dely = \"5ms\"\n",
         "trial.toml:13: [[link]]: unknown key 'dely' (did you mean 'delay'?)"},
        {small + "rate = \"100\"\n",
         "trial.toml:13: [[link]]: rate: '100' is not a rate: the unit is missing"},
        {small + "kind = \"tokenring\"\n",
         "trial.toml:13: [[link]]: kind: 'tokenring' is no kind of link"},
        {small + "mtu = 20\n",
         "trial.toml:13: [[link]]: mtu: this must be a whole number from 88 to 65536"},
        {small + "[[link.fault]]\n", "trial.toml:13: [[link.fault]]: 'action' is missing"},
        {small + "[[link.fault]]\naction = \"loose\"\n",
         "trial.toml:14: [[link.fault]]: action: 'loose' is no action"},
        {small + "[[link.fault]]\naction = \"delay\"\n", "needs 'by'"},
        {small + "[[link.fault]]\naction = \"lose\"\npackets = [0]\n",
         "trial.toml:15: [[link.fault]]: packets"},
        {small + "[[link.fault]]\naction = \"lose\"\nfrom = \"clent\"\n",
         "there is no [[host]] 'clent' above (did you mean 'client'?)"},
        {small + "[[link.fault]]\naction = \"lose\"\nprobability = \"120%\"\n",
         "is more than the whole"},
        {small + "[[host]]\nname = \"third\"\naddresses = [\"10.0.0.3\"]\n",
         "host 'third' is on no [[link]]"},
        {small + "[[host]]\nname = \"client\"\naddresses = [\"10.0.0.3\"]\n",
         "there are two hosts 'client'"},
        {"sequence_numbers = \"real\"\n" + small,
         "trial.toml:1: scenario: sequence_numbers: 'real': relative or absolute"},
        {small + "[[program]]\nhost = \"client\"\n",
         "trial.toml:13: [[program]]: give 'to' (the server's address) or 'listen' (a port)"},
        {small + "[[program]]\nhost = \"client\"\nlisten = 80\nto = \"10.0.0.2\"\n",
         "trial.toml:13: [[program]]: give 'to' (the server's address) or 'listen' (a port)"},
        {small + program + "signal = \"sent\"\n[[program.step]]\nwait_for = [\"snet\"]\n",
         "trial.toml:19: no [[program.step]] of this machine has signal = \"snet\" (did you mean "
         "'sent'?)"},
        // What happens on one machine is heard on no other.
        {small + program +
             "signal = \"sent\"\n[[program]]\nhost = \"server\"\nlisten = 81\n"
             "starts_on = [\"sent\"]\n",
         "trial.toml:21: no [[program.step]] of this machine has signal = \"sent\""},
        {crashing + "part_of = \"clent\"\n" + rest, "there is no [[host]] 'clent' above"},
        {crashing + "part_of = \"client\"\n" + rest,
         "addresses: a part of a machine has that machine's"},
        {small + "[[socket]]\nhost = \"client\"\n",
         "trial.toml:13: [[socket]]: give 'connect' (an address and port) or 'listen'"},
        {small + "[[socket]]\nhost = \"client\"\nconnect = \"10.0.0.2\"\n",
         "trial.toml:15: [[socket]]: connect: '10.0.0.2' is no address and port"},
        {small + "[[socket]]\nhost = \"client\"\nlisten = 7\nbacklog = 5000\n",
         "trial.toml:16: [[socket]]: backlog: this must be a whole number from 0 to 4096"},
        {small + "[[socket]]\nhost = \"client\"\nlisten = 7\nread_size = 0\n",
         "trial.toml:16: [[socket]]: read_size: at least 1 byte"},
        {small + socket + "do = \"write\"\n",
         "trial.toml:16: [[socket.step]]: give 'at' (since the beginning) or 'after'"},
        {small + socket + "at = \"1s\"\n",
         "trial.toml:16: [[socket.step]]: 'do' is missing: write, read"},
        {small + socket + "at = \"1s\"\ndo = \"wriet\"\n",
         "trial.toml:18: [[socket.step]]: do: 'wriet' is no step: write, read, accept"},
        {small + socket + "at = \"1s\"\ndo = \"write\"\n",
         "trial.toml:16: [[socket.step]]: a write has 'text' or a 'size'"},
        {small + socket + "at = \"1s\"\ndo = \"write\"\nsize = \"1GiB\"\n",
         "trial.toml:19: [[socket.step]]: size: from 1 to 67108864 bytes"},
        {small + socket + "at = \"1s\"\ndo = \"read\"\n",
         "trial.toml:16: [[socket.step]]: a read has a 'size'"},
        {small + socket + "at = \"1s\"\ndo = \"close\"\ntext = \"x\"\n",
         "trial.toml:19: [[socket.step]]: text: only a write has a text"},
        {small + socket + "at = \"1s\"\ndo = \"write\"\ntext = \"x\"\ntimes = 200000\n",
         "trial.toml:20: [[socket.step]]: times: this must be a whole number from 1 to 100000"},
        {crashing + "[[host.crash]]\nback_after = \"1s\"\n" + rest,
         "[[host.crash]]: 'at' is missing: when it stops"},
        {crashing + "[[host.crash]]\nat = \"2s\"\n[[host.crash]]\nat = \"3s\"\n" + rest,
         "[[host.crash]]: at: it is still down then"},
        {small + "[[host]]\nname = \"x\"\naddresses = [\"10.0.0.2\"]\n",
         "10.0.0.2 is already an address of 'server'"},
        {small + "[[host]]\nname = \"x\"\naddresses = [\"10.0.0\"]\n",
         "'10.0.0' is not an IP address"},
        {small + "[[host]]\nname = \"x\"\naddresses = [\"10.0.0.3\"]\nprofile = \"lynux\"\n",
         "there is no stack profile 'lynux': known are"},
        {small + "[[host]]\nname = \"x\"\naddresses = [\"10.0.0.3\"]\nprofile = \"" +
             std::string(300, 'x') + "\"\n",  // longer than a file's name may be
         "there is no stack profile 'xxx"},
        {small +
             "[[host]]\nname = \"x\"\naddresses = [\"10.0.0.3\"]\n[host.tcp]\nrto_mni = \"1s\"\n",
         "trial.toml:17: [host.tcp]: unknown key 'rto_mni' (did you mean 'rto_min'?)"},
        {small + "[[service]]\nhost = \"server\"\n", "[[service]]: 'hostname' is missing"},
        {small + "[[service]]\nhost = \"server\"\nhostname = \"h\"\naddress = \"10.0.0.1\"\n",
         "10.0.0.1 is not an address of host 'server'"},
        {small + "[[service]]\nhost = \"server\"\nhostname = \"h\"\npersonality = \"sendmail\"\n",
         "there is no personality 'sendmail'"},
        {small + "[[typist]]\nhost = \"client\"\ncommand = \"telnet\"\n", "where to connect"},
        {small + "[[typist]]\nhost = \"client\"\ncommand = \"t\"\naddresses = "
                 "[\"10.0.0.2\"]\n[[typist.line]]\ntext = \"x\"\n",
         "give 'at' (since the beginning) or 'after'"},
        {small + "[[typist]]\nhost = \"client\"\ncommand = \"t\"\naddresses = "
                 "[\"10.0.0.2\"]\n[[typist.line]]\nat = \"2s\"\ntext = \"x\"\n[[typist.line]]\nat "
                 "= \"1s\"\ntext = \"y\"\n",
         "this is earlier than the line before"},
        {small + "[[chapter]]\nfrom = 1\nto = 3\ntitle = { fr = \"a\" }\n",
         "[[chapter]] title: 'en' is missing"},
        {small + "start = 12\n", "unknown key 'start'"},
        {"seed = -1\n" + small, "trial.toml:1: scenario: seed: this must be a whole number"},
        {"start = 2023-01-16\n" + small, "a date with its time and offset"},
        {"title = 5", "trial.toml:1: scenario: title: this must be a table"},
        {"", "'title' is missing"},
        {"[[host]", "trial.toml:1: "},
        {small + "x = \"\xff\"\n", "trial.toml:13: "},
    };
    for (const Case& c : cases) {
        CAPTURE(c.text);
        const std::string message = error_of(c.text);
        CAPTURE(message);
        CHECK(contains(message, c.part));
        CHECK(message.starts_with("trial.toml:"));
    }
}

TEST_CASE("--set changes a value by its path, and is checked like the file") {
    const auto with = [](const std::string& set) {
        scenario::Edits edits;
        edits.set = {set};
        return scenario::parse_scenario(small, "trial.toml", edits);
    };
    CHECK(with("link.0.delay=20ms")->links[0].delay == 20ms);
    CHECK(with("seed=12")->seed == 12);
    CHECK(with("host.server.profile=textbook")->hosts[1].config.profile.name == "textbook");
    CHECK(with("host.server.tcp.nagle=false")->hosts[1].config.profile.nagle == false);
    CHECK(with("limits.events=10")->limits.events == 10);
    CHECK(contains(with("link.0.dely=20ms").error().message, "unknown key 'dely'"));
    CHECK(contains(with("link.7.delay=20ms").error().message, "there is no '7' in 'link'"));
    CHECK(contains(with("link.delay=20ms").error().message, "'link' is a list"));
    CHECK(contains(with("nonsense").error().message, "write PATH=VALUE"));
    CHECK(contains(with("title.fr.x=1").error().message, "has no keys below it"));
}

TEST_CASE("every scenario that ships loads, runs, and gives an equal recording twice") {
    const auto list = scenario::list_scenarios();
    REQUIRE(list.ok());
    REQUIRE(list->size() >= 4);
    for (const auto& entry : *list) {
        CAPTURE(entry.name);
        CHECK(entry.problem.empty());
        const auto scenario = scenario::load_scenario(entry.name);
        REQUIRE(scenario.ok());
        const auto recording = scenario::run(*scenario);
        REQUIRE(recording.ok());
        CHECK_FALSE(recording->packets.empty());
        // Chapters and questions speak of packets that exist.
        for (const auto& chapter : recording->lesson.chapters) {
            CHECK(chapter.last <= recording->packets.size());
        }
        for (const auto& question : recording->lesson.questions) {
            CHECK(question.packet <= recording->packets.size());
        }
    }
}

TEST_CASE("a name that does not exist is answered with the nearest one") {
    const auto missing = scenario::load_scenario("smtp-postfx");
    REQUIRE_FALSE(missing.ok());
    CHECK(contains(missing.error().message, "did you mean 'smtp-postfix'?"));
    CHECK(contains(scenario::load_scenario("/nowhere/x.toml").error().message, "/nowhere/x.toml"));
}

TEST_CASE("every stack profile that ships names every value; one that does not is cut off") {
    for (const char* name : {"linux", "textbook", "windows", "bsd", "ns3"}) {
        CAPTURE(name);
        const auto profile = scenario::load_profile(name);
        if (!profile) FAIL_CHECK(profile.error().message);
    }
    const toml::table half = toml::parse("name = \"half\"");
    scenario::Complaints complaints{"half.toml"};
    tcp::Profile profile;
    scenario::read_profile(half, "profile", complaints, profile, scenario::Members::all);
    REQUIRE(complaints.any());
    CHECK(contains(complaints.first()->message, "is missing (is the file cut off?)"));
}
