// Mailbox files on disk: what other programs find there, what a second run finds, what a crash
// leaves, and who waits for whose lock.
#include "sim/mail/store/mbox_store.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

using namespace postack;
using namespace postack::mail;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t noon = 1'673'868'465 * second;  // 2023-01-16 11:27:45 UTC

struct Files {
    fs::path root;
    store::MboxStore mailboxes;

    Files() : Files(fresh()) {}
    explicit Files(fs::path where) : root(std::move(where)), mailboxes(root.string(), noon) {
        REQUIRE(mailboxes.open());
    }
    ~Files() {
        std::error_code ignored;
        fs::remove_all(root, ignored);
    }
    static fs::path fresh() {
        std::string name = (fs::temp_directory_path() / "postack-mbox-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        return name;
    }
    /// The disk as it is at this moment, as after a crash.
    [[nodiscard]] fs::path copied() const {
        const fs::path copy = fresh();
        fs::copy(root, copy, fs::copy_options::recursive);
        return copy;
    }
    [[nodiscard]] std::string read(const std::string& name) const {
        std::ifstream in{root / name, std::ios::binary};
        std::stringstream all;
        all << in.rdbuf();
        return all.str();
    }
    void write(const std::string& name, std::string_view text) const {
        fs::create_directories((root / name).parent_path());
        std::ofstream{root / name, std::ios::binary} << text;
    }
    void add(const std::string& name, std::string_view text) const {
        std::ofstream{root / name, std::ios::binary | std::ios::app} << text;
    }
    [[nodiscard]] std::vector<store::Uid> uids(std::string_view name = "anne") const {
        std::vector<store::Uid> all;
        for (const store::Message& message : mailboxes.messages(name))
            all.push_back(message.uid);
        return all;
    }
    /// Flags wait up to a second for others: twice, as a server calls it.
    void settle() {
        mailboxes.refresh(noon + 3600 * second);
        mailboxes.refresh(noon + 3602 * second);
    }
};

store::StoredMessage message_of(std::string text, store::Flags flags = {}) {
    store::StoredMessage message;
    message.text = std::move(text);
    message.envelope_sender = "dupont@lab.fr";
    message.unix_ns = noon;
    message.flags = std::move(flags);
    return message;
}

store::Flags seen_and(std::vector<std::string> keywords) {
    store::Flags flags;
    flags.seen = true;
    flags.keywords = std::move(keywords);
    return flags;
}

const std::string from_line = "From dupont@lab.fr  Mon Jan 16 11:27:45 2023\n";

}  // namespace

TEST_CASE("mbox on disk: what another program finds") {
    Files files;
    CHECK(files.mailboxes.append("anne", message_of("A: 1\r\n\r\nFrom me\r\n"))->uid == 1);
    const auto validity = files.mailboxes.summary("anne").uid_validity;
    CHECK(validity >= noon / second);
    const std::string base = "X-IMAPbase: " + std::to_string(validity);
    CHECK(files.read("anne") ==
          from_line + "A: 1\n" + base + " 0000000001\nX-UID: 1\n\n>From me\n\n");
    CHECK(**files.mailboxes.text("anne", 1) == "A: 1\r\n\r\n>From me\r\n");
    CHECK(files.mailboxes.messages("anne")[0].size == 18);

    store::Flags flags = seen_and({"$Forwarded", "Travail"});
    flags.answered = flags.draft = true;
    REQUIRE(files.mailboxes.append("anne", message_of("B: 2\r\n\r\n", flags)));
    CHECK(files.mailboxes.take_recent("anne") == 1);
    files.settle();
    CHECK(files.read("anne") ==
          from_line + "A: 1\n" + base +
              " 0000000002 $Forwarded Travail\nStatus: O\nX-UID: 1\n\n>From me\n\n" + from_line +
              "B: 2\nStatus: RO\nX-Status: AT\nX-Keywords: $Forwarded "
              "Travail\nX-UID: 2\n\n\n");
    CHECK_FALSE(fs::exists(files.root / "anne.lock"));
    CHECK_FALSE(fs::exists(files.root / "anne.postack-redo"));

    CHECK(files.mailboxes.create("anne/Année/Été", noon));
    CHECK(fs::exists(files.root / "home/anne/mail/Ann&AOk-e/&AMk-t&AOk-"));
    CHECK_FALSE(files.mailboxes.create("anne/Année", noon));        // holds folders
    CHECK_FALSE(files.mailboxes.create("anne/Année/Été/x", noon));  // is a file
    CHECK_FALSE(files.mailboxes.create("anne/x.lock", noon));
    CHECK_FALSE(files.mailboxes.create("anne/../x", noon));
    CHECK_FALSE(files.mailboxes.create("home", noon));
    CHECK(files.mailboxes.subscribe("anne/Année/Été", true));
    CHECK(files.read("home/anne/mail/.subscriptions") == "Ann&AOk-e/&AMk-t&AOk-\n");

    store::MboxStore second_program{files.root.string(), noon};
    CHECK_FALSE(second_program.open());
}

