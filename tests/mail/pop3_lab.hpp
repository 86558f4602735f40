// A POP3 server of the lab on a fake wire: lines go in, answers come out.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/mail/pop3/server_session.hpp"
#include "tests/mail/lab.hpp"

namespace postack::mail::test {

inline pop3::Personality pop3_personality(const std::string& name) {
    const std::string file = "assets/personalities/pop3-" + name + ".toml";
    auto loaded =
        pop3::load_personality(read_file(std::string{POSTACK_SOURCE_DIR} + "/" + file), file);
    if (!loaded) FAIL(loaded.error().message);
    return *loaded;
}

struct Pop3Lab {
    explicit Pop3Lab(const std::string& personality_name = "popa3d")
        : server(pop3_personality(personality_name)), room(options(), store) {
        connect();
    }

    static store::MailroomOptions options() {
        store::MailroomOptions options;
        options.hostname = std::string{host};
        options.accounts = {{"etudiant", "Etudiant1"}};
        return options;
    }
    /// A new connection in place of the one before, which ends as if the client had vanished.
    void connect() {
        session.reset();
        session = std::make_unique<pop3::ServerSession>(
            server, pop3::ServerFacts{std::string{host}, 1107}, room);
        session->start(now);
        closed = false;
        writes.clear();
        greeting = answers();
    }
    void deliver(std::string text) {
        store::StoredMessage message;
        message.text = std::move(text);
        message.envelope_sender = "dupont@lab.fr";
        message.unix_ns = 1'673'868'465'000'000'000;
        REQUIRE(store.append("/var/mail/etudiant", std::move(message)));
    }
    /// All answers due now, joined.
    std::string answers() {
        std::string text;
        while (auto answer = session->next(now)) {
            last_command = answer->command;
            delay = answer->extra_delay;
            for (const std::string& write : answer->writes) {
                text += write;
                writes.push_back(write);
            }
            closed = closed || answer->close;
        }
        return text;
    }
    std::string send(std::string_view bytes) {
        writes.clear();
        std::string text;
        while (!bytes.empty()) {
            const std::size_t taken = session->receive(core::as_bytes(bytes), now);
            bytes.remove_prefix(taken);
            const std::string more = answers();
            text += more;
            if (taken == 0 && more.empty()) FAIL("the session takes nothing and says nothing");
        }
        return text;
    }
    std::string type(const std::string& line) { return send(line + "\r\n"); }
    void log_in() {
        type("USER etudiant");
        REQUIRE(type("PASS Etudiant1").starts_with("+OK"));
    }

    pop3::Personality server;
    store::MemoryStore store;
    store::Mailroom room;
    std::unique_ptr<pop3::ServerSession> session;
    core::Instant now{};
    std::string greeting;
    std::string_view last_command;
    core::Duration delay{0};
    std::vector<std::string> writes;  ///< of the last send
    bool closed = false;
};

}  // namespace postack::mail::test
