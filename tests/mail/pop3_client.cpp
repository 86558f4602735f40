// The POP3 client against our server, and against answers that no server should give.
#include "sim/mail/pop3/client_session.hpp"
#include "tests/mail/pop3_lab.hpp"

using namespace postack;
using namespace postack::mail;
using namespace postack::mail::test;

namespace {

/// Lets them talk to the end.
void talk(pop3::ClientSession& client, Pop3Lab& lab) {
    client.start(lab.now);
    client.receive(core::as_bytes(lab.greeting), lab.now);
    while (auto action = client.next(lab.now)) {
        for (const std::string& write : action->writes)
            client.receive(core::as_bytes(lab.send(write)), lab.now);
    }
}

pop3::ClientOptions options() {
    pop3::ClientOptions o;
    o.user = "etudiant";
    o.password = "Etudiant1";
    return o;
}

}  // namespace

TEST_CASE("the client reads from every personality what was delivered") {
    for (const std::string name : {"popa3d", "rfc", "dovecot", "argosoft"}) {
        CAPTURE(name);
        Pop3Lab lab{name};
        const std::string dots = "Subject: un\r\n\r\n.\r\n..\r\n.point\r\n";
        lab.deliver(dots);
        lab.deliver("Subject: deux\r\n\r\n\xC3\xA9t\xC3\xA9\r\n");
        pop3::ClientSession client{options()};
        talk(client, lab);
        CHECK(client.finished());
        CHECK(client.problem().empty());
        REQUIRE(client.fetched().size() == 2);
        CHECK(client.fetched()[0].text == dots);
        CHECK(client.fetched()[1].text.ends_with("\xC3\xA9t\xC3\xA9\r\n"));
        CHECK_FALSE(client.fetched()[0].unique_id.empty());
        CHECK(lab.store.messages("/var/mail/etudiant").size() == 2);
    }
}

TEST_CASE("the client deletes what it fetched, or leaves what it knows") {
    Pop3Lab lab{"rfc"};
    lab.deliver("Subject: un\r\n\r\n");
    lab.deliver("Subject: deux\r\n\r\n");
    auto o = options();
    o.log_in = pop3::LogIn::apop;
    pop3::ClientSession first{o};
    talk(first, lab);
    REQUIRE(first.fetched().size() == 2);
    o.log_in = pop3::LogIn::auth_plain;
    o.known_ids = {first.fetched()[0].unique_id};
    o.delete_fetched = true;
    lab.connect();
    pop3::ClientSession second{o};
    talk(second, lab);
    REQUIRE(second.fetched().size() == 1);
    CHECK(second.fetched()[0].number == 2);
    REQUIRE(lab.store.messages("/var/mail/etudiant").size() == 1);
    CHECK(lab.store.messages("/var/mail/etudiant")[0].uid == 1);
}

TEST_CASE("the client gives up with the server's words") {
    Pop3Lab lab{"popa3d"};
    auto o = options();
    o.password = "faux";
    pop3::ClientSession client{o};
    talk(client, lab);
    CHECK(client.problem() == "-ERR Authentication failed (bad password?)");

    pop3::ClientSession lonely{options()};
    lonely.start(at(core::Duration{0}));
    lonely.timers(lonely.next_deadline());
    CHECK(lonely.problem() == "the server does not answer");

    pop3::ClientSession flooded{options()};
    flooded.start(at(core::Duration{0}));
    flooded.receive(core::as_bytes("+OK\r\n+OK\r\n+OK\r\n+OK 4000000000 1\r\n"), {});
    CHECK(flooded.problem().starts_with("not an answer to STAT"));
}
