// Searches that are followed (RFC 5267): a client that applies each ADDTO and REMOVEFROM has what a
// new search would give; refusals, and what ends it.
#include <algorithm>

#include "sim/core/random.hpp"
#include "sim/mail/imap/limits.hpp"
#include "sim/mail/imap/response.hpp"
#include "tests/mail/imap_lab.hpp"

using namespace postack;
using namespace postack::mail;
using namespace postack::mail::test;

namespace {

std::string mail_of(const std::string& subject) {
    return "From: boss@lab.fr\r\nSubject: " + subject + "\r\n\r\n.\r\n";
}

struct ContextLab : ImapLab {
    explicit ContextLab(int mails, const std::string& words = "imap-rfc") : ImapLab(words) {
        std::vector<std::string> texts;
        for (int i = 1; i <= mails; ++i)
            texts.push_back(mail_of(std::to_string(i)));
        fill(inbox(), 1673872681, texts);
    }
};

// What a client keeps of a result: lists of numbers in their order (RFC 5267, section 4.3.2).
struct Followed {
    std::string tag;
    std::vector<std::uint32_t> numbers;

    void apply(const std::string& text) {
        imap::ResponseReader reader;
        reader.append(text);
        while (auto response = reader.next()) {
            REQUIRE(*response);
            if ((*response)->word != "ESEARCH") continue;
            const std::vector<imap::Value>& values = (*response)->values;
            REQUIRE(values.at(0).items.at(0).text == "TAG");
            if (values[0].items.at(1).text != tag) continue;
            for (std::size_t i = 1; i < values.size(); ++i) {
                const bool add = values[i].text == "ADDTO";
                if (!add && values[i].text != "REMOVEFROM") continue;
                const std::vector<imap::Value>& pairs = values.at(i + 1).items;
                for (std::size_t at = 0; at + 1 < pairs.size(); at += 2)
                    change(add, std::stoul(pairs[at].text), pairs[at + 1].text);
            }
        }
    }

