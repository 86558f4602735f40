// AUTH (RFC 4954) and who may send what: the mechanisms against the RFCs' own examples, the server
// in the words of a real one (measured: captures smtp-auth-plain*), and no open relay.
#include <chrono>

#include "sim/mail/sasl/base64.hpp"
#include "sim/mail/sasl/digest.hpp"
#include "sim/mail/sasl/md5.hpp"
#include "sim/mail/sasl/mechanism.hpp"
#include "tests/mail/lab.hpp"

using namespace postack;
using namespace postack::mail;
using namespace postack::mail::test;
using namespace std::string_literals;
using sasl::Status;

namespace {

std::optional<std::string> find_password(std::string_view name) {
    if (name == "etudiant") return "Etudiant1";
    if (name == "a,b=c") return "x";
    return std::nullopt;
}

const std::string right = "AUTH PLAIN AGV0dWRpYW50AEV0dWRpYW50MQ==";
const std::string wrong = "AUTH PLAIN AGV0dWRpYW50AG1hdXZhaXM=";

// A server of the lab that announces every mechanism.
struct AuthLab : Lab {
    explicit AuthLab(const std::string& name = "rfc") : Lab(name) {
        replies();
        type("EHLO poste-etudiant");
    }
    std::string name() const { return session.view().account; }
};

}  // namespace

TEST_CASE("both sides of every mechanism agree, and a wrong password is refused") {
    for (const std::string_view mechanism : sasl::mechanisms()) {
        for (const std::string& password : {"Etudiant1"s, "mauvais"s}) {
            INFO(mechanism << " " << password);
            auto server = sasl::make_server_exchange(mechanism, find_password, "<1.2@lab>");
            auto client = sasl::make_client_exchange(mechanism, {"etudiant", password}, "<3.4@c>");
            const auto first = client->initial();
            sasl::Step step = first ? server->next(*first) : server->next(std::nullopt);
            for (int turn = 0; turn < 5 && step.status == Status::challenge; ++turn) {
                const auto answer = client->answer(step.data);
                REQUIRE(answer);
                step = server->next(*answer);
            }
            const bool known = password == "Etudiant1";
            CHECK(step.status == (known ? Status::accepted : Status::refused));
            CHECK(client->complete() == (known || mechanism != "SCRAM-SHA-256"));
            if (known) CHECK(step.data == "etudiant");
        }
    }
    CHECK(sasl::make_server_exchange("GSSAPI", find_password, "") == nullptr);
    CHECK(sasl::make_client_exchange("scram-sha-256", {}, "") != nullptr);
    const std::vector<std::string> offered{"LOGIN", "cram-md5", "NTLM"};
    CHECK(sasl::strongest(offered) == "CRAM-MD5");
}

