// The webmail lab: one machine, four lifelines. The sizes of the printed packet list, the delays
// that its timestamps tell, and the 40 ms that Nagle's algorithm and a delayed ACK cost together.
#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "sim/core/bytes.hpp"
#include "sim/record/dissect.hpp"
#include "sim/scenario/scenario.hpp"
#include "tests/support/lab.hpp"

using namespace postack;
using namespace std::chrono_literals;

namespace {

struct Lab {
    record::Recording recording;
    std::vector<record::Row> rows;
};

const Lab& lab() {
    static const Lab loaded = [] {
        Lab made{test::run_lab("webmail"), {}};
        made.rows = record::dissect(made.recording);
        return made;
    }();
    return loaded;
}

/// The packets of the connection that has this port, in order.
std::vector<const record::Row*> of_port(std::uint16_t port) {
    std::vector<const record::Row*> found;
    for (const record::Row& row : lab().rows) {
        if (row.source_port == port || row.destination_port == port) found.push_back(&row);
    }
    return found;
}

/// Sizes of what one side says, in order; nothing else is said.
std::vector<std::uint32_t> sizes(std::uint16_t client_port, bool from_client) {
    std::vector<std::uint32_t> found;
    for (const record::Row* row : of_port(client_port)) {
        if (row->len.value_or(0) > 0 && row->from_client == from_client) found.push_back(*row->len);
    }
    return found;
}

/// TSval - TSecr: in ticks of 4 ms, how long after what it acknowledges a pure ACK was sent (both
/// ends have one clock). Options of these segments: NOP, NOP, timestamps.
std::uint32_t ticks(const record::Row& row) {
    const auto frame = lab().recording.frame(lab().recording.packets[row.number - 1]);
    constexpr std::size_t timestamps = 14 + 20 + 20 + 4;
    return core::load_u32(&frame[timestamps]) - core::load_u32(&frame[timestamps + 4]);
}

const record::Row& pure_ack(std::uint16_t client_port, bool from_client, std::uint32_t ack) {
    for (const record::Row* row : of_port(client_port)) {
        if (row->from_client == from_client && row->ack == ack && row->len == 0U) return *row;
    }
    FAIL("no pure ACK of " << ack);
    return lab().rows.front();
}

using Sizes = std::vector<std::uint32_t>;
constexpr std::uint16_t http = 49240, folders = 51150, messages = 51152, smtp = 43262;

}  // namespace

TEST_CASE("webmail: HTTP between browser and web server, 770, 488, 1012") {
    const Sizes asked = sizes(http, true);
    const Sizes answered = sizes(http, false);
    CHECK(asked == Sizes{770, 1012});
    REQUIRE(answered.size() == 2);
    CHECK(answered[0] == 488);
    CHECK(pure_ack(http, false, 771).number > 0);
    CHECK(pure_ack(http, true, 489).number > 0);
    CHECK(pure_ack(http, false, 1783).number > 0);
    const auto rows = of_port(http);
    const auto has = [&](std::string_view info) {
        return std::any_of(rows.begin(), rows.end(),
                           [&](const auto* row) { return row->info == info; });
    };
    CHECK(
        has("POST /roundcube/?_task=mail&_action=refresh HTTP/1.1  "
            "(application/x-www-form-urlencoded)"));
    CHECK(has("HTTP/1.1 200 OK  (text/plain)"));
}