    void change(bool add, std::size_t place, const std::string& set_text) {
        const auto set = imap::parse_sequence_set(set_text);
        REQUIRE(set);
        for (const imap::SequenceRange& range : set->ranges) {
            for (std::uint32_t n = range.first; n <= range.last; ++n) {
                if (!add) {
                    const auto at = std::find(numbers.begin(), numbers.end(), n);
                    REQUIRE(at != numbers.end());
                    if (place != 0) CHECK(at - numbers.begin() == std::ptrdiff_t(place) - 1);
                    numbers.erase(at);
                } else if (place == 0) {
                    numbers.insert(std::lower_bound(numbers.begin(), numbers.end(), n), n);
                } else {
                    REQUIRE(place <= numbers.size() + 1);
                    numbers.insert(numbers.begin() + std::ptrdiff_t(place++) - 1, n);
                }
            }
        }
    }
};

// "* SORT 3 1" -> {3, 1}
std::vector<std::uint32_t> numbers_of(const std::string& text) {
    imap::ResponseReader reader;
    reader.append(text);
    const auto response = reader.next();
    REQUIRE(response);
    REQUIRE(*response);
    const auto numbers = imap::found_numbers(**response);
    REQUIRE(numbers);
    return *numbers;
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a followed search: what others and we ourselves change, what comes, what goes") {
    // The dialogue was held with Dovecot 2.3.19; where it puts a FETCH between two ESEARCH, ours is
    // before both (RFC 5465, section 7).
    ContextLab lab(4, "imap-dovecot");
    ImapTalk anne(lab);
    anne.enter();
    ImapTalk other(lab);
    other.enter();
    CHECK(
        anne.type("B01 UID SEARCH RETURN (UPDATE COUNT) UNSEEN") ==
        "* ESEARCH (TAG \"B01\") UID COUNT 4\r\nB01 OK Search completed (0.001 + 0.000 secs).\r\n");
    CHECK(anne.type("B01 SEARCH RETURN (UPDATE) UNSEEN") ==
          "B01 BAD Error in IMAP command SEARCH: Duplicate search update tag (0.001 + 0.000 "
          "secs).\r\n");
    CHECK(has(anne.type("B00 SEARCH RETURN (UPDATE UPDATE) UNSEEN"),
              "B00 BAD Error in IMAP command SEARCH: SEARCH return options have duplicate UPDATE"));
    CHECK(
        has(anne.type("B02 SEARCH RETURN (UPDATE (FLAGS)) UNSEEN"), "* ESEARCH (TAG \"B02\")\r\n"));
    CHECK(has(anne.type("B03 SEARCH RETURN (CONTEXT) UNSEEN"),
              "* ESEARCH (TAG \"B03\") ALL 1:4\r\n"));
    CHECK(has(anne.type("B04 SEARCH RETURN (UPDATE ALL) 1:2 UNSEEN"), "(TAG \"B04\") ALL 1:2\r\n"));

    other.type("a STORE 2 +FLAGS (\\Seen)");
    CHECK(has(
        anne.type("c NOOP"),
        "* 2 FETCH (FLAGS (\\Seen \\Recent))\r\n* ESEARCH (TAG \"B01\") UID REMOVEFROM (0 2)\r\n"
        "* ESEARCH (TAG \"B02\") REMOVEFROM (0 2)\r\n* ESEARCH (TAG \"B04\") REMOVEFROM (0 2)\r\n"
        "c OK "));
    lab.put(ImapLab::inbox(), mail_of("5"));
    CHECK(has(anne.type("d NOOP"),
              "* 5 EXISTS\r\n* 5 RECENT\r\n* 5 FETCH (UID 5 FLAGS (\\Recent))\r\n"
              "* ESEARCH (TAG \"B01\") UID ADDTO (0 5)\r\n* ESEARCH (TAG \"B02\") ADDTO (0 5)\r\n"
              "d OK "));
    // Its own changes too; of a flag that no key asks for nothing is said.
    CHECK(has(
        anne.type("e STORE 1 +FLAGS.SILENT (\\Seen)"),
        "* ESEARCH (TAG \"B01\") UID REMOVEFROM (0 1)\r\n"
        "* ESEARCH (TAG \"B02\") REMOVEFROM (0 1)\r\n* ESEARCH (TAG \"B04\") REMOVEFROM (0 1)\r\n"
        "e OK "));
    CHECK_FALSE(has(anne.type("f STORE 1 +FLAGS (\\Flagged)"), "ESEARCH"));
    CHECK(has(anne.type("g STORE 1 -FLAGS.SILENT (\\Seen)"),
              "* ESEARCH (TAG \"B01\") UID ADDTO (0 1)"));
    // What goes is told with its number when numbers may change, and before they do.
    other.type("b STORE 3:4 +FLAGS (\\Deleted)");
    other.type("b EXPUNGE");
    CHECK_FALSE(has(anne.type("h SEARCH ALL"), "ESEARCH"));
    CHECK(has(anne.type("i NOOP"),
              "* ESEARCH (TAG \"B01\") UID REMOVEFROM (0 3:4)\r\n"
              "* ESEARCH (TAG \"B02\") REMOVEFROM (0 3:4)\r\n* 4 EXPUNGE\r\n* 3 EXPUNGE\r\n"));
    // While the client idles, at once.
    anne.type("j IDLE");
    lab.put(ImapLab::inbox(), mail_of("6"));
    CHECK(anne.replies() ==
          "* 4 EXISTS\r\n* 4 RECENT\r\n* 4 FETCH (UID 6 FLAGS (\\Recent))\r\n"
          "* ESEARCH (TAG \"B01\") UID ADDTO (0 6)\r\n* ESEARCH (TAG \"B02\") ADDTO (0 4)\r\n");
    anne.type("DONE");

    CHECK(has(anne.type("k CANCELUPDATE"), "k BAD "));
    CHECK(has(anne.type("k CANCELUPDATE B01"), "k BAD "));
    CHECK(has(anne.type("k CANCELUPDATE \"B01\" \"B09\""), "k NO Unknown tag"));
    CHECK(has(anne.type("l CANCELUPDATE \"B01\" \"B02\""), "l OK Updates cancelled"));
    CHECK(has(anne.type("m CANCELUPDATE \"B01\""), "m NO Unknown tag"));
    CHECK_FALSE(has(anne.type("n STORE 1 +FLAGS.SILENT (\\Seen)"), "B01"));
    // Another mailbox ends all of them.
    anne.type("o UNSELECT");
    CHECK(has(anne.type("o CANCELUPDATE \"B04\""), "o NO Unknown tag"));
    anne.type("p SELECT INBOX");
    CHECK_FALSE(has(anne.type("q STORE 1 -FLAGS.SILENT (\\Seen)"), "ESEARCH"));
}

TEST_CASE("PARTIAL is a window on the result") {
    ContextLab lab(4, "imap-dovecot");
    ImapTalk talk(lab);
    talk.enter();
    const auto found = [&](const std::string& arguments) {
        const std::string text = talk.type("x " + arguments);
        return text.substr(0, text.find("\r\n"));
    };
    CHECK(found("SEARCH RETURN (PARTIAL 2:3) ALL") == "* ESEARCH (TAG \"x\") PARTIAL (2:3 2:3)");
    CHECK(found("SEARCH RETURN (PARTIAL 3:2) ALL") == "* ESEARCH (TAG \"x\") PARTIAL (2:3 2:3)");
    CHECK(found("SEARCH RETURN (PARTIAL 3:20) ALL") == "* ESEARCH (TAG \"x\") PARTIAL (3:20 3:4)");
    CHECK(found("SEARCH RETURN (PARTIAL 9:20) ALL") == "* ESEARCH (TAG \"x\") PARTIAL (9:20 NIL)");
    CHECK(found("SEARCH RETURN (PARTIAL 1:3) FLAGGED") ==
          "* ESEARCH (TAG \"x\") PARTIAL (1:3 NIL)");
    CHECK(found("UID SORT RETURN (PARTIAL 2:4) (REVERSE SUBJECT) UTF-8 ALL") ==
          "* ESEARCH (TAG \"x\") UID PARTIAL (2:4 3,2,1)");
    CHECK(has(found("SEARCH RETURN (PARTIAL 2:3 ALL) ALL"), "PARTIAL conflicts with ALL"));
    CHECK(
        has(found("SEARCH RETURN (PARTIAL 2:3 PARTIAL 1:2) ALL"), "PARTIAL can be used only once"));
    for (const char* broken : {"PARTIAL 0:3", "PARTIAL 2", "PARTIAL 1:2,4:5", "PARTIAL 1:*"}) {
        CHECK(
            has(found(std::string{"SEARCH RETURN ("} + broken + ") ALL"), "PARTIAL range broken"));
    }
    CHECK(has(found("SEARCH RETURN (PARTIAL) ALL"), "x BAD "));
    // SAVE keeps the whole result (RFC 5182), not the window.
    CHECK(has(talk.type("y SEARCH RETURN (SAVE PARTIAL 1:1) ALL"), "PARTIAL (1:1 1)"));
    CHECK(has(talk.type("z FETCH $ UID"), "* 4 FETCH (UID 4)"));
}

TEST_CASE("as many are followed as a session may have; the others are searched all the same") {
    ContextLab lab(2);
    ImapTalk talk(lab);
    talk.enter();
    for (std::size_t i = 0; i < imap::max_search_contexts; ++i) {
        CHECK_FALSE(
            has(talk.type("c" + std::to_string(i) + " SEARCH RETURN (UPDATE COUNT) ALL"), " NO "));
    }
    CHECK(talk.type("z UID SEARCH RETURN (UPDATE COUNT) ALL") ==
          "* NO [NOUPDATE \"z\"] Too many contexts\r\n* ESEARCH (TAG \"z\") UID COUNT 2\r\n"
          "z OK UID SEARCH completed\r\n");
    CHECK(has(talk.type("y CANCELUPDATE \"c0\""), "y OK"));
    CHECK_FALSE(has(talk.type("z UID SEARCH RETURN (UPDATE COUNT) ALL"), " NO "));
}

TEST_CASE("data of new messages goes out unasked up to a limit; then they are followed no longer") {
    ContextLab lab(1);
    ImapTalk talk(lab);
    talk.enter();
    talk.type("c UID SEARCH RETURN (UPDATE (BODY[])) ALL");
    talk.type("d UID SEARCH RETURN (UPDATE) ALL");
    const std::string large = mail_of("l") + std::string(imap::max_told_unasked / 4, 'x') + "\r\n";
    for (int i = 0; i < 6; ++i)
        lab.put(ImapLab::inbox(), large);
    const std::string news = talk.type("e NOOP");
    CHECK(news.size() < 2 * imap::max_told_unasked);
    CHECK(has(news, "* NO [NOUPDATE \"c\"]"));
    CHECK_FALSE(has(news, "(TAG \"c\")"));
    CHECK(has(news, "* ESEARCH (TAG \"d\") UID ADDTO (0 2:7)\r\n"));
    // BODY[] told unasked makes nothing \Seen.
    CHECK_FALSE(lab.store.messages(ImapLab::inbox())[1].flags.seen);
    CHECK(has(talk.type("f CANCELUPDATE \"c\""), "f NO"));
}

TEST_CASE("a client that applies what it is told has what a new search would give") {
    const char* const searches[] = {
        "UID SEARCH RETURN (UPDATE ALL) UNSEEN",
        "UID SEARCH RETURN (UPDATE ALL) OR FLAGGED NOT SUBJECT 1",
        "UID SEARCH RETURN (UPDATE ALL) UID 3:*",
        "UID SORT RETURN (UPDATE ALL) (SUBJECT) UTF-8 UNSEEN",
        "UID SORT RETURN (UPDATE ALL) (REVERSE SIZE SUBJECT REVERSE ARRIVAL) UTF-8 UNDELETED",
    };
    const char* const flags[] = {"\\Seen", "\\Flagged", "\\Deleted"};
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        INFO("seed " << seed);
        core::Random random{seed};
        ContextLab lab(5);
        ImapTalk anne(lab);
        anne.enter();
        ImapTalk bob(lab);
        bob.enter();
        std::vector<Followed> followed;
        for (std::size_t i = 0; i < std::size(searches); ++i) {
            followed.push_back({"f" + std::to_string(i), {}});
            const std::string text = anne.type(followed[i].tag + ' ' + searches[i]);
            followed[i].numbers = numbers_of(text);
        }
        const auto any = [&](std::uint64_t n) { return random.below(n); };
        for (int step = 0; step < 60; ++step) {
            ImapTalk& who = any(2) == 0 ? anne : bob;
            const std::size_t count = lab.store.summary(ImapLab::inbox()).messages;
            std::string line = "s NOOP";
            if (any(4) == 0) {
                lab.put(ImapLab::inbox(),
                        mail_of(std::to_string(any(30))) + std::string(any(3), '.'));
            } else if (any(6) == 0) {
                line = "s EXPUNGE";
            } else if (count > 0) {
                const auto uid = lab.store.messages(ImapLab::inbox())[any(count)].uid;
                line = "s UID STORE " + std::to_string(uid) + (any(2) == 0 ? " +" : " -") +
                       "FLAGS (" + flags[any(3)] + ")";
            }
            const std::string told = who.type(line);
            if (&who != &anne) continue;
            for (Followed& one : followed)
                one.apply(told);
        }
        const std::string last = anne.type("e NOOP");
        for (std::size_t i = 0; i < followed.size(); ++i) {
            INFO(searches[i]);
            followed[i].apply(last);
            std::string again = searches[i];
            again.replace(again.find("UPDATE ALL"), 10, "ALL");
            CHECK(followed[i].numbers == numbers_of(anne.type("n " + again)));
        }
    }
}
