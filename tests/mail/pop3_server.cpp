// The POP3 server: the captures' dialogues are replayed in tests/golden; here what they do not
// show.
#include <chrono>

#include "sim/mail/sasl/base64.hpp"
#include "sim/mail/sasl/md5.hpp"
#include "tests/mail/pop3_lab.hpp"

using namespace postack;
using namespace postack::mail;
using namespace postack::mail::test;
using namespace std::chrono_literals;

namespace {

const std::string first = "Subject: un\r\n\r\n.point\r\nfin\r\n";  // 28 bytes
const std::string second = "Subject: deux\r\n\r\nx\r\n";           // 20 bytes

using Writes = std::vector<std::string>;

}  // namespace

TEST_CASE("POP3 digests: RFC 1321, RFC 2104, RFC 1939, RFC 2195") {
    CHECK(sasl::hex(sasl::md5("")) == "d41d8cd98f00b204e9800998ecf8427e");
    CHECK(sasl::hex(sasl::md5("message digest")) == "f96b697d7cb7938d525a2f31aaf161d0");
    CHECK(sasl::hex(sasl::md5(std::string(80, '1'))).size() == 32);
    CHECK(sasl::hex(sasl::md5("1234567890123456789012345678901234567890123456789012345678901234567"
                              "8901234567890")) == "57edf4a22be3c955ac49da2e2107b67a");
    CHECK(sasl::hex(sasl::hmac_md5("Jefe", "what do ya want for nothing?")) ==
          "750c783e6ab0b503eaa86e310a5db738");
    CHECK(sasl::hex(sasl::md5("<1896.697170952@dbc.mtview.ca.us>tanstaaf")) ==
          "c4c9334bac560ecc979e58001b3e22fb");
    CHECK(sasl::hex(
              sasl::hmac_md5("tanstaaftanstaaf", "<1896.697170952@postoffice.reston.mci.net>")) ==
          "b913a602c7eda7a495b4e6e7334d3890");
}

TEST_CASE("POP3 base64 there and back; what is none is refused") {
    for (const std::string text : {"", "a", "ab", "abc", "abcd"})
        CHECK(sasl::from_base64(sasl::to_base64(text)) == text);
    CHECK(sasl::to_base64("ab") == "YWI=");
    for (const std::string_view text : {"a", "ab=c", "====", "a===", "YWI=YWI=", "!!!!"})
        CHECK_FALSE(sasl::from_base64(text));
}

TEST_CASE("popa3d: the writes of each answer (measured: captures pop3-*)") {
    Pop3Lab lab;
    CHECK(lab.greeting == "+OK\r\n");
    lab.deliver(first);
    lab.deliver(second);
    lab.log_in();
    CHECK(lab.type("stat") == "+OK 2 48\r\n");
    lab.type("list");
    CHECK(lab.writes == Writes{"+OK\r\n", "1 28\r\n2 20\r\n.\r\n"});
    lab.type("retr 1");
    CHECK(lab.writes == Writes{"+OK\r\n", "Subject: un\r\n\r\n..point\r\nfin\r\n", ".\r\n"});
    lab.type("top 1 1");
    CHECK(lab.writes == Writes{"+OK\r\n", "Subject: un\r\n\r\n..point\r\n", ".\r\n"});
    lab.type("top 1 0");
    CHECK(lab.writes == Writes{"+OK\r\n", "Subject: un\r\n\r\n", ".\r\n"});
    CHECK(lab.type("last") == "+OK 1\r\n");
    CHECK(lab.type("list 2") == "+OK 2 20\r\n");
    CHECK(lab.type("capa") == "-ERR\r\n");
}

