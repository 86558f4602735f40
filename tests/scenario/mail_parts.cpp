// The mail parts of a scenario: services of one host share a mailroom.
#include <string>

#include <doctest/doctest.h>

#include "sim/scenario/scenario.hpp"

using namespace postack;

namespace {

const std::string hosts = R"(protocol = "POP3"
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
[[service]]
host = "server"
protocol = "smtp"
hostname = "lab.fr"
[[service.account]]
name = "etudiant"
password = "Etudiant1"
)";

const std::string pop3 = R"([[service]]
host = "server"
protocol = "pop3"
)";

std::string error_of(const std::string& text) {
    const auto scenario = scenario::parse_scenario(text, "trial.toml");
    return scenario ? std::string{"(no error)"} : scenario.error().message;
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("services of a host share accounts and mailboxes; a protocol brings its port") {
    const auto scenario = scenario::parse_scenario(hosts + pop3 + R"([[service.mail]]
from = "dupont@lab.fr"
date = 2023-01-16T12:27:45+01:00
seen = true
text = "Subject: x\n\nBonjour\n"
[[service.mail]]
folder = "Devoirs"
text = ""
)",
                                                   "trial.toml");
    REQUIRE(scenario.ok());
    REQUIRE(scenario->mailrooms.size() == 1);
    REQUIRE(scenario->services.size() == 2);
    CHECK(scenario->services[1].server.local.port == 110);
    CHECK(scenario->services[1].server.program == "popa3d");
    CHECK(std::get<scenario::Pop3Part>(scenario->services[1].engine).personality.name == "popa3d");
    const scenario::MailroomPart& room = scenario->mailrooms[0];
    CHECK(room.options.hostname == "lab.fr");
    CHECK(room.options.accounts.size() == 1);
    REQUIRE(room.mails.size() == 2);
    CHECK(room.mails[0].mailbox == "/var/mail/etudiant");
    CHECK(room.mails[0].message.text == "Subject: x\r\n\r\nBonjour\r\n");
    CHECK(room.mails[0].message.unix_ns == 1'673'868'465'000'000'000);
    CHECK(room.mails[0].message.flags.seen);
    CHECK(room.mails[1].mailbox == "/home/etudiant/mail/Devoirs");
}

TEST_CASE("what services of a host disagree on, or misspell, is told") {
    CHECK(contains(error_of(hosts + pop3 + "hostname = \"ici.fr\"\n"), "above says 'lab.fr'"));
    CHECK(contains(
        error_of(hosts + pop3 + "[[service.account]]\nname = \"etudiant\"\npassword = \"autre\"\n"),
        "has another password above"));
    CHECK(contains(error_of(hosts + pop3 + "[[service.mail]]\naccount = \"dupont\"\ntext = \"\"\n"),
                   "there is no [[service.account]] 'dupont'"));
    CHECK(contains(error_of(hosts + pop3 + "ehlo = [\"SIZE\"]\n"), "unknown key 'ehlo'"));
    CHECK(contains(error_of(hosts + pop3 + "personality = \"postfix\"\n"), "postfix.toml:"));
    CHECK(contains(error_of(hosts + "[[service]]\nhost = \"server\"\nprotocol = \"pop\"\n"),
                   "'pop' is not a service: smtp, pop3, imap"));
}

TEST_CASE("an account's filter is read with it; a mistake is told with its own line") {
    const auto account = [](const std::string& sieve) {
        return hosts + "[[service.account]]\nname = \"alice\"\npassword = \"x\"\n" + sieve;
    };
    const auto scenario =
        scenario::parse_scenario(account("sieve = \"\"\"\nkeep;\n\"\"\"\n"), "trial.toml");
    REQUIRE(scenario.ok());
    const auto& accounts = scenario->mailrooms[0].options.accounts;
    CHECK_FALSE(accounts[0].filter);
    REQUIRE(accounts[1].filter);
    CHECK(accounts[1].filter->commands.size() == 1);

    // The account's lines are 20 to 22, the key is on line 23.
    CHECK(error_of(account("sieve = \"\"\"\n# a\nif true {\n  kep;\n}\n\"\"\"\n")) ==
          "trial.toml:26: [[service.account]]: sieve: column 3: there is no command 'kep' (did you "
          "mean 'keep'?)");
    CHECK(contains(error_of(account("sieve = \"\"\"kep;\n\"\"\"\n")), "trial.toml:23: "));
    CHECK(contains(error_of(account("sieve = \"kep;\"\n")), "trial.toml:23: "));
    CHECK(contains(error_of(account("sieve = 5\n")), "trial.toml:23: "));
}
