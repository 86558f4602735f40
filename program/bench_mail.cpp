// `postack bench mail`: what a command costs each engine, beside the cost of copying the same
// bytes; and how FETCH, SEARCH and SORT grow with the mailbox.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "program/bench.hpp"
#include "program/input.hpp"
#include "sim/core/assets.hpp"
#include "sim/core/file.hpp"
#include "sim/core/random.hpp"
#include "sim/mail/imap/server_session.hpp"
#include "sim/mail/pop3/server_session.hpp"
#include "sim/mail/smtp/server_session.hpp"
#include "sim/mail/store/memory_store.hpp"

namespace postack::program {
namespace {

constexpr std::string_view account = "u1";
constexpr std::string_view inbox = "/var/mail/u1";

template <typename Personality>
core::Result<Personality> words_of(const std::string& name,
                                   core::Result<Personality> (*read)(std::string_view,
                                                                     std::string_view)) {
    const auto file = core::find_asset("personalities/" + name + ".toml");
    if (!file) return file.error();
    constexpr std::uint64_t largest = 1 << 20;
    const auto text = core::read_file(file->string(), largest);
    if (!text) return text.error();
    return read(*text, file->string());
}

mail::store::MailroomOptions room_options() {
    mail::store::MailroomOptions options;
    options.accounts = {{std::string{account}, "pw"}};
    options.delivery = mail::store::Delivery::discarded;
    return options;
}

// A message of about `size` bytes; subjects and dates in no order, so that a sort has work.
std::string message_text(core::Random& random, std::size_t number, std::size_t size) {
    std::string text = fmt::format(
        "From: a{}@b.fr\r\nTo: u1@localhost\r\nSubject: s{:08x}\r\nDate: {} Jan 20{:02} "
        "{:02}:{:02}:00 +0000\r\nMessage-ID: <{}@b.fr>\r\n\r\n",
        random.below(1000), random.below(1U << 30), 1 + random.below(28), random.below(26),
        random.below(24), random.below(60), number);
    if (text.size() < size) text += std::string(size - text.size() - 2, 'x') + "\r\n";
    return text;
}

// An engine with the bytes that go in and out.
template <typename Engine>
struct Talk {
    Engine& engine;
    std::uint64_t bytes = 0;
    std::string last;