TEST_CASE("a large message leaves in blocks") {
    Pop3Lab lab;
    lab.deliver("Subject: x\r\n\r\n" + std::string(70'000, 'x') + "\r\n");
    lab.log_in();
    lab.type("retr 1");
    REQUIRE(lab.writes.size() == 5);
    CHECK(lab.writes[1].size() == 32768);
}

TEST_CASE("deleted messages: not listed, not read, kept until QUIT, counted anew after RSET") {
    Pop3Lab lab{"rfc"};
    lab.deliver(first);
    lab.deliver(second);
    lab.log_in();
    CHECK(lab.type("DELE 1") == "+OK message 1 deleted\r\n");
    CHECK(lab.type("DELE 1") == "-ERR message 1 already deleted\r\n");
    CHECK(lab.type("RETR 1") == "-ERR message 1 already deleted\r\n");
    CHECK(lab.type("STAT") == "+OK 1 20\r\n");
    CHECK(lab.type("LIST") == "+OK 1 messages (20 octets)\r\n2 20\r\n.\r\n");
    CHECK(lab.type("RSET") == "+OK maildrop has 2 messages (48 octets)\r\n");
    CHECK(lab.type("DELE 2").starts_with("+OK"));
    CHECK(lab.store.messages("/var/mail/etudiant").size() == 2);
    SUBCASE("QUIT") {
        CHECK(lab.type("QUIT") ==
              "+OK debian-11-GNS3.lan POP3 server signing off (1 messages left)\r\n");
        CHECK(lab.closed);
        REQUIRE(lab.store.messages("/var/mail/etudiant").size() == 1);
        CHECK(lab.store.messages("/var/mail/etudiant")[0].uid == 1);
    }
    SUBCASE("the client vanishes") {
        lab.session->end_of_input(lab.now);
        CHECK(lab.answers().empty());
        CHECK(lab.closed);
        CHECK(lab.store.messages("/var/mail/etudiant").size() == 2);
    }
    SUBCASE("the client falls asleep") {
        CHECK(lab.session->next_deadline() == at(10min));
        lab.session->timers(at(10min));
        CHECK(lab.answers().empty());
        CHECK(lab.closed);
        CHECK(lab.store.messages("/var/mail/etudiant").size() == 2);
    }
    // The lock is free again.
    lab.connect();
    lab.log_in();
}

TEST_CASE("the maildrop is for one session; deliveries go on and are seen by the next") {
    Pop3Lab lab{"rfc"};
    lab.deliver(first);
    lab.log_in();
    pop3::ServerSession other{lab.server, {std::string{host}, 2}, lab.room};
    other.start(lab.now);
    other.receive(core::as_bytes("USER etudiant\r\nPASS Etudiant1\r\nNOOP\r\n"), lab.now);
    std::string said;
    while (auto answer = other.next(lab.now))
        said += answer->writes.front();
    CHECK(said.find("-ERR [IN-USE] maildrop already locked\r\n-ERR command not valid") !=
          std::string::npos);
    lab.deliver(second);
    CHECK(lab.type("STAT") == "+OK 1 28\r\n");
    lab.type("QUIT");
    lab.connect();
    lab.log_in();
    CHECK(lab.type("STAT") == "+OK 2 48\r\n");
}

TEST_CASE("a message that IMAP expunged meanwhile is an error, not another message") {
    Pop3Lab lab{"rfc"};
    lab.deliver(first);
    lab.deliver(second);
    lab.log_in();
    CHECK(lab.store.expunge("/var/mail/etudiant", std::vector<store::Uid>{1}) == 1);
    CHECK(lab.type("RETR 1").starts_with("-ERR no such message"));
    CHECK(lab.type("RETR 2").find("deux") != std::string::npos);
}

TEST_CASE("log-in: APOP, AUTH PLAIN, CRAM-MD5; the connection survives a wrong password") {
    Pop3Lab lab{"rfc"};
    const std::string stamp = lab.greeting.substr(
        lab.greeting.find('<'), lab.greeting.find('>') - lab.greeting.find('<') + 1);
    const auto refused = "-ERR [AUTH] invalid name or password\r\n";
    CHECK(lab.type("USER etudiant").starts_with("+OK"));
    CHECK(lab.type("PASS faux") == refused);
    CHECK_FALSE(lab.closed);
    CHECK(lab.type("PASS Etudiant1") == "-ERR USER first\r\n");
    CHECK(lab.type("USER personne").starts_with("+OK"));  // It does not tell who exists.
    CHECK(lab.type("PASS x") == refused);
    CHECK(lab.type("APOP etudiant " + sasl::hex(sasl::md5(stamp + "faux"))) == refused);
    CHECK(lab.type("AUTH KERBEROS_V4").starts_with("-ERR"));
    CHECK(lab.type("AUTH PLAIN") == "+ \r\n");
    CHECK(lab.type("*").starts_with("-ERR"));
    CHECK(lab.type("NOOP") == "-ERR command not valid in this state\r\n");
    CHECK(lab.type("AUTH") == "+OK List of mechanisms follows\r\nPLAIN\r\nCRAM-MD5\r\n.\r\n");
    using namespace std::string_literals;
    SUBCASE("APOP") {
        CHECK(lab.type("APOP etudiant " + sasl::hex(sasl::md5(stamp + "Etudiant1")))
                  .starts_with("+OK etudiant's maildrop"));
    }
    SUBCASE("PLAIN with an initial response") {
        CHECK(lab.type("AUTH PLAIN " + sasl::to_base64("\0etudiant\0Etudiant1"s))
                  .starts_with("+OK etudiant's"));
    }
    SUBCASE("PLAIN in two lines") {
        CHECK(lab.type("auth plain") == "+ \r\n");
        CHECK(lab.type(sasl::to_base64("etudiant\0etudiant\0Etudiant1"s)).starts_with("+OK"));
        CHECK(lab.last_command == "SASL");
    }
    SUBCASE("CRAM-MD5") {
        CHECK(lab.type("AUTH CRAM-MD5") == "+ " + sasl::to_base64(stamp) + "\r\n");
        CHECK(lab.type(sasl::to_base64("etudiant " + sasl::hex(sasl::hmac_md5("Etudiant1", stamp))))
                  .starts_with("+OK"));
    }
    CHECK(lab.session->view().phase == pop3::Phase::transaction);
}

TEST_CASE("CAPA of rfc: what is announced works (RFC 2449)") {
    Pop3Lab lab{"rfc"};
    CHECK(lab.type("CAPA") ==
          "+OK Capability list follows\r\nTOP\r\nUSER\r\nUIDL\r\nSASL PLAIN "
          "CRAM-MD5\r\nRESP-CODES\r\n"
          "AUTH-RESP-CODE\r\nPIPELINING\r\nIMPLEMENTATION Postack\r\n.\r\n");
    lab.deliver(first);
    // PIPELINING: answers in order.
    CHECK(lab.send("USER etudiant\r\nPASS Etudiant1\r\nUIDL\r\nTOP 1 0\r\nUIDL 1\r\nQUIT\r\n") ==
          "+OK etudiant may log in\r\n+OK etudiant's maildrop has 1 messages (28 octets)\r\n"
          "+OK\r\n1 0000000163c534b1\r\n.\r\n+OK\r\nSubject: un\r\n\r\n.\r\n"
          "+OK 1 0000000163c534b1\r\n"
          "+OK debian-11-GNS3.lan POP3 server signing off (1 messages left)\r\n");
}

TEST_CASE("Dovecot and ArGoSoft: other words, other numbers") {
    Pop3Lab dovecot{"dovecot"};
    CHECK(dovecot.greeting == "+OK Dovecot (Debian) ready.\r\n");
    dovecot.deliver(first);
    CHECK(dovecot.type("BONJOUR") == "-ERR Unknown command: BONJOUR\r\n");
    dovecot.log_in();
    CHECK(dovecot.type("RETR 7") == "-ERR There's no message 7.\r\n");
    CHECK(dovecot.type("RETR x") == "-ERR Invalid message number: x\r\n");
    CHECK(dovecot.type("DELE 1") == "+OK Marked to be deleted.\r\n");
    CHECK(dovecot.type("QUIT") == "+OK Logging out, messages deleted.\r\n");

    Pop3Lab argosoft{"argosoft"};
    argosoft.deliver(first);
    CHECK(argosoft.type("USER etudiant") == "+OK Password required for etudiant\r\n");
    CHECK(argosoft.type("PASS Etudiant1") == "+OK Mailbox locked and ready\r\n");
    argosoft.type("LIST");
    CHECK(argosoft.writes == Writes{"+OK\r\n", "1 28\r\n", ".\r\n"});
    // Its octets leave the four CRs out, and the size of LIST does not.
    CHECK(argosoft.type("RETR 1").starts_with("+OK 24 octets\r\nSubject: un\r\n"));
    CHECK(argosoft.type("QUIT") == "+OK Aba he\r\n");
}

TEST_CASE("bad input: an endless line, control characters, a flood") {
    Pop3Lab lab{"rfc"};
    CHECK(lab.send(std::string(200'000, 'x')).empty());
    CHECK(lab.type("") == "-ERR unknown command\r\n");
    // A password that was cut off must not be tried.
    lab.type("USER etudiant");
    CHECK(lab.type("PASS Etudiant1" + std::string(300, ' ')).starts_with("-ERR wrong number"));
    CHECK(lab.type("USER a\x01\x02") == "+OK a?? may log in\r\n");
    lab.log_in();
    CHECK(lab.type("RETR 99999999999999999999") == "-ERR not a message number\r\n");
    CHECK(lab.type("RETR -1") == "-ERR not a message number\r\n");
    CHECK(lab.type("RETR 0").starts_with("-ERR no such message"));
    CHECK(lab.type("TOP 1").starts_with("-ERR wrong number"));
    std::string flood;
    for (int i = 0; i < 20'000; ++i)
        flood += "NOOP\r\n";
    CHECK(lab.send(flood).size() == 20'000 * 5);
}

TEST_CASE("POP3 personalities: mistakes are named with their place") {
    for (const std::string name : {"popa3d", "rfc", "dovecot", "argosoft"})
        CHECK(pop3_personality(name).name == name);
    const std::string good =
        read_file(std::string{POSTACK_SOURCE_DIR} + "/assets/personalities/pop3-popa3d.toml");
    const auto error = [&](std::string_view text, std::string_view other) {
        std::string toml = good;
        const std::size_t place = toml.find(text);
        REQUIRE(place != std::string::npos);
        toml.replace(place, text.size(), other);
        const auto loaded = pop3::load_personality(toml, "mine.toml");
        return loaded ? std::string{} : loaded.error().message;
    };
    CHECK(error("quit_update = ", "quit_updat = ")
              .ends_with("unknown key \"quit_updat\"; the nearest known key is \"quit_update\""));
    CHECK(error("uidl = \"+OK\"", "uidl = \"OK\"").find("begins with +OK or -ERR") !=
          std::string::npos);
    CHECK(error("{octets}", "{octet}").find("the nearest known one is {octets}") !=
          std::string::npos);
    CHECK(error("\"status_apart\"", "\"apart\"").find("must be one of: together, ") !=
          std::string::npos);
    CHECK(error("protocol = \"pop3\"", "protocol = \"smtp\"").find("not a personality for pop3") !=
          std::string::npos);
}