TEST_CASE("mbox on disk: fields that keep uids and flags are not taken from a sender") {
    Files files;
    REQUIRE(files.mailboxes.append(
        "anne", message_of("X-UID: 4000000000\r\nStatus: RO\r\nA: 1\r\nX-IMAPbase: 1\r\n "
                           "2\r\nB: 2\r\n\r\nX-UID: 5\r\n")));
    CHECK(**files.mailboxes.text("anne", 1) == "A: 1\r\nB: 2\r\n\r\nX-UID: 5\r\n");
    CHECK(files.mailboxes.messages("anne")[0].flags == store::Flags{});
    // Nor from one whose mail another program delivered.
    files.add("anne", from_line + "X-UID: 4000000000\n\nx\n\n");
    files.settle();
    CHECK(files.uids() == std::vector<store::Uid>{1, 2});
}

TEST_CASE("mbox on disk: a second run finds uids and flags as they were; modseqs go on") {
    fs::path copy;
    store::MailboxSummary before;
    {
        Files files;
        for (int i = 0; i < 5; ++i)
            REQUIRE(files.mailboxes.append("anne", message_of("A: 1\r\n\r\nx\r\n")));
        CHECK(files.mailboxes.set_flags("anne", 2, seen_and({"$Junk"})));
        CHECK(files.mailboxes.expunge("anne", std::vector<store::Uid>{5, 3}) == 2);
        before = files.mailboxes.summary("anne");
        CHECK(files.mailboxes.create("anne/Vide", noon));
        REQUIRE(files.mailboxes.append("anne/Vide", message_of("A: 1\r\n\r\n")));
        CHECK(files.mailboxes.expunge("anne/Vide", std::vector<store::Uid>{1}) == 1);
        copy = files.copied();
    }
    store::MboxStore again{copy.string(), noon + second};
    REQUIRE(again.open());
    CHECK(again.summary("anne").uid_validity == before.uid_validity);
    CHECK(again.summary("anne").uid_next == 6);
    CHECK(again.summary("anne").highest_modseq > before.highest_modseq);
    CHECK(again.summary("anne").octets == before.octets);
    CHECK(again.messages("anne")[1].flags == seen_and({"$Junk"}));
    CHECK(again.append("anne", message_of("A: 1\r\n\r\n"))->uid == 6);
    // The numbers of a mailbox without messages.
    CHECK(again.summary("anne/Vide").messages == 0);
    CHECK(again.append("anne/Vide", message_of("A: 1\r\n\r\n"))->uid == 2);
    fs::remove_all(copy);
}