    void answers() {
        while (auto answer = engine.next(core::epoch)) {
            for (std::string& write : answer->writes) {
                bytes += write.size();
                last = std::move(write);
            }
        }
    }
    void say(std::string_view text) {
        bytes += text.size();
        while (!text.empty()) {
            text.remove_prefix(engine.receive(core::as_bytes(text), core::epoch));
            answers();
        }
    }
};

// How long it takes to copy so many bytes, as a share of a block that is in the cache.
double copying_seconds(std::uint64_t bytes) {
    constexpr std::size_t block = 16 << 10;
    std::vector<char> from(block, 'x');
    std::vector<char> to(block);
    const std::uint64_t rounds = std::max<std::uint64_t>(1, bytes / block);
    unsigned mix = 0;
    const Stopwatch time;
    for (std::uint64_t i = 0; i < rounds; ++i) {
        from[i % block] ^= 1;  // so that no compiler leaves a copy out
        std::memcpy(to.data(), from.data(), block);
        mix += static_cast<unsigned char>(to[(i * 7) % block]);
    }
    const double seconds = time.seconds() * static_cast<double>(bytes) /
                           (static_cast<double>(rounds) * static_cast<double>(block));
    return mix == 1 ? seconds + 1e-12 : seconds;
}

struct Cost {
    std::string name;
    double ns = 0, copy_ns = 0;
    double bytes = 0;
    bool good = true;
};

// `commands` of them, at least for a fifth of a second.
template <typename Engine, typename Say>
Cost measure(const std::string& name, Talk<Engine>& talk, std::string_view expected, Say say) {
    constexpr double enough = 0.2;
    say();  // warm
    talk.bytes = 0;
    std::uint64_t commands = 0;
    const Stopwatch time;
    while (time.seconds() < enough) {
        for (int i = 0; i < 100; ++i)
            say();
        commands += 100;
    }
    const double seconds = time.seconds();
    const auto n = static_cast<double>(commands);
    return {name, seconds / n * 1e9, copying_seconds(talk.bytes) / n * 1e9,
            static_cast<double>(talk.bytes) / n, talk.last.find(expected) != std::string::npos};
}

void fill(mail::store::MemoryStore& store, std::size_t messages, std::size_t size) {
    core::Random random{7};
    for (std::size_t i = 0; i < messages; ++i) {
        mail::store::StoredMessage message;
        message.text = message_text(random, i, size);
        message.unix_ns = 1'700'000'000'000'000'000 +
                          static_cast<std::int64_t>(random.below(1U << 30)) * 1'000'000'000;
        static_cast<void>(store.append(inbox, std::move(message)));
    }
}

mail::store::MemoryLimits wide_limits() {
    mail::store::MemoryLimits limits;
    limits.mailbox_size = std::uint64_t{4} << 30;
    limits.quotes_from_lines = false;
    return limits;
}

core::Result<std::vector<Cost>> costs_of_commands() {
    const auto smtp_words = words_of<mail::smtp::Personality>("rfc", mail::smtp::load_personality);
    if (!smtp_words) return smtp_words.error();
    const auto pop3_words =
        words_of<mail::pop3::Personality>("pop3-rfc", mail::pop3::load_personality);
    if (!pop3_words) return pop3_words.error();
    const auto imap_words =
        words_of<mail::imap::Personality>("imap-rfc", mail::imap::load_personality);
    if (!imap_words) return imap_words.error();

    constexpr std::size_t messages = 100;
    constexpr std::size_t size = 1024;
    mail::store::MemoryStore store{wide_limits()};
    fill(store, messages, size);
    mail::store::Mailroom room{room_options(), store};
    core::Random random{3};
    const std::string text = message_text(random, 0, size);
    std::vector<Cost> costs;

    mail::smtp::ServerSession smtp{*smtp_words, {}, room};
    Talk<mail::smtp::ServerSession> s{smtp, 0, {}};
    smtp.start(core::epoch);
    s.answers();
    s.say("EHLO bench\r\n");
    costs.push_back(measure("smtp NOOP", s, "250", [&] { s.say("NOOP\r\n"); }));
    costs.push_back(measure("smtp message 1 kB", s, "250", [&] {
        s.say("MAIL FROM:<a@b.fr>\r\n");
        s.say("RCPT TO:<u1@localhost>\r\n");
        s.say("DATA\r\n");
        s.say(text);
        s.say(".\r\n");
    }));
    costs.back().ns /= 4;  // a command: MAIL, RCPT, DATA, the text
    costs.back().copy_ns /= 4;
    costs.back().bytes /= 4;

    mail::pop3::ServerSession pop3{*pop3_words, {}, room};
    Talk<mail::pop3::ServerSession> p{pop3, 0, {}};
    pop3.start(core::epoch);
    p.answers();
    p.say("USER u1\r\nPASS pw\r\n");
    costs.push_back(measure("pop3 STAT", p, "+OK", [&] { p.say("STAT\r\n"); }));
    costs.push_back(measure("pop3 LIST of 100", p, ".\r\n", [&] { p.say("LIST\r\n"); }));
    costs.push_back(measure("pop3 RETR 1 kB", p, ".\r\n", [&] { p.say("RETR 50\r\n"); }));

    mail::imap::ServerSession imap{*imap_words, {}, room};
    Talk<mail::imap::ServerSession> i{imap, 0, {}};
    imap.start(core::epoch);
    i.answers();
    i.say("a LOGIN u1 pw\r\na SELECT INBOX\r\n");
    costs.push_back(measure("imap NOOP", i, "a OK", [&] { i.say("a NOOP\r\n"); }));
    costs.push_back(measure("imap FETCH FLAGS", i, "a OK", [&] { i.say("a FETCH 50 FLAGS\r\n"); }));
    costs.push_back(
        measure("imap FETCH BODY[] 1 kB", i, "a OK", [&] { i.say("a FETCH 50 BODY.PEEK[]\r\n"); }));
    costs.push_back(
        measure("imap FETCH ENVELOPE", i, "a OK", [&] { i.say("a FETCH 50 ENVELOPE\r\n"); }));
    bool on = false;
    costs.push_back(measure("imap STORE", i, "a OK", [&] {
        on = !on;
        i.say(on ? "a STORE 50 +FLAGS.SILENT (\\Seen)\r\n"
                 : "a STORE 50 -FLAGS.SILENT (\\Seen)\r\n");
    }));
    return costs;
}

struct Growth {
    std::string_view name;
    std::string_view command;
    bool n_log_n = false;           // or as the answer
    std::vector<double> seconds{};  // by size
    std::vector<double> bytes{};
};

int mail_costs(bool large) {
    const auto costs = costs_of_commands();
    if (!costs) return fail(costs.error());
    const auto imap_words =
        words_of<mail::imap::Personality>("imap-rfc", mail::imap::load_personality);
    if (!imap_words) return fail(imap_words.error());
    std::vector<std::size_t> sizes{100, 10'000};
    if (large) sizes.push_back(1'000'000);
    std::vector<Growth> growths{
        {"fetch_flags", "a FETCH 1:* FLAGS\r\n"},
        {"fetch_one", "a FETCH * FLAGS\r\n"},
        {"fetch_envelope", "a FETCH 1:* ENVELOPE\r\n"},
        {"search_flag", "a SEARCH UNSEEN\r\n", true},
        {"search_subject", "a SEARCH SUBJECT s0\r\n", true},
        {"sort_arrival", "a SORT (ARRIVAL) UTF-8 ALL\r\n", true},
        {"sort_subject", "a SORT (SUBJECT) UTF-8 ALL\r\n", true},
        {"sort_date", "a SORT (DATE) UTF-8 ALL\r\n", true},
    };
    bool good = std::all_of(costs->begin(), costs->end(), [](const Cost& c) { return c.good; });
    for (const std::size_t size : sizes) {
        mail::store::MemoryStore store{wide_limits()};
        fill(store, size, 200);
        mail::store::Mailroom room{room_options(), store};
        mail::imap::ServerSession session{*imap_words, {}, room};
        Talk<mail::imap::ServerSession> talk{session, 0, {}};
        session.start(core::epoch);
        talk.answers();
        talk.say("a LOGIN u1 pw\r\na SELECT INBOX\r\n");
        for (Growth& growth : growths) {
            constexpr double enough = 0.05;
            int times = 0;
            talk.bytes = 0;
            const Stopwatch time;
            do {
                talk.say(growth.command);
                ++times;
            } while (time.seconds() < enough);
            growth.seconds.push_back(time.seconds() / times);
            growth.bytes.push_back(static_cast<double>(talk.bytes) / times);
            good = good && talk.last.find("a OK") != std::string::npos;
        }
    }
    std::string line = "{\"commands\":{";
    for (const Cost& c : *costs) {
        line += fmt::format("{}\"{}\":{{\"ns\":{:.0f},\"bytes\":{:.0f},\"copy_ns\":{:.1f}}}",
                            line.back() == '{' ? "" : ",", c.name, c.ns, c.bytes, c.copy_ns);
    }
    line += "},\"growth\":{";
    for (const Growth& g : growths) {
        line += fmt::format("{}\"{}\":{{", line.back() == '{' ? "" : ",", g.name);
        for (std::size_t i = 0; i < sizes.size(); ++i)
            line += fmt::format("\"us_{}\":{:.1f},", sizes[i], g.seconds[i] * 1e6);
        // How much more than in proportion: to the bytes of the answer, or to n log n.
        const auto proportion = [&](std::size_t i) {
            const auto n = static_cast<double>(sizes[i]);
            return g.n_log_n ? n * std::log2(n) : g.bytes[i];
        };
        const std::size_t last = sizes.size() - 1;
        line += fmt::format("\"beyond\":{:.2f}}}", g.seconds[last] / g.seconds[last - 1] /
                                                       (proportion(last) / proportion(last - 1)));
    }
    fmt::print("{}}},\"maxrss_kb\":{},\"bad\":{}}}\n", line, peak_memory_kb(), good ? 0 : 1);
    return good ? 0 : 1;
}

}  // namespace

void add_bench_mail(CLI::App& bench, Action& action) {
    CLI::App* word = bench.add_subcommand(
        "mail", "A command's cost in each engine, and growth with the mailbox (to 1,000,000)");
    auto small = std::make_shared<bool>(false);
    word->add_flag("--small", *small, "Mailboxes to 10,000 messages only");
    word->callback([&action, small] { action = [small] { return mail_costs(!*small); }; });
}

}  // namespace postack::program