TEST_CASE("the examples of the RFCs") {
    // RFC 2195, section 2.
    CHECK(sasl::hex(
              sasl::hmac_md5("tanstaaftanstaaf", "<1896.697170952@postoffice.reston.mci.net>")) ==
          "b913a602c7eda7a495b4e6e7334d3890");
    // RFC 7677, section 3: the same secrets give the proof and the signature printed there.
    const std::string salt = *sasl::from_base64("W22ZaJ0SNY7soEsUEjb6gQ==");
    const std::string all =
        "n=user,r=rOprNGfwEbeRWgbNEkqO,"
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    const std::string salted = sasl::salted_password("pencil", salt, 4096);
    std::string proof = sasl::hmac_sha256(salted, "Client Key");
    const std::string signature = sasl::hmac_sha256(sasl::sha256(proof), all);
    for (std::size_t i = 0; i < proof.size(); ++i)
        proof[i] = static_cast<char>(proof[i] ^ signature[i]);
    CHECK(sasl::to_base64(proof) == "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
    CHECK(sasl::to_base64(sasl::hmac_sha256(sasl::hmac_sha256(salted, "Server Key"), all)) ==
          "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
}

TEST_CASE("messages that are none of their mechanism") {
    const auto after = [](std::string_view mechanism, const std::vector<std::string>& messages) {
        auto server = sasl::make_server_exchange(mechanism, find_password, "<1.2@lab>");
        sasl::Step step = server->next(std::nullopt);
        for (const std::string& message : messages) {
            if (step.status == Status::challenge) step = server->next(message);
        }
        return step.status;
    };
    CHECK(after("PLAIN", {"etudiant"}) == Status::malformed);
    CHECK(after("PLAIN", {"root\0etudiant\0Etudiant1"s}) == Status::refused);
    CHECK(after("PLAIN", {"etudiant\0etudiant\0Etudiant1"s}) == Status::accepted);
    CHECK(after("CRAM-MD5", {"etudiant"}) == Status::malformed);
    CHECK(after("SCRAM-SHA-256", {"p=tls-unique,,n=etudiant,r=abc"}) == Status::malformed);
    CHECK(after("SCRAM-SHA-256", {"n,,m=x,n=etudiant,r=abc"}) == Status::malformed);
    CHECK(after("SCRAM-SHA-256", {"n,,n=etudi=ant,r=abc"}) == Status::malformed);
    CHECK(after("SCRAM-SHA-256", {"n,a=root,n=etudiant,r=abc"}) == Status::refused);
    CHECK(after("SCRAM-SHA-256", {"n,,n=etudiant,r=abc", "c=biws,r=abc,p=AAAA"}) ==
          Status::refused);
    CHECK(after("SCRAM-SHA-256", {"n,,n=etudiant,r=abc", "c=biws"}) == Status::malformed);
    // A name with a comma and an equals sign goes through.
    auto client = sasl::make_client_exchange("SCRAM-SHA-256", {"a,b=c", "x"}, "s");
    CHECK(client->initial()->find("n=a=2Cb=3Dc,") != std::string::npos);
    CHECK(after("SCRAM-SHA-256", {*client->initial()}) == Status::challenge);
}

TEST_CASE("smtp-auth-plain-telnet: a wrong password, then the right one, in Postfix's words") {
    Lab lab;
    lab.replies();
    CHECK(lab.type("AUTH PLAIN").starts_with("503 5.5.1 Error: send HELO/EHLO first"));
    lab.type("EHLO poste-etudiant");
    CHECK(lab.type(wrong) == "535 5.7.8 Error: authentication failed: (reason unavailable)\r\n");
    CHECK(lab.commands.back() == "AUTH-failed");
    CHECK(lab.type(right) == "235 2.7.0 Authentication successful\r\n");
    CHECK(lab.commands.back() == "AUTH");
    CHECK(lab.session.view().account == "etudiant");
    CHECK(lab.type(right) == "503 5.5.1 Error: already authenticated\r\n");
    lab.type("MAIL FROM:<etudiant@debian-11-GNS3.lan>");
    lab.type("RCPT TO:<etudiant@debian-11-GNS3.lan>");
    lab.type("DATA");
    CHECK(lab.type("Subject: avec mot de passe\r\n\r\nBonjour\r\n.").starts_with("250 2.0.0 Ok"));
    CHECK(lab.mailbox().find("(Postfix) with ESMTPA id ") != std::string::npos);
}

TEST_CASE("each mechanism over SMTP, the server's words in base64 behind 334") {
    for (const std::string_view mechanism : sasl::mechanisms()) {
        INFO(mechanism);
        AuthLab lab;
        auto client = sasl::make_client_exchange(mechanism, {"etudiant", "Etudiant1"}, "n");
        const auto initial = client->initial();
        std::string reply = lab.type("AUTH " + std::string{mechanism} +
                                     (initial ? " " + sasl::to_base64(*initial) : ""));
        while (reply.starts_with("334 ")) {
            const auto challenge = sasl::from_base64(reply.substr(4, reply.size() - 6));
            REQUIRE(challenge);
            const auto answer = client->answer(*challenge);
            REQUIRE(answer);
            reply = lab.type(sasl::to_base64(*answer));
        }
        CHECK(reply == "235 2.7.0 Authentication successful\r\n");
        CHECK(lab.name() == "etudiant");
    }
}

TEST_CASE("an exchange can be cancelled, and no mistake ends the session") {
    AuthLab lab;
    CHECK(lab.type("AUTH PLAIN") == "334 \r\n");
    CHECK(lab.type("*").starts_with("501 5.7.0 "));
    CHECK(lab.type("AUTH LOGIN") == "334 VXNlcm5hbWU6\r\n");
    CHECK(lab.type("ZXR1ZGlhbnQ=") == "334 UGFzc3dvcmQ6\r\n");
    CHECK(lab.type("bm9u").starts_with("535 5.7.8 "));
    CHECK(lab.type("AUTH LOGIN ZXR1ZGlhbnQ=") == "334 UGFzc3dvcmQ6\r\n");
    CHECK(lab.type("not base64").starts_with("501 5.5.2 "));
    CHECK(lab.type("AUTH PLAIN =").starts_with("501 5.5.2 "));  // an initial response of no bytes
    CHECK(lab.type("AUTH CRAM-MD5 ZXR1ZGlhbnQ=").starts_with("501 5.5.2 "));
    CHECK(lab.type("AUTH GSSAPI").starts_with("504 5.5.4 "));
    CHECK(lab.type("AUTH").starts_with("501 5.5.4 "));
    CHECK(lab.type("AUTH PLAIN a b").starts_with("501 5.5.4 "));
    lab.type("AUTH PLAIN");
    CHECK(lab.type(std::string(13000, 'A')).starts_with("500 5.5.6 "));
    lab.type("MAIL FROM:<a@b.fr>");
    CHECK(lab.type(right).starts_with("503 5.5.1 "));
    lab.type("RSET");
    CHECK(lab.name().empty());
    CHECK(lab.type(right).starts_with("235 "));
    CHECK(lab.type("MAIL FROM:<a@b.fr> AUTH=<>").starts_with("250 "));
    CHECK_FALSE(lab.closed);
}

TEST_CASE("two challenges of CRAM-MD5 differ, so that an answer cannot be played again") {
    AuthLab lab;
    const std::string first = lab.type("AUTH CRAM-MD5");
    lab.type("*");
    CHECK(lab.type("AUTH CRAM-MD5") != first);
}

TEST_CASE("no mechanism announced, no AUTH") {
    Lab lab("rfc");
    smtp::ServerFacts facts;
    facts.ehlo_keywords = std::vector<std::string>{"SIZE 1000"};
    smtp::ServerSession session(lab.server, facts, lab.room);
    session.start(lab.now);
    const auto say = [&](const std::string& line) {
        session.receive(core::as_bytes(line + "\r\n"), lab.now);
        std::string text;
        while (auto answer = session.next(lab.now)) {
            for (const std::string& write : answer->writes)
                text += write;
        }
        return text;
    };
    say("EHLO x");
    CHECK(say("AUTH PLAIN").starts_with("502 "));
    CHECK(say("MAIL FROM:<a@b.fr> AUTH=<>").starts_with("555 "));
    CHECK(say("MAIL FROM:<a@b.fr> RET=HDRS").starts_with("555 "));
    CHECK(say("MAIL FROM:<a@b.fr> SIZE=10").starts_with("250 "));
    CHECK(say("BDAT 0 LAST").starts_with("500 "));
}

TEST_CASE("no open relay: mail for others is taken from who logged in, and from trusted clients") {
    const auto answer_to_rcpt = [](smtp::AccessRules access, bool log_in) {
        Lab lab;
        smtp::ServerFacts facts;
        facts.hostname = host;
        facts.access = access;
        smtp::ServerSession session(lab.server, facts, lab.room);
        session.start(lab.now);
        std::string last;
        std::vector<std::string> lines{"EHLO x", "MAIL FROM:<a@lab.fr>", "RCPT TO:<b@example.org>"};
        if (log_in) lines.insert(lines.begin() + 1, right);
        for (const std::string& line : lines) {
            session.receive(core::as_bytes(line + "\r\n"), lab.now);
            while (auto answer = session.next(lab.now)) {
                for (const std::string& write : answer->writes)
                    last = write;
            }
        }
        return last;
    };
    using smtp::RelayFor;
    const std::string denied = "454 4.7.1 <b@example.org>: Relay access denied\r\n";
    CHECK(answer_to_rcpt({}, false) == denied);
    CHECK(answer_to_rcpt({}, true) == "250 2.1.5 Ok\r\n");
    CHECK(answer_to_rcpt({RelayFor::nobody, true, false}, true) == denied);
    CHECK(answer_to_rcpt({RelayFor::authenticated, true, false}, false) == "250 2.1.5 Ok\r\n");
    CHECK(answer_to_rcpt({RelayFor::everybody, false, false}, false) == "250 2.1.5 Ok\r\n");
    CHECK(answer_to_rcpt({RelayFor::everybody, false, true}, false) ==
          "554 5.7.1 <b@example.org>: Recipient address rejected: Access denied\r\n");
    CHECK(answer_to_rcpt({RelayFor::authenticated, false, true}, true) == "250 2.1.5 Ok\r\n");
}