TEST_CASE("mbox on disk: an append that was interrupted anywhere leaves nothing or all of it") {
    Files files;
    REQUIRE(files.mailboxes.append("anne", message_of("A: 1\r\n\r\nun\r\n")));
    const std::string one = files.read("anne");
    REQUIRE(files.mailboxes.append("anne", message_of("B: 2\r\n\r\ndeux\r\n")));
    const std::string both = files.read("anne");
    for (std::size_t written = 1; written <= both.size() - one.size(); ++written) {
        std::string tail = both.substr(one.size(), written);
        tail[0] = '\0';
        Files after{Files::fresh()};
        after.write("anne", one + tail);
        // Too little of it to tell: then it is a line of the message before.
        const bool told = tail.find('\n') != std::string::npos;
        CHECK(after.uids() == std::vector<store::Uid>{1});
        if (told) CHECK(**after.mailboxes.text("anne", 1) == "A: 1\r\n\r\nun\r\n");
        CHECK(after.mailboxes.append("anne", message_of("C: 3\r\n\r\n"))->uid == 2);
        CHECK(**after.mailboxes.text("anne", 2) == "C: 3\r\n\r\n");
    }
}

TEST_CASE("mbox on disk: a file that was being written anew is written once more") {
    Files files;
    for (int i = 0; i < 3; ++i)
        REQUIRE(files.mailboxes.append("anne", message_of("A: 1\r\n\r\nx\r\n")));
    const std::string before = files.read("anne");
    CHECK(files.mailboxes.expunge("anne", std::vector<store::Uid>{1}) == 1);
    const std::string after = files.read("anne");
    REQUIRE(after.size() < before.size());
    std::uint64_t sum = 0xcbf29ce484222325U;  // FNV-1a of what was there
    for (const char c : before)
        sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    const std::string redo = fmt::format("postack-redo 1 {} {}\n{}", before.size(), sum, after);
    const std::string foreign = from_line + "Subject: Postfix\n\n\n";
    std::vector<std::string> states{before, after, before + foreign, after + foreign};
    for (std::size_t done = 0; done < after.size(); done += 7)
        states.push_back(after.substr(0, done) + std::string(after.size() - done, '\0'));
    for (const std::string& state : states) {
        Files crashed{Files::fresh()};
        crashed.write("anne", state);
        crashed.write("anne.postack-redo", redo);
        crashed.write("anne.lock", "99999999:nowhere");  // not ours to judge, but old
        fs::last_write_time(crashed.root / "anne.lock",
                            fs::file_time_type::clock::now() - std::chrono::hours(1));
        const bool more = state.ends_with(foreign);
        CHECK(crashed.mailboxes.messages("anne").size() == (more ? 3 : 2));
        CHECK(crashed.uids()[0] == 2);
        CHECK_FALSE(fs::exists(crashed.root / "anne.postack-redo"));
    }
}

TEST_CASE("mbox on disk: what other programs do is noticed, and keeps the uids") {
    Files files;
    for (int i = 0; i < 3; ++i)
        REQUIRE(files.mailboxes.append("anne", message_of("A: 1\r\n\r\nx\r\n")));
    const auto before = files.mailboxes.summary("anne");
    const auto changes = files.mailboxes.changes();
    std::string file = files.read("anne");
    // Another program marks the third as read, takes the first away (with the numbers in it), and
    // Postfix delivers.
    file.insert(file.find("X-UID: 3"), "Status: R\n");
    file.erase(0, file.find(from_line, 1));
    file += from_line + "Subject: de Postfix\n\nBonjour\n\n";
    files.write("anne", file);
    files.settle();
    CHECK(files.mailboxes.changes() > changes);
    CHECK(files.uids() == std::vector<store::Uid>{2, 3, 4});
    CHECK(files.mailboxes.summary("anne").uid_validity == before.uid_validity);
    CHECK(files.mailboxes.messages("anne")[1].flags.seen);
    CHECK(files.mailboxes.messages("anne")[1].modseq > before.highest_modseq);
    CHECK(files.mailboxes.vanished("anne", before.highest_modseq) ==
          std::vector<store::UidRange>{{1, 1}});
    CHECK(**files.mailboxes.text("anne", 4) == "Subject: de Postfix\r\n\r\nBonjour\r\n");
    // The numbers are in the file again.
    file = files.read("anne");
    CHECK(file.find("X-IMAPbase: " + std::to_string(before.uid_validity) + " 0000000004") !=
          std::string::npos);
    CHECK(file.find("X-UID: 4\n") != std::string::npos);

    // Both change flags at the same time: each of its own message.
    CHECK(files.mailboxes.set_flags("anne", 2, seen_and({})));
    file.insert(file.find("X-UID: 4"), "X-Status: F\n");
    files.write("anne", file);
    files.settle();
    CHECK(files.mailboxes.messages("anne")[0].flags.seen);
    CHECK(files.mailboxes.messages("anne")[2].flags.flagged);
    file = files.read("anne");
    CHECK(file.find("Status: R\nX-UID: 2\n") != std::string::npos);
    CHECK(file.find("X-Status: F\nX-UID: 4\n") != std::string::npos);

    fs::remove(files.root / "anne");
    files.settle();
    CHECK_FALSE(files.mailboxes.exists("anne"));
    CHECK(files.mailboxes.messages("anne").empty());
}

