// The mailroom runs its accounts' filters: into folders, to others, into nothing; and nothing that
// goes wrong on the way loses a message.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "sim/mail/sieve/script.hpp"
#include "tests/mail/lab.hpp"

using namespace postack;
using namespace postack::mail;
using namespace postack::mail::test;

namespace {

std::shared_ptr<const sieve::Script> filter_of(std::string_view text) {
    auto script = sieve::load_script(text, "filter");
    if (!script) FAIL(script.error().message);
    return std::make_shared<const sieve::Script>(std::move(*script));
}

struct House {
    store::MemoryStore store;
    std::unique_ptr<store::Mailroom> room;
    core::Instant now{};
    std::vector<std::string> rules;

    explicit House(std::vector<store::Account> accounts,
                   store::Delivery delivery = store::Delivery::queued,
                   store::MemoryLimits limits = {})
        : store(limits) {
        store::MailroomOptions options;
        options.hostname = "lab.fr";
        options.accounts = std::move(accounts);
        options.delivery = delivery;
        room = std::make_unique<store::Mailroom>(std::move(options), store);
    }

    core::Status send(const std::string& to, std::string_view subject = "Projet",
                      std::string_view fields = "") {
        store::QueuedMail mail;
        mail.slot = room->open_slot("{inode}", now);
        mail.sender = "bob@iut.fr";
        mail.recipients = {to};
        mail.text = fmt::format("{}Subject: {}\r\n\r\nBonjour\r\n", fields, subject);
        const auto slot = mail.slot;
        auto accepted = room->accept(std::move(mail), now);
        if (!accepted) room->release(slot);
        while (room->next_delivery() != core::never) {
            now = room->next_delivery();
            for (const store::Delivered& entry : room->deliver(now))
                rules.push_back(entry.rule);
        }
        return accepted;
    }
    std::size_t count(std::string_view mailbox) const { return store.messages(mailbox).size(); }
};

constexpr std::string_view into_folder =
    "require \"fileinto\"; if header :contains \"subject\" \"projet\" { fileinto \"Projets/2023\"; "
    "}";

}  // namespace

TEST_CASE("a filter: fileinto makes the folder; what no rule is about stays in the INBOX") {
    House house{{{"alice", "x", filter_of(into_folder)}, {"bob", "y", nullptr}}};
    CHECK(house.send("alice"));
    CHECK(house.send("alice", "Vacances"));
    CHECK(house.send("bob@lab.fr"));
    CHECK(house.count("/home/alice/mail/Projets/2023") == 1);
    CHECK(house.count("/var/mail/alice") == 1);
    CHECK(house.count("/var/mail/bob") == 1);
    CHECK(house.rules == std::vector<std::string>{"sieve: line 1: fileinto \"Projets/2023\"",
                                                  "sieve: no rule applies: keep", ""});
}

TEST_CASE("a filter: discard, and one copy for keep and fileinto \"inbox\"") {
    House house{{{"alice", "x", filter_of("discard;")},
                 {"bob", "y", filter_of("require \"fileinto\"; keep; fileinto \"inbox\";")}}};
    CHECK(house.send("alice"));
    CHECK(house.send("bob"));
    CHECK(house.count("/var/mail/alice") == 0);
    CHECK(house.count("/var/mail/bob") == 1);
}

TEST_CASE("a filter: redirect keeps the sender, says where it came by, and goes outside too") {
    House house{{{"alice", "x", filter_of("redirect \"bob@lab.fr\"; redirect \"c@ailleurs.fr\";")},
                 {"bob", "y", nullptr}}};
    CHECK(house.send("alice@lab.fr"));
    CHECK(house.count("/var/mail/alice") == 0);
    REQUIRE(house.count("/var/mail/bob") == 1);
    CHECK(**house.store.text("/var/mail/bob", 1) ==
          "Return-Path: <bob@iut.fr>\r\nX-Original-To: bob@lab.fr\r\nDelivered-To: bob@lab.fr\r\n"
          "Delivered-To: alice@lab.fr\r\nSubject: Projet\r\n\r\nBonjour\r\n");
    const auto outgoing = house.room->take_outgoing();
    REQUIRE(outgoing.size() == 1);
    CHECK(outgoing[0].sender == "bob@iut.fr");
    CHECK(outgoing[0].recipients.front().address == "c@ailleurs.fr");
}

TEST_CASE("a filter: a loop of redirects ends, and the message is kept") {
    for (const auto delivery : {store::Delivery::queued, store::Delivery::at_once}) {
        House house{{{"alice", "x", filter_of("redirect \"bob@lab.fr\";")},
                     {"bob", "y", filter_of("redirect \"ALICE@lab.fr\";")}},
                    delivery};
        CHECK(house.send("alice"));
        CHECK(house.count("/var/mail/alice") == 1);
        CHECK(house.count("/var/mail/bob") == 0);
        if (delivery == store::Delivery::queued) {
            CHECK(house.rules.back() == "sieve: an action failed: keep");
            CHECK(house.rules[house.rules.size() - 2] ==
                  "sieve: line 1: redirect \"bob@lab.fr\" fails: mail forwarding loop for "
                  "ALICE@lab.fr");
        }
        CHECK(house.room->next_delivery() == core::never);
    }
}

TEST_CASE("a filter: everybody redirects to everybody, and it ends") {
    std::vector<store::Account> accounts;
    const auto all = filter_of(
        "redirect \"a@lab.fr\"; redirect \"b@lab.fr\"; redirect \"c@lab.fr\"; redirect "
        "\"d@lab.fr\";");
    for (const char* name : {"a", "b", "c", "d", "e", "f", "g"})
        accounts.push_back({name, "x", all});
    House house{std::move(accounts)};
    CHECK(house.send("e"));
    CHECK(house.room->queued() == 0);
    CHECK(house.rules.size() < 3000);
}

TEST_CASE("a filter: where nothing goes out, or a folder cannot be had, the message is kept") {
    House house{{{"alice", "x", filter_of("redirect \"c@ailleurs.fr\";")}},
                store::Delivery::at_once};
    CHECK(house.send("alice"));
    CHECK(house.count("/var/mail/alice") == 1);

    store::MemoryLimits limits;
    limits.mailboxes = 1;
    House full{{{"alice", "x", filter_of(into_folder)}}, store::Delivery::at_once, limits};
    CHECK(full.send("alice", "Vacances"));
    CHECK(full.send("alice"));
    CHECK(full.count("/var/mail/alice") == 2);
}
