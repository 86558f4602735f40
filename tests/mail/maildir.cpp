// The store on disk: what others would read there, what a second run finds, and what a crash
// leaves.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "sim/mail/store/maildir_log.hpp"
#include "sim/mail/store/maildir_name.hpp"
#include "sim/mail/store/maildir_store.hpp"
#include "sim/mail/store/mbox_store.hpp"
#include "sim/mail/store/memory_store.hpp"

using namespace postack;
using namespace postack::mail;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t noon = 1'673'868'465 * second;  // 2023-01-16 11:27:45 UTC

// A folder of this test alone, gone at its end.
class Scratch {
   public:
    Scratch() {
        std::string name = (fs::temp_directory_path() / "postack-maildir-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~Scratch() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    [[nodiscard]] fs::path operator/(const std::string& name) const { return path_ / name; }
    [[nodiscard]] std::string mail() const { return (path_ / "mail").string(); }

   private:
    fs::path path_;
};

store::StoredMessage message_of(std::string text, store::Flags flags = {}) {
    store::StoredMessage message;
    message.text = std::move(text);
    message.unix_ns = noon;
    message.flags = std::move(flags);
    return message;
}

store::Flags flags_of(std::string_view letters, std::vector<std::string> keywords = {}) {
    store::Flags flags = store::maildir::flags_of(letters, {});
    flags.keywords = std::move(keywords);
    return flags;
}

std::vector<std::string> names_in(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator{folder})
        names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

std::string contents(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    std::stringstream all;
    all << in.rdbuf();
    return all.str();
}

void write(const fs::path& file, std::string_view text) {
    std::ofstream{file, std::ios::binary} << text;
}

std::vector<store::Uid> uids_of(const store::MailboxStore& mailboxes, std::string_view name) {
    std::vector<store::Uid> uids;
    for (const store::Message& message : mailboxes.messages(name))
        uids.push_back(message.uid);
    return uids;
}

struct OnDisk {
    Scratch scratch;
    store::MaildirStore mailboxes{scratch.mail()};
    OnDisk() { REQUIRE(mailboxes.open()); }
};
struct InFiles {
    Scratch scratch;
    store::MboxStore mailboxes{scratch.mail(), noon};
    InFiles() { REQUIRE(mailboxes.open()); }
};
struct InMemory {
    store::MemoryStore mailboxes;
};

}  // namespace

TEST_CASE_TEMPLATE("all stores do the same", Kind, OnDisk, InFiles, InMemory) {
    Kind kind;
    store::MailboxStore& mailboxes = kind.mailboxes;
    CHECK_FALSE(mailboxes.exists("anne"));
    CHECK(mailboxes.messages("anne").empty());
    const std::string text = "Subject: \xC3\xA9t\xC3\xA9\r\n\r\n.dot\r\n\xE9\xFF\r\n";
    CHECK(mailboxes.append("anne", message_of(text))->uid == 1);
    CHECK(mailboxes.append("anne", message_of("B: 2\r\n\r\nx\r\n", flags_of("F")))->uid == 2);
    CHECK(**mailboxes.text("anne", 1) == text);
    CHECK(mailboxes.messages("anne")[0].size == text.size());
    CHECK(mailboxes.messages("anne")[0].unix_ns == noon);
    CHECK(mailboxes.messages("anne")[1].flags.flagged);
    auto summary = mailboxes.summary("anne");
    CHECK(summary.messages == 2);
    CHECK(summary.octets == text.size() + 11);
    CHECK(summary.uid_next == 3);
    CHECK(summary.first_recent == 1);
    CHECK(mailboxes.take_recent("anne") == 1);
    CHECK(mailboxes.take_recent("anne") == 3);

    auto before = mailboxes.changes();
    CHECK(mailboxes.set_flags("anne", 1, flags_of("S", {"Travail"})));
    CHECK(mailboxes.changes() > before);
    CHECK(mailboxes.messages("anne")[0].flags == flags_of("S", {"Travail"}));
    CHECK(mailboxes.messages("anne")[0].modseq > summary.highest_modseq);
    CHECK_FALSE(mailboxes.set_flags("anne", 9, {}));

    CHECK_FALSE(mailboxes.copy("anne", 1, "anne/Vu", noon));
    CHECK(mailboxes.create("anne/Vu", noon));
    CHECK_FALSE(mailboxes.create("anne/Vu", noon));
    CHECK(*mailboxes.copy("anne", 1, "anne/Vu", noon) == 1);
    CHECK(**mailboxes.text("anne/Vu", 1) == text);
    CHECK(mailboxes.messages("anne/Vu")[0].flags == flags_of("S", {"Travail"}));
    CHECK(mailboxes.mailboxes("anne/") == std::vector<std::string>{"anne/Vu"});
    CHECK(mailboxes.mailboxes() == std::vector<std::string>{"anne", "anne/Vu"});

    summary = mailboxes.summary("anne");
    CHECK(mailboxes.expunge("anne", std::vector<store::Uid>{1, 7}) == 1);
    CHECK(uids_of(mailboxes, "anne") == std::vector<store::Uid>{2});
    CHECK(mailboxes.vanished("anne", summary.highest_modseq) ==
          std::vector<store::UidRange>{{1, 1}});
    CHECK(**mailboxes.text("anne/Vu", 1) == text);  // its own bytes
    CHECK_FALSE(mailboxes.text("anne", 1));

    const auto validity = mailboxes.summary("anne/Vu").uid_validity;
    CHECK(mailboxes.rename("anne/Vu", "anne/Lu/Bien"));
    CHECK_FALSE(mailboxes.exists("anne/Vu"));
    CHECK(mailboxes.summary("anne/Lu/Bien").messages == 1);
    CHECK(mailboxes.create("anne/Vu", noon));
    CHECK(mailboxes.summary("anne/Vu").uid_validity > validity);
    CHECK(mailboxes.remove("anne/Vu"));
    CHECK_FALSE(mailboxes.remove("anne/Vu"));

    CHECK(mailboxes.subscribe("anne/Lu/Bien", true));
    CHECK(mailboxes.subscribe("anne/Nulle part", true));
    CHECK(mailboxes.subscribe("anne/Nulle part", false));
    CHECK(mailboxes.subscribed("anne/") == std::vector<std::string>{"anne/Lu/Bien"});

    store::MaildropLock lock{mailboxes, "anne"};
    CHECK(lock.held());
    CHECK_FALSE(store::MaildropLock{mailboxes, "anne"}.held());
}

TEST_CASE("maildir: what another program finds") {
    OnDisk disk;
    REQUIRE(disk.mailboxes.append("anne", message_of("A: 1\r\n\r\nFrom me\r\n")));
    const fs::path inbox = disk.scratch / "mail/anne";
    auto names = names_in(inbox / "new");
    REQUIRE(names.size() == 1);
    CHECK(names[0].starts_with("1673868465.M"));
    CHECK(names[0].ends_with(",S=14,W=17"));
    CHECK(contents(inbox / "new" / names[0]) == "A: 1\n\nFrom me\n");
    CHECK(names_in(inbox / "tmp").empty());

    CHECK(disk.mailboxes.set_flags("anne", 1, flags_of("RS", {"$Forwarded", "Travail"})));
    CHECK(names_in(inbox / "new").empty());
    CHECK(names_in(inbox / "cur") == std::vector<std::string>{names[0] + ":2,PRSab"});
    CHECK(contents(inbox / "dovecot-keywords") == "0 $Forwarded\n1 Travail\n");

    CHECK(disk.mailboxes.create("anne/Année/Été", noon));
    CHECK(fs::is_directory(inbox / ".Ann&AOk-e.&AMk-t&AOk-" / "cur"));
    CHECK(fs::exists(inbox / ".Ann&AOk-e.&AMk-t&AOk-" / "maildirfolder"));
    CHECK_FALSE(disk.mailboxes.create("anne/v1.2", noon));  // a dot parts levels there
    CHECK_FALSE(disk.mailboxes.create("../anne", noon));
    CHECK(disk.mailboxes.subscribe("anne/Année/Été", true));
    CHECK(contents(inbox / "subscriptions") == "Ann&AOk-e.&AMk-t&AOk-\n");
    write(inbox / "subscriptions", "V\t2\n\nINBOX\nAnn&AOk-e\t&AMk-t&AOk-\n");
    CHECK(disk.mailboxes.subscribed("anne") == std::vector<std::string>{"anne", "anne/Année/Été"});

    store::MaildirStore second_program{disk.scratch.mail()};
    CHECK_FALSE(second_program.open());
}

TEST_CASE("maildir: a second run finds uids, flags and modseqs as they were") {
    Scratch scratch;
    store::MailboxSummary before;
    std::vector<store::Message> messages;
    {
        store::MaildirStore mailboxes{scratch.mail()};
        REQUIRE(mailboxes.open());
        for (int i = 0; i < 5; ++i)
            REQUIRE(mailboxes.append("anne", message_of("A: 1\r\n\r\n")));
        CHECK(mailboxes.set_flags("anne", 2, flags_of("F", {"$Junk"})));
        CHECK(mailboxes.expunge("anne", std::vector<store::Uid>{5, 3}) == 2);
        before = mailboxes.summary("anne");
        messages.assign(mailboxes.messages("anne").begin(), mailboxes.messages("anne").end());
    }
    store::MaildirStore mailboxes{scratch.mail()};
    REQUIRE(mailboxes.open());
    const auto after = mailboxes.summary("anne");
    CHECK(after.uid_validity == before.uid_validity);
    CHECK(after.uid_next == 6);
    CHECK(after.highest_modseq == before.highest_modseq);
    CHECK(after.octets == before.octets);
    CHECK(std::vector<store::Message>(mailboxes.messages("anne").begin(),
                                      mailboxes.messages("anne").end()) == messages);
    CHECK(mailboxes.vanished("anne", 6) == std::vector<store::UidRange>{{3, 3}, {5, 5}});
    CHECK(mailboxes.append("anne", message_of("A: 1\r\n\r\n"))->uid == 6);
}

TEST_CASE("maildir: after a crash no uid and no modseq is used again") {
    Scratch scratch;
    store::MaildirStore mailboxes{scratch.mail()};
    REQUIRE(mailboxes.open());
    for (int i = 0; i < 3; ++i)
        REQUIRE(mailboxes.append("anne", message_of("A: 1\r\n\r\n")));
    CHECK(mailboxes.expunge("anne", std::vector<store::Uid>{3}) == 1);
    const auto told = mailboxes.summary("anne");
    // The disk as it is at this moment; of the log the last lines did not reach it.
    const fs::path log = scratch / "crashed/anne/postack-mailbox";
    fs::copy(scratch.mail(), scratch / "crashed", fs::copy_options::recursive);
    const std::string whole = contents(log);
    for (const std::size_t lost : {std::size_t{0}, std::size_t{3}, std::size_t{70}}) {
        write(log, whole.substr(0, whole.size() - lost));
        fs::remove_all(scratch / "again");
        fs::copy(scratch / "crashed", scratch / "again", fs::copy_options::recursive);
        store::MaildirStore after{(scratch / "again").string()};
        REQUIRE(after.open());
        const auto found = after.summary("anne");
        CHECK(found.messages == 2);
        CHECK(found.uid_validity == told.uid_validity);
        CHECK(found.uid_next >= told.uid_next);
        CHECK(found.highest_modseq >= told.highest_modseq);
        // A client that knows 1, 2 and 3 is told that 3 went, and to look at the others again.
        bool gone = false;
        for (const store::UidRange& range : after.vanished("anne", told.highest_modseq - 1))
            gone = gone || (range.first <= 3 && range.last >= 3);
        CHECK(gone);
        for (const store::Message& message : after.messages("anne"))
            CHECK((message.modseq > told.highest_modseq || message.uid > told.uid_next));
        CHECK(after.append("anne", message_of("A: 1\r\n\r\n"))->uid >= told.uid_next);
    }
    write(log, "something else\n");
    store::MaildirStore broken{(scratch / "crashed").string()};
    REQUIRE(broken.open());
    CHECK_FALSE(broken.append("anne", message_of("A: 1\r\n\r\n")));  // and does not begin anew
}

TEST_CASE("maildir: what other programs do is noticed") {
    OnDisk disk;
    store::MailboxStore& mailboxes = disk.mailboxes;
    const fs::path inbox = disk.scratch / "mail/anne";
    for (int i = 0; i < 3; ++i)
        REQUIRE(mailboxes.append("anne", message_of("A: 1\r\n\r\n")));
    const auto before = mailboxes.summary("anne");
    const auto changes = mailboxes.changes();
    const auto names = names_in(inbox / "new");
    fs::rename(inbox / "new" / names[0], inbox / "cur" / (names[0] + ":2,S"));
    fs::remove(inbox / "new" / names[1]);
    write(inbox / "new" / "1700000001.x.host", "B: 2\n\nun\r\ndeux\n");
    write(inbox / "new" / "1700000000.y.host", "C: 3\n\n");
    disk.mailboxes.refresh(noon);
    CHECK(mailboxes.changes() > changes);
    CHECK(uids_of(mailboxes, "anne") == std::vector<store::Uid>{1, 3, 4, 5});
    CHECK(mailboxes.messages("anne")[0].flags.seen);
    CHECK(mailboxes.messages("anne")[0].modseq > before.highest_modseq);
    CHECK(mailboxes.vanished("anne", before.highest_modseq) ==
          std::vector<store::UidRange>{{2, 2}});
    CHECK(**mailboxes.text("anne", 5) == "B: 2\r\n\r\nun\r\ndeux\r\n");
    CHECK(mailboxes.messages("anne")[3].size == 18);
    // Renamed between our look and our change.
    fs::rename(inbox / "cur" / (names[0] + ":2,S"), inbox / "cur" / (names[0] + ":2,FS"));
    CHECK(**mailboxes.text("anne", 1) == "A: 1\r\n\r\n");
    CHECK(mailboxes.set_flags("anne", 1, flags_of("R")));
    CHECK(fs::exists(inbox / "cur" / (names[0] + ":2,R")));
}

TEST_CASE("maildir: Dovecot's uids are taken over") {
    Scratch scratch;
    const fs::path inbox = scratch / "mail/anne";
    for (const char* part : {"cur", "new", "tmp"})
        fs::create_directories(inbox / part);
    write(inbox / "cur" / "1700000000.M1P1.h,S=6,W=8:2,Sa", "A: 1\n\n");
    write(inbox / "cur" / "1700000001.M1P1.h,S=6,W=8:2,", "A: 2\n\n");
    write(inbox / "new" / "1700000002.M1P1.h,S=6,W=8", "A: 3\n\n");
    write(inbox / "dovecot-keywords", "0 $Junk\n");
    write(inbox / "dovecot-uidlist",
          "3 V1690000000 N43 G0123456789abcdef\n41 W8 S6 :1700000001.M1P1.h,S=6,W=8\n"
          "42 :1700000000.M1P1.h,S=6,W=8\n");
    store::MaildirStore mailboxes{scratch.mail()};
    REQUIRE(mailboxes.open());
    CHECK(mailboxes.summary("anne").uid_validity == 1690000000);
    CHECK(uids_of(mailboxes, "anne") == std::vector<store::Uid>{41, 42, 43});
    CHECK(mailboxes.messages("anne")[1].flags == flags_of("S", {"$Junk"}));
    CHECK(**mailboxes.text("anne", 43) == "A: 3\r\n\r\n");
}

TEST_CASE("maildir: names") {
    using namespace store::maildir;
    const std::vector<std::string> keywords{"$Junk", "", "Travail"};
    for (const char* letters : {"", "S", "DFRST", "Fac", "PST"})
        CHECK(letters_for(store::maildir::flags_of(letters, keywords), keywords) == letters);
    CHECK(parse_keywords(print_keywords(keywords)) == keywords);
    CHECK(base_of("1.M2.h,S=3:2,FS") == "1.M2.h,S=3");
    CHECK(letters_of("1.M2.h,S=3:2,FS") == "FS");
    CHECK(wire_size_of("1.M2.h,S=3,W=45") == 45);
    CHECK(wire_size_of("1.M2.h,W=45,X=1") == 45);
    CHECK_FALSE(wire_size_of("1.M2.h,W=4x"));
    CHECK(delivered_before("9.x", "10.a"));
    CHECK(*folder_name("Projets/Réseau") == ".Projets.R&AOk-seau");
    CHECK(*folder_path(".Projets.R&AOk-seau") == "Projets/Réseau");
    for (const char* wrong : {"", ".", "x", "..", ".a..b", ".a&b"})
        CHECK_FALSE(folder_path(wrong));
}