TEST_CASE("mbox on disk: files of others, with and without their fields") {
    Files files;
    files.write("anne", "From bob Mon Jan 16 12:27:45 2023\nSubject: mutt\n\nun\n\n" + from_line +
                            "Subject: deux\nStatus: RO\nContent-Length: 5\n\ndeux\n");
    CHECK(files.uids() == std::vector<store::Uid>{1, 2});
    CHECK(files.mailboxes.messages("anne")[1].flags.seen);
    CHECK(files.mailboxes.summary("anne").first_recent == 3);
    CHECK(**files.mailboxes.text("anne", 2) == "Subject: deux\r\n\r\ndeux\r\n");
    CHECK(files.read("anne").find("X-UID: 2") != std::string::npos);

    files.write("bob",
                "From bob  Mon Jan 16 12:27:45 2023\nX-IMAP: 1690000000 0000000041\n\nx\n\n" +
                    from_line + "X-UID: 42\n\nx\n\n");
    CHECK(files.uids("bob") == std::vector<store::Uid>{42});
    CHECK(files.mailboxes.summary("bob").uid_validity == 1690000000);
    CHECK(files.mailboxes.summary("bob").uid_next == 43);

    files.write("eve", "Subject: no mailbox file\n\n");
    CHECK_FALSE(files.mailboxes.append("eve", message_of("A: 1\r\n\r\n")));
    CHECK(files.read("eve") == "Subject: no mailbox file\n\n");
    files.write("zoe", "");
    CHECK(files.mailboxes.append("zoe", message_of("A: 1\r\n\r\n"))->uid == 1);
}

TEST_CASE("mbox on disk: a lock of another program is waited for, then told") {
    Files files;
    REQUIRE(files.mailboxes.append("anne", message_of("A: 1\r\n\r\n")));
    // One whose program has ended: nobody has so great a number.
    std::string host(256, '\0');
    REQUIRE(::gethostname(host.data(), host.size()) == 0);
    files.write("anne.lock", "2000000000:" + std::string{host.c_str()});
    CHECK(files.mailboxes.append("anne", message_of("A: 1\r\n\r\n")));
    CHECK_FALSE(fs::exists(files.root / "anne.lock"));
    // One of a program that runs.
    files.write("anne.lock", std::to_string(::getpid()) + ":" + host.c_str());
    const auto refused = files.mailboxes.append("anne", message_of("A: 1\r\n\r\n"));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("anne.lock") != std::string::npos);
    CHECK(files.mailboxes.messages("anne").size() == 2);
    CHECK(**files.mailboxes.text("anne", 2) == "A: 1\r\n\r\n");  // Reading needs no dot-lock.
    fs::remove(files.root / "anne.lock");
}

TEST_CASE("mbox on disk: a full mailbox says so") {
    const fs::path root = Files::fresh();
    store::MboxLimits limits;
    limits.mailbox_size = 1000;
    store::MboxStore small{root.string(), noon, 0, limits};
    REQUIRE(small.open());
    CHECK(small.append("anne", message_of("A: 1\r\n\r\n")));
    const auto refused = small.append("anne", message_of(std::string(1000, 'x') + "\r\n"));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message == "the mailbox is full: 1000 bytes");
    CHECK(small.messages("anne").size() == 1);
    fs::remove_all(root);
}