TEST_CASE(
    "webmail: two IMAP connections at once; LOGIN 31, NAMESPACE 18 and 64, STATUS 73 and 137") {
    const Sizes asked = sizes(folders, true);
    REQUIRE(asked.size() == 5);
    CHECK(Sizes{asked.begin(), asked.begin() + 4} == Sizes{31, 18, 120, 73});
    const Sizes answered = sizes(folders, false);
    REQUIRE(answered.size() == 6);
    CHECK(Sizes{answered.begin() + 1, answered.begin() + 5} == Sizes{357, 64, 308, 137});
    CHECK(pure_ack(folders, false, 32).number > 0);
    CHECK(pure_ack(folders, false, 50).number > 0);
    // The second one begins before the first one ends.
    CHECK(of_port(messages).front()->number < of_port(folders).back()->number);
    const auto& lines = lab().rows;
    const auto has = [&](std::string_view text) {
        return std::any_of(lines.begin(), lines.end(), [&](const auto& row) {
            return row.application.find(text) != std::string::npos ||
                   row.info.find(text) != std::string::npos;
        });
    };
    CHECK(has("RFC822.SIZE 685"));
    std::string said;
    for (const record::Line& line : lab().recording.lines)
        said += line.text;
    for (const std::string_view text : {"* NAMESPACE ((\"\" \".\")) NIL NIL\n",
                                        "* LIST (\\Subscribed \\HasNoChildren \\Sent) \".\" Sent\n",
                                        "* LIST (\\HasNoChildren) \".\" INBOX\n",
                                        "MESSAGES 7 UIDNEXT 8 UIDVALIDITY 1474293589 UNSEEN 6",
                                        "MESSAGES 1 UIDNEXT 2 UIDVALIDITY 1474294051 UNSEEN 0",
                                        "* 7 FETCH (UID 7 FLAGS (\\Recent))\n", "RFC822.SIZE 685",
                                        "RFC822.HEADER {668}\n", " (0.000 + 0.000 secs).\n"}) {
        INFO(text);
        CHECK(said.find(text) != std::string::npos);
    }
}

TEST_CASE("webmail: the sizes of the SMTP session") {
    CHECK(sizes(smtp, true) == Sizes{24, 45, 39, 33, 6, 57, 548, 6});
    CHECK(sizes(smtp, false) == Sizes{46, 162, 37, 14, 14, 37, 37, 15});
    const auto rows = of_port(smtp);
    // Three segments, the server closes first: its FIN is number 363, the last ACK is its own.
    const auto& fin = *rows[rows.size() - 3];
    CHECK((*fin.flags & wire::FIN) != 0);
    CHECK_FALSE(fin.from_client);
    CHECK(*fin.seq == 363);
    CHECK_FALSE(rows.back()->from_client);
    CHECK(*rows.back()->ack == 760);
    CHECK(*rows.back()->seq == 364);
}

TEST_CASE("webmail: a delayed ACK is 10 ticks of 4 ms, one at once is none") {
    for (const std::uint32_t late : {70U, 142U, 205U}) {
        INFO(late);
        CHECK(ticks(pure_ack(smtp, false, late)) == 10);
    }
    CHECK(ticks(pure_ack(smtp, true, 209)) == 10);
    for (const std::uint32_t prompt : {109U, 148U, 753U}) {
        INFO(prompt);
        CHECK(ticks(pure_ack(smtp, false, prompt)) == 0);
    }
    CHECK(ticks(pure_ack(smtp, true, 246)) == 0);
}

TEST_CASE("webmail: 57 bytes leave, 548 wait for their ACK and leave with that very tick") {
    const record::Row& ack = pure_ack(smtp, false, 205);
    const auto rows = of_port(smtp);
    const auto rest =
        std::find_if(rows.begin(), rows.end(), [](const auto* row) { return row->len == 548U; });
    const auto first =
        std::find_if(rows.begin(), rows.end(), [](const auto* row) { return row->len == 57U; });
    REQUIRE(rest != rows.end());
    REQUIRE(first != rows.end());
    CHECK(ack.time - (*first)->time > 36ms);
    CHECK((*rest)->time - ack.time < 1ms);
    CHECK((*rest)->number == ack.number + 1);
    const auto tsval = [](const record::Row& row) {
        const auto frame = lab().recording.frame(lab().recording.packets[row.number - 1]);
        return core::load_u32(&frame[14 + 20 + 20 + 4]);
    };
    CHECK(tsval(ack) == 11597818);
    CHECK(tsval(**rest) == 11597818);
}

TEST_CASE("webmail: the mail is delivered, with its accents") {
    const auto& changes = lab().recording.mailbox_changes;
    CHECK(std::any_of(changes.begin(), changes.end(), [](const auto& change) {
        return change.mailbox == "/var/mail/etudiant" &&
               change.text.find("bien re\xC3\xA7u, merci !") != std::string::npos;
    }));
}
