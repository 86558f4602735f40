// An IMAP server of the lab on a fake wire: lines go in, answers come out.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "sim/mail/imap/server_session.hpp"
#include "tests/mail/lab.hpp"

namespace postack::mail::test {

inline imap::Personality imap_personality(const std::string& name) {
    const std::string file = "assets/personalities/" + name + ".toml";
    auto loaded =
        imap::load_personality(read_file(std::string{POSTACK_SOURCE_DIR} + "/" + file), file);
    if (!loaded) FAIL(loaded.error().message);
    return *loaded;
}

/// The mail of the capture imap-dovecot: 420 bytes.
inline std::string lab_mail(const std::string& queue_id, const std::string& date) {
    return "Return-Path: <dupont@lab.fr>\r\nX-Original-To: etudiant@debian-11-GNS3.lan\r\n"
           "Delivered-To: etudiant@debian-11-GNS3.lan\r\n"
           "Received: from Bonjour?je?suis?un?etudiant (unknown [192.168.56.131])\r\n"
           "\tby debian-11-GNS3.lan (Postfix) with SMTP id " +
           queue_id + "\r\n\tfor <etudiant@debian-11-GNS3.lan>; " + date + "\r\n\r\n" + body_line +
           "\r\n";
}

/// A store with the lab's account, and sessions on it.
struct ImapLab {
    explicit ImapLab(const std::string& personality_name = "imap-rfc", imap::ServerFacts with = {})
        : personality(imap_personality(personality_name)), facts(std::move(with)) {
        store::MailroomOptions options;
        options.hostname = host;
        options.accounts = {{"etudiant", "Etudiant1"}, {"autre", "Autre1"}};
        options.clock = clock_at({2026, 11, 20, 5, 23, 14, 0});
        facts.hostname = host;
        room = std::make_unique<store::Mailroom>(options, store);
    }

    /// A mailbox made at that unix time, with these messages.
    void fill(const std::string& path, std::int64_t created,
              const std::vector<std::string>& texts) {
        REQUIRE(store.create(path, created * 1'000'000'000));
        for (const std::string& text : texts)
            put(path, text);
    }
    store::Uid put(const std::string& path, const std::string& text) {
        store::StoredMessage message;
        message.text = text;
        message.unix_ns = 1'795'212'345'000'000'000;
        message.utc_offset_minutes = cet;
        const auto appended = store.append(path, std::move(message));
        REQUIRE(appended);
        return appended->uid;
    }
    static std::string inbox() { return "/var/mail/etudiant"; }

    imap::Personality personality;
    imap::ServerFacts facts;
    store::MemoryStore store;
    std::unique_ptr<store::Mailroom> room;
};

/// One client's connection.
struct ImapTalk {
    explicit ImapTalk(ImapLab& lab) : session(lab.personality, lab.facts, *lab.room) {
        session.start(now);
    }

    /// All answers due now, joined.
    std::string replies() {
        std::string text;
        while (auto answer = session.next(now)) {
            commands.emplace_back(answer->command);
            delays.push_back(answer->extra_delay);
            for (const std::string& write : answer->writes) {
                text += write;
                writes.push_back(write);
            }
            if (answer->close) closed = true;
        }
        return text;
    }
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
    std::string type(const std::string& line) { return send(line + "\r\n"); }
    /// Logs in and selects INBOX.
    void enter(const std::string& select = "SELECT INBOX") {
        replies();
        REQUIRE(type("l LOGIN etudiant Etudiant1").find("l OK ") != std::string::npos);
        if (!select.empty()) REQUIRE(type("s " + select).find("s OK ") != std::string::npos);
    }

    imap::ServerSession session;
    core::Instant now{};
    std::vector<std::string> commands;
    std::vector<core::Duration> delays;
    std::vector<std::string> writes;
    bool closed = false;
};

}  // namespace postack::mail::test
