// A server of the lab on a fake wire: lines go in, replies come out, and times pass as told.
#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "sim/mail/message/date.hpp"
#include "sim/mail/smtp/server_session.hpp"
#include "sim/mail/store/memory_store.hpp"

namespace postack::mail::test {

inline constexpr std::string_view host = "debian-11-GNS3.lan";
inline constexpr std::int32_t cet = 60;
/// The line of the lab's mail: 94 bytes, 96 with its CRLF.
inline const std::string body_line =
    "Bonjour \xC3\xA0 tous : ce mail voyage en clair, chaque octet a un num\xC3\xA9ro de "
    "s\xC3\xA9quence, comptez-les";

inline std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

inline smtp::Personality personality(const std::string& name) {
    const std::string file = "assets/personalities/" + name + ".toml";
    auto loaded =
        smtp::load_personality(read_file(std::string{POSTACK_SOURCE_DIR} + "/" + file), file);
    if (!loaded) FAIL(loaded.error().message);
    return *loaded;
}

inline core::Instant at(core::Duration since_start) {
    return core::epoch + since_start;
}

/// The wall time, in French winter, of virtual zero.
inline message::Clock clock_at(const message::CivilTime& local, std::int64_t nanoseconds = 0) {
    return {message::unix_seconds(local, cet) * 1'000'000'000 + nanoseconds, cet, "CET"};
}

struct Lab {
    explicit Lab(const std::string& personality_name = "postfix", message::Clock clock = {},
                 std::uint64_t first_inode = 0x14802B)
        : server(personality(personality_name)),
          room({std::string{host},
                {"localhost"},
                {{"etudiant", "Etudiant1"}},
                "/var/mail/",
                std::move(clock),
                first_inode,
                std::chrono::milliseconds(10)},
               store),
          session(server, {std::string{host}, "192.168.56.131", "unknown", {}}, room) {
        session.start(now);
    }

    /// All answers due now, joined.
    std::string replies() {
        std::string text;
        while (auto answer = session.next(now)) {
            commands.push_back(answer->command);
            delays.push_back(answer->extra_delay);
            for (const std::string& write : answer->writes) {
                text += write;
                writes.push_back(write);
            }
            if (answer->close) closed = true;
        }
        return text;
    }
    /// Bytes as they are.
    std::string send(std::string_view bytes) {
        std::string text;
        while (!bytes.empty()) {
            const std::size_t taken = session.receive(core::as_bytes(bytes), now);
            bytes.remove_prefix(taken);
            const std::string more = replies();
            text += more;
            if (taken == 0 && more.empty()) FAIL("the session takes nothing and says nothing");
        }
        return text;
    }
    /// A line typed at a telnet.
    std::string type(const std::string& line) { return send(line + "\r\n"); }
    std::string mailbox() {
        while (room.next_delivery() != core::never)
            room.deliver(room.next_delivery());
        return store.contents("/var/mail/etudiant");
    }
    /// The messages of the mailbox, as POP3 and IMAP hand them out.
    std::vector<std::string> texts() {
        std::vector<std::string> all;
        for (const store::Message& message : store.messages("/var/mail/etudiant"))
            all.push_back(**store.text("/var/mail/etudiant", message.uid));
        return all;
    }
    /// Through the greeting to 354.
    void begin_data() {
        replies();
        type("HELO Bonjour je suis un etudiant");
        type("MAIL FROM:<dupont@lab.fr>");
        type("RCPT TO:<etudiant@debian-11-GNS3.lan>");
        REQUIRE(type("DATA").starts_with("354 "));
    }

    smtp::Personality server;
    store::MemoryStore store;
    store::Mailroom room;
    smtp::ServerSession session;
    core::Instant now{};
    std::vector<std::string_view> commands;
    std::vector<core::Duration> delays;
    std::vector<std::string> writes;
    bool closed = false;
};

}  // namespace postack::mail::test
