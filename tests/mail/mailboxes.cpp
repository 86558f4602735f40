// Dates, mbox files, the store and the mailroom.
#include <chrono>

#include "sim/mail/store/mbox.hpp"
#include "tests/mail/lab.hpp"

using namespace postack;
using namespace postack::mail;
using namespace postack::mail::test;
using namespace std::chrono_literals;

namespace {

store::StoredMessage message_of(std::string text, std::string sender = "dupont@lab.fr") {
    store::StoredMessage message;
    message.text = std::move(text);
    message.envelope_sender = std::move(sender);
    message.unix_ns = 1'673'868'465'000'000'000;  // 2023-01-16 11:27:45 UTC
    message.utc_offset_minutes = cet;
    return message;
}

}  // namespace

TEST_CASE("dates as Postfix and mbox write them") {
    const std::int64_t t = 1'673'868'465'999'999'999;
    CHECK(message::mail_date(t, 60, "CET") == "Mon, 16 Jan 2023 12:27:45 +0100 (CET)");
    CHECK(message::mail_date(t, -570, "") == "Mon, 16 Jan 2023 01:57:45 -0930");
    CHECK(message::ctime_date(t, 60) == "Mon Jan 16 12:27:45 2023");
    CHECK(message::ctime_date(0, 0) == "Thu Jan  1 00:00:00 1970");
    CHECK(message::mail_date(0, 0, "UTC") == "Thu,  1 Jan 1970 00:00:00 +0000 (UTC)");
    CHECK(message::ctime_date(-1, 0) == "Wed Dec 31 23:59:59 1969");
    CHECK(message::ctime_date(1'709'164'800'000'000'000, 0) == "Thu Feb 29 00:00:00 2024");
    for (const std::int64_t seconds : {0L, 951'782'400L, 1'673'868'465L, 4'102'444'799L}) {
        const auto parsed =
            message::parse_ctime_date(message::ctime_date(seconds * 1'000'000'000, 60));
        REQUIRE(parsed);
        CHECK(message::unix_seconds(*parsed, 60) == seconds);
    }
    CHECK_FALSE(message::parse_ctime_date("Mon Jan 16 12:27:45 202"));
    CHECK_FALSE(message::parse_ctime_date("Mon Jan 32 12:27:45 2023"));
    CHECK_FALSE(message::parse_ctime_date("Mon Jan 16 12:27:45 2423"));
    CHECK_FALSE(message::parse_ctime_date("Lun Jan 16 12:27:45 2023"));
}

TEST_CASE("mbox: two spaces, LF, quoted From lines, an empty line behind") {
    CHECK(store::print_mbox(message_of("A: 1\r\n\r\nFrom here\r\n>From there\r\nFromage\r\n")) ==
          "From dupont@lab.fr  Mon Jan 16 12:27:45 2023\n"
          "A: 1\n\n>From here\n>From there\nFromage\n\n");
}

TEST_CASE("mbox: a file is parsed to messages that print the same file") {
    std::string file;
    for (const std::string_view text : {"A: 1\r\n\r\nFrom me\r\n", "", "\r\n", "\r\n\r\nx\r\n\r\n",
                                        "no header\r\nFrom \r\n", "bare\rreturn\r\n"}) {
        file += store::print_mbox(message_of(std::string{text}, text.empty() ? "" : "a b@c"));
    }
    const auto messages = store::parse_mbox(file, cet);
    REQUIRE(messages);
    REQUIRE(messages->size() == 6);
    CHECK((*messages)[0].text == "A: 1\r\n\r\n>From me\r\n");
    CHECK((*messages)[0].envelope_sender == "a b@c");
    CHECK((*messages)[1].envelope_sender.empty());
    CHECK((*messages)[1].text.empty());
    CHECK((*messages)[5].unix_ns == 1'673'868'465'000'000'000);
    std::string again;
    for (const store::StoredMessage& message : *messages)
        again += store::print_mbox(message);
    CHECK(again == file);
    CHECK(store::parse_mbox("", cet)->empty());
    CHECK_FALSE(store::parse_mbox("Subject: not an mbox\n", cet));
}

TEST_CASE("the store: append, flags, expunge; sizes stay true") {
    store::MemoryStore mailboxes;
    const std::string box = "/var/mail/etudiant";
    CHECK_FALSE(mailboxes.exists(box));
    CHECK(mailboxes.messages(box).empty());
    std::uint64_t size = 0;
    for (int i = 1; i <= 3; ++i) {
        const auto appended = mailboxes.append(box, message_of("n: " + std::to_string(i) + "\r\n"));
        REQUIRE(appended);
        CHECK(appended->uid == static_cast<store::Uid>(i));
        size += appended->bytes.size();
        CHECK(appended->size_after == size);
    }
    CHECK(mailboxes.summary(box).uid_validity == 1'673'868'465);
    store::Flags seen;
    seen.seen = true;
    CHECK(mailboxes.set_flags(box, 2, seen).ok());
    CHECK(mailboxes.messages(box)[1].flags.seen);
    CHECK_FALSE(mailboxes.set_flags(box, 9, seen).ok());
    const std::vector<store::Uid> gone{2, 7};
    CHECK(mailboxes.expunge(box, gone) == 1);
    CHECK(mailboxes.messages(box).size() == 2);
    CHECK(mailboxes.summary(box).file_size == mailboxes.contents(box).size());
    CHECK(mailboxes.summary(box).octets == 12);
    CHECK(mailboxes.append(box, message_of("x: y\r\n"))->uid == 4);
    CHECK_FALSE(mailboxes.append(
        "/var/mail/plein", message_of(std::string(store::MemoryStore::max_mailbox_size, 'x'))));
    CHECK(mailboxes.mailboxes() == std::vector<std::string>{box});
}

TEST_CASE("the store: modseq rises with each change, and tells what went") {
    store::MemoryStore mailboxes;
    const std::string box = "/var/mail/etudiant";
    for (int i = 0; i < 5; ++i)
        REQUIRE(mailboxes.append(box, message_of("x: y\r\n")));
    const store::ModSeq before = mailboxes.summary(box).highest_modseq;
    CHECK(mailboxes.messages(box)[4].modseq == before);
    const std::uint64_t changes = mailboxes.changes();
    store::Flags flags;
    CHECK(mailboxes.set_flags(box, 3, flags).ok());  // No change.
    CHECK(mailboxes.summary(box).highest_modseq == before);
    CHECK(mailboxes.changes() == changes);
    flags.keywords = {"$Forwarded"};
    CHECK(mailboxes.set_flags(box, 3, flags).ok());
    CHECK(mailboxes.messages(box)[2].modseq == before + 1);
    CHECK(mailboxes.expunge(box, std::vector<store::Uid>{4, 1, 2, 1}) == 3);
    CHECK(mailboxes.summary(box).highest_modseq == before + 4);
    CHECK(mailboxes.changes() == changes + 2);
    using Ranges = std::vector<store::UidRange>;
    CHECK(mailboxes.vanished(box, before) == Ranges{{1, 2}, {4, 4}});
    CHECK(mailboxes.vanished(box, before + 3) == Ranges{{4, 4}});
    CHECK(mailboxes.vanished(box, before + 4).empty());
}

TEST_CASE("the store: expunges that were forgotten are told too often, not too seldom") {
    store::MemoryLimits limits;
    limits.remembered_expunges = 4;
    store::MemoryStore mailboxes{limits};
    for (int i = 0; i < 8; ++i)
        REQUIRE(mailboxes.append("box", message_of("x: y\r\n")));
    const store::ModSeq before = mailboxes.summary("box").highest_modseq;
    for (const store::Uid uid : {1U, 3U, 4U, 5U, 8U})
        CHECK(mailboxes.expunge("box", std::vector<store::Uid>{uid}) == 1);
    using Ranges = std::vector<store::UidRange>;
    CHECK(mailboxes.vanished("box", before + 4) == Ranges{{8, 8}});
    CHECK(mailboxes.vanished("box", before + 1) == Ranges{{1, 1}, {3, 5}, {8, 8}});
}

TEST_CASE("the store: a text outlives its message; copies share flags, not uids") {
    store::MemoryStore mailboxes;
    auto message = message_of("x: y\r\n");
    message.flags.seen = true;
    REQUIRE(mailboxes.append("a", message));
    const auto text = mailboxes.text("a", 1);
    REQUIRE(text);
    REQUIRE(mailboxes.create("b", 42'000'000'000).ok());
    REQUIRE(mailboxes.append("b", message_of("")));
    const auto copied = mailboxes.copy("a", 1, "b", 7);
    REQUIRE(copied);
    CHECK(*copied == 2);
    CHECK(mailboxes.messages("b")[1].flags.seen);
    CHECK(mailboxes.messages("b")[1].saved_unix_ns == 7);
    CHECK(mailboxes.messages("b")[1].unix_ns == message.unix_ns);
    CHECK_FALSE(mailboxes.copy("a", 2, "b", 7));
    CHECK_FALSE(mailboxes.copy("a", 1, "c", 7));
    CHECK(mailboxes.expunge("a", std::vector<store::Uid>{1}) == 1);
    CHECK_FALSE(mailboxes.text("a", 1));
    CHECK(**text == "x: y\r\n");
    CHECK(**mailboxes.text("b", 2) == "x: y\r\n");
    CHECK(mailboxes.summary("b").file_size == mailboxes.contents("b").size());
}

TEST_CASE("the store: \\Recent is told once") {
    store::MemoryStore mailboxes;
    REQUIRE(mailboxes.append("a", message_of("")));
    CHECK(mailboxes.summary("a").first_recent == 1);
    CHECK(mailboxes.take_recent("a") == 1);
    REQUIRE(mailboxes.append("a", message_of("")));
    CHECK(mailboxes.take_recent("a") == 2);
    CHECK(mailboxes.take_recent("a") == 3);
}

TEST_CASE("the store: folders; a name used again has a greater validity") {
    store::MemoryStore mailboxes;
    constexpr std::int64_t second = 1'000'000'000;
    REQUIRE(mailboxes.create("m/a", 100 * second).ok());
    REQUIRE(mailboxes.create("m/b", 100 * second).ok());
    REQUIRE(mailboxes.create("n", 100 * second).ok());
    CHECK_FALSE(mailboxes.create("m/a", 101 * second).ok());
    CHECK_FALSE(mailboxes.create("", 101 * second).ok());
    CHECK(mailboxes.mailboxes("m/") == std::vector<std::string>{"m/a", "m/b"});
    CHECK(mailboxes.summary("m/a").uid_validity == 100);
    REQUIRE(mailboxes.remove("m/a").ok());
    CHECK_FALSE(mailboxes.remove("m/a").ok());
    REQUIRE(mailboxes.create("m/a", 100 * second).ok());
    CHECK(mailboxes.summary("m/a").uid_validity == 101);
    // To a name that had validity 101: m/b comes with 100.
    REQUIRE(mailboxes.remove("m/a").ok());
    REQUIRE(mailboxes.rename("m/b", "m/a").ok());
    CHECK(mailboxes.summary("m/a").uid_validity == 102);
    CHECK_FALSE(mailboxes.rename("m/b", "m/c").ok());
    CHECK_FALSE(mailboxes.rename("m/a", "n").ok());
    REQUIRE(mailboxes.subscribe("m/z", true).ok());
    REQUIRE(mailboxes.subscribe("m/a", true).ok());
    REQUIRE(mailboxes.remove("m/a").ok());
    CHECK(mailboxes.subscribed("m/") == std::vector<std::string>{"m/a", "m/z"});
    REQUIRE(mailboxes.subscribe("m/z", false).ok());
    CHECK(mailboxes.subscribed() == std::vector<std::string>{"m/a"});
}

TEST_CASE("the maildrop lock is exclusive and ends with its holder") {
    store::MemoryStore mailboxes;
    {
        const store::MaildropLock first{mailboxes, "a"};
        CHECK(first.held());
        CHECK_FALSE(store::MaildropLock{mailboxes, "a"}.held());
        CHECK(store::MaildropLock{mailboxes, "b"}.held());
        CHECK(mailboxes.append("a", message_of("")));  // Deliveries go on.
    }
    store::MaildropLock again{mailboxes, "a"};
    CHECK(again.held());
    store::MaildropLock moved = std::move(again);
    CHECK(moved.held());
    moved.release();
    CHECK(store::MaildropLock{mailboxes, "a"}.held());
}

TEST_CASE("the mailroom: who is known, what is relayed, who may log in") {
    Lab lab;
    using store::Verdict;
    CHECK(lab.room.check_recipient("etudiant@debian-11-GNS3.lan") == Verdict::local);
    CHECK(lab.room.check_recipient("ETUDIANT@DEBIAN-11-gns3.LAN") == Verdict::local);
    CHECK(lab.room.check_recipient("etudiant") == Verdict::local);
    CHECK(lab.room.check_recipient("etudiant@localhost") == Verdict::local);
    CHECK(lab.room.check_recipient("postmaster") == Verdict::local);
    CHECK(lab.room.check_recipient("inconnu@localhost") == Verdict::unknown_user);
    CHECK(lab.room.check_recipient("etudiant@example.org") == Verdict::relay_denied);
    CHECK(lab.room.login("etudiant", "Etudiant1"));
    CHECK_FALSE(lab.room.login("etudiant", "etudiant1"));
    CHECK_FALSE(lab.room.login("", ""));
}

TEST_CASE("queue ids: five digits of microseconds and the inode; inodes are used again") {
    CHECK(store::queue_id("{microseconds}{inode}", 1'673'868'417'693'928'999, 0x40F67) ==
          "A96A840F67");
    CHECK(store::queue_id("{microseconds}{inode}", 42'000, 0x10) == "0002A10");
    CHECK(store::queue_id("{seconds}-x", 255'000'000'000, 1) == "FF-x");
    Lab lab;
    const auto a = lab.room.open_slot("{inode}", lab.now),
               b = lab.room.open_slot("{inode}", lab.now);
    CHECK(a.queue_id == "14802B");
    CHECK(b.queue_id == "14802C");
    lab.room.release(a);
    CHECK(lab.room.open_slot("{inode}", lab.now).queue_id == "14802B");
    CHECK(lab.room.open_slot("{inode}", lab.now).queue_id == "14802D");
}

TEST_CASE("delivery is later than acceptance, in order, and completes addresses") {
    Lab lab;
    CHECK(lab.room.next_delivery() == core::never);
    lab.begin_data();
    lab.type("un\r\n.");
    lab.type("MAIL FROM:<dupont>");
    lab.type("RCPT TO:<etudiant>");
    lab.type("DATA");
    lab.now = at(1s);
    lab.type("deux\r\n.");
    CHECK(lab.room.next_delivery() == at(10ms));
    CHECK(lab.room.deliver(at(9ms)).empty());
    CHECK(lab.room.deliver(at(10ms)).size() == 1);
    CHECK(lab.room.next_delivery() == at(1010ms));
    const auto second = lab.room.deliver(at(2s));
    REQUIRE(second.size() == 1);
    CHECK(second[0].bytes.starts_with("From dupont@debian-11-GNS3.lan  "));
    CHECK(second[0].bytes.find("X-Original-To: etudiant@debian-11-GNS3.lan\n") !=
          std::string::npos);
    CHECK(second[0].size_after == lab.store.contents("/var/mail/etudiant").size());
}

TEST_CASE(
    "at once: one full mailbox of two is reported; if none takes it, the client keeps the mail") {
    store::MemoryLimits limits;
    limits.mailbox_size = 3000;
    store::MemoryStore mailboxes(limits);
    store::MailroomOptions options;
    options.hostname = "lab.fr";
    options.accounts = {{"alice", "a"}, {"bob", "b"}, {"carole", "c"}};
    options.delivery = store::Delivery::at_once;
    store::Mailroom room(options, mailboxes);
    REQUIRE(mailboxes.append("/var/mail/bob", message_of("x: y\r\n\r\n" + std::string(2500, 'x'))));
    const auto send = [&](const std::string& sender, std::vector<store::Recipient> recipients) {
        store::QueuedMail mail;
        mail.slot = room.open_slot("{inode}", core::epoch);
        mail.sender = sender;
        mail.recipients = std::move(recipients);
        mail.text = "Subject: s\r\n\r\n" + std::string(500, 't') + "\r\n";
        return room.accept(mail, core::epoch);
    };
    const auto count = [&](const std::string& box) { return mailboxes.messages(box).size(); };
    CHECK(send("carole@lab.fr", {{"alice@lab.fr"}, {"bob@lab.fr"}}).ok());
    CHECK(count("/var/mail/alice") == 1);
    CHECK(count("/var/mail/bob") == 1);
    REQUIRE(count("/var/mail/carole") == 1);
    const std::string report = mailboxes.contents("/var/mail/carole");
    CHECK(report.find("Final-Recipient: rfc822; bob@lab.fr") != std::string::npos);
    CHECK(report.find("alice@lab.fr") == std::string::npos);
    // There is no way to a sender elsewhere: the postmaster, who is alice, is told.
    CHECK(send("x@ailleurs.fr", {{"bob@lab.fr"}, {"carole@lab.fr"}}).ok());
    CHECK(count("/var/mail/carole") == 2);
    CHECK(count("/var/mail/alice") == 2);
    CHECK_FALSE(send("carole@lab.fr", {{"bob@lab.fr"}}).ok());
    CHECK(count("/var/mail/carole") == 2);
}
