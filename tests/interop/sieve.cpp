// Our verdicts and those of Dovecot's Pigeonhole (`sieve-test` of the package dovecot-sieve), on
// scripts and messages made at random of the parts in which they might differ.
//
// Left out is where Pigeonhole 0.5.19 is on its own: "a?c*" matches "abbc" there (a literal
// beginning with '?' before the first '*' may be found anywhere), and of a field whose only address
// is invalid the whole text is compared. So are the match variables in an allof or anyof: of one
// that a constant decides, Pigeonhole asks no other test.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include "sim/core/random.hpp"
#include "sim/mail/sieve/evaluate.hpp"

using namespace postack;
using namespace postack::mail;

namespace {

struct Folder {
    std::filesystem::path path;
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "postack-sieve-XXXXXX");
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
        // sieve-test drops its privileges.
        std::filesystem::permissions(path, std::filesystem::perms::all);
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string write(std::string_view name, std::string_view text) const {
        const auto file = path / name;
        std::ofstream{file, std::ios::binary} << text;
        return file;
    }
};

// Half a character in a folder's name: Pigeonhole too gives the script up and keeps the message.
bool given_up(std::string_view output) {
    return output.find("resolved with successful implicit keep") != std::string_view::npos;
}

std::string output_of(const std::string& command) {
    std::FILE* pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string text;
    char buffer[4096];
    while (const std::size_t n = std::fread(buffer, 1, sizeof buffer, pipe))
        text.append(buffer, n);
    const int status = ::pclose(pipe);
    REQUIRE_MESSAGE((status == 0 || given_up(text)), command << " fails: " << text);
    return text;
}

// "store message in folder: X", "redirect message to: <a@b>", "discard"; sorted.
std::set<std::string> theirs(const std::string& output) {
    if (given_up(output)) return {"store message in folder: INBOX"};
    std::set<std::string> actions;
    for (std::size_t at = output.find(" * "); at != std::string::npos;
         at = output.find(" * ", at + 1)) {
        actions.insert(output.substr(at + 3, output.find('\n', at) - at - 3));
    }
    return actions;
}

std::set<std::string> ours(const sieve::Verdict& verdict) {
    std::set<std::string> actions;
    for (const sieve::Action& action : verdict.actions) {
        switch (action.kind) {
            case sieve::Action::Kind::keep: actions.insert("store message in folder: INBOX"); break;
            case sieve::Action::Kind::fileinto:
                actions.insert("store message in folder: " + action.argument);
                break;
            case sieve::Action::Kind::redirect:
                actions.insert("redirect message to: <" + action.argument + ">");
                break;
            case sieve::Action::Kind::discard: actions.insert("discard"); break;
        }
    }
    return actions;
}

class Maker {
   public:
    explicit Maker(std::uint64_t seed) : random_(seed) {}

    std::string message() {
        return fmt::format(
            "From: {}\r\nTo: {}\r\nSubject: {}\r\n{}\r\n{}\r\n",
            one({"bob@lab.fr", "Bob <BOB@lab.fr>", "\"b, c\" <carol@iut.fr> (x)"}),
            one({"alice@lab.fr, dan@iut.fr", "g: alice@lab.fr, e@x.fr;", "alice, dan@iut.fr",
                 "\"a b\"@lab.fr"}),
            one({"Projet", "=?UTF-8?Q?R=C3=A9seaux?= et projet", "Re: les\r\n projets  du lab", "",
                 "=?ISO-8859-1?B?6Q==?=", " a*b?c\\d "}),
            one({"", "X-Spam: yes\r\n", "X-Spam:\r\n", "Received: a\r\nReceived: b\r\n"}),
            std::string(random_.below(400), 'x'));
    }

    // Variables (RFC 5229): each step writes into a folder's name what there is by then.
    std::string script_with_variables() {
        std::string text = "require [\"fileinto\", \"envelope\", \"variables\"];\n";
        for (int i = 0; i < 12; ++i) {
            switch (random_.below(3)) {
                case 0:
                    text += fmt::format("set {}{}{}{}\"{}\" {};\n", one({"", ":lower ", ":UPPER "}),
                                        one({"", ":lowerfirst ", ":upperfirst "}),
                                        one({"", "", ":quotewildcard "}), one({"", "", ":length "}),
                                        one({"a", "A", "b", "c_1"}), value());
                    break;
                case 1:
                    text +=
                        fmt::format("if {} {{ fileinto \"F{}-${{0}}|${{1}}|${{2}}|${{3}}\"; }}\n",
                                    one_test(), ++folders_);
                    break;
                default:
                    text += fmt::format("fileinto \"F{}-${{a}}|${{b}}|${{C_1}}|${{1}}|${{02}}\";\n",
                                        ++folders_);
            }
        }
        return text;
    }

    std::string script() {
        std::string text = "require [\"fileinto\", \"envelope\", \"comparator-i;octet\"];\n";
        for (int i = 0; i < 12; ++i) {
            text += fmt::format("if {} {{ {} }}", test(0), action());
            if (random_.below(3) == 0) text += fmt::format(" elsif {} {{ {} }}", test(0), action());
            if (random_.below(3) == 0) text += fmt::format(" else {{ {} }}", action());
            text += '\n';
        }
        return text;
    }

   private:
    std::string one(std::initializer_list<std::string_view> of) {
        return std::string{of.begin()[random_.below(of.size())]};
    }
    std::string action() {
        switch (random_.below(8)) {
            case 0: return "keep;";
            case 1: return "discard;";
            case 2: return one({"redirect \"x@y.fr\";", "redirect \"Z <z@y.fr>\";"});
            case 3: return one({"stop;", ""});
            default: return fmt::format("fileinto \"F{}\";", ++folders_ % 20);
        }
    }
    std::string value() {
        return one({"\"\"", "\"Été À Lille\"", "\"${a}${b}\"", "\"${1}-${a}\"", "\"pROJET\"",
                    "\"a*b?c\\\\d\"", "\"${none}$${a}${\"", "\"${ a}${}${1.a}${{b}}\"", "\"b*\"",
                    "\"subject\""});
    }
    std::string one_test() {
        switch (random_.below(5)) {
            case 0:
                return fmt::format("string {}{} {}", tags(), value(),
                                   random_.below(2) == 0 ? key_without_early_gap() : value());
            case 1:
                return fmt::format("header :matches [\"${{a}}\", \"x-${{b}}\", \"subject\"] {}",
                                   key_without_early_gap());
            case 2:
                return fmt::format(
                    "address {}:matches [\"from\", \"to\"] {}",
                    one({"", ":localpart ", ":domain "}),
                    one({"\"*@*\"", "\"?*\"", "\"*.*\"", "\"*${1}*\"", "\"al*e*\""}));
            case 3:
                return fmt::format(
                    "header :matches \"subject\" {}",
                    one({"\"*e*\"", "\"* * *\"", "\"??*t*\"", "\"*j?t*\"", "[\"*s *\", \"*\"]"}));
            default: return fmt::format("not header {}\"subject\" {}", tags(), value());
        }
    }
    // Pigeonhole 0.5.19 does not look at what follows a '?' before the first '*'.
    std::string key_without_early_gap() {
        for (;;) {
            std::string made = key();
            if (made.find("R??") == std::string::npos) return made;
        }
    }
    std::string tags() {
        return one({"", ":is ", ":contains ", ":matches "}) +
               one({"", "", ":comparator \"i;octet\" ", ":comparator \"i;ascii-casemap\" "});
    }
    std::string key() {
        return one({"\"\"",
                    "\"*\"",
                    "\"?\"",
                    "\"projet\"",
                    "\"PROJET\"",
                    "\"*projet*\"",
                    "\"R??seaux*\"",
                    "\"*R?seaux*\"",
                    "\"*\\\\**\"",
                    "\"*\\\\?*\"",
                    "\"*\\\\\\\\d\"",
                    "\"é\"",
                    "\"??\"",
                    "\"bob\"",
                    "\"lab.fr\"",
                    "\"*.fr\"",
                    "\"alice@lab.fr\"",
                    "\"a b\"",
                    "\"yes\"",
                    "\"b\"",
                    "[\"none\", \"bob@lab.fr\"]",
                    "\"alice\"",
                    "\"Re: les projets  du lab\""});
    }
    std::string test(int depth) {
        switch (random_.below(depth > 2 ? 6 : 9)) {
            case 0: return "true";
            case 1:
                return fmt::format("header {}{} {}", tags(),
                                   one({"\"subject\"", "[\"X-Spam\", \"Received\"]", "\"from\"",
                                        "[\"none\", \"SUBJECT\"]"}),
                                   key());
            case 2:
                return fmt::format("address {}{}{} {}",
                                   one({"", ":all ", ":localpart ", ":domain "}), tags(),
                                   one({"\"from\"", "[\"to\", \"cc\"]"}), key());
            case 3:
                return fmt::format("envelope {}{}{} {}", one({"", ":localpart ", ":domain "}),
                                   tags(), one({"\"from\"", "\"to\"", "[\"From\", \"TO\"]"}),
                                   key());
            case 4:
                return fmt::format("exists {}", one({"\"x-spam\"", "[\"from\", \"to\"]",
                                                     "[\"from\", \"received\"]"}));
            case 5:
                return fmt::format("size {} {}", one({":over", ":under"}),
                                   one({"200", "300", "1K", "0"}));
            case 6: return "not " + test(depth + 1);
            case 7: return fmt::format("allof ({}, {})", test(depth + 1), test(depth + 1));
            default: return fmt::format("anyof ({}, {})", test(depth + 1), test(depth + 1));
        }
    }

    core::Random random_;
    int folders_ = 0;
};

}  // namespace

TEST_CASE("our verdicts are Pigeonhole's") {
    const Folder folder;
    // sieve-test does not run as root; 65534 is nobody.
    const std::string config = folder.write(
        "dovecot.conf", fmt::format("base_dir = {0}\nmail_location = maildir:{0}/mail\nmail_home = "
                                    "{0}\nmail_uid = {1}\nmail_gid = {2}\nssl = no\n",
                                    folder.path.string(), ::geteuid() == 0 ? 65534 : ::geteuid(),
                                    ::geteuid() == 0 ? 65534 : ::getegid()));
    std::set<std::string> seen;
    const auto compare = [&](std::uint64_t seed, const std::string& text,
                             const std::string& message) {
        const auto script = sieve::load_script(text, "script");
        if (!script) FAIL(script.error().message << "\n" << text);
        const auto verdict = sieve::evaluate(*script, {message, "bob@lab.fr", "alice@lab.fr"});
        const std::string script_file = folder.write(fmt::format("{}.sieve", seed), text);
        const auto expected = theirs(
            output_of(fmt::format("sieve-test -c {} -f bob@lab.fr -r alice@lab.fr {} {} 2>&1",
                                  config, script_file, folder.write("message", message))));
        REQUIRE_FALSE(expected.empty());
        const auto actual = ours(verdict);
        CHECK_MESSAGE(actual == expected,
                      fmt::format("seed {}\n{}\n{}ours: {}\ntheirs: {}", seed, text, message,
                                  fmt::join(actual, ", "), fmt::join(expected, ", ")));
        seen.insert(expected.begin(), expected.end());
    };
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        Maker make{seed};
        const std::string text = make.script();
        compare(seed, text, make.message());
    }
    CHECK(seen.size() > 15);  // INBOX, folders, two redirects, discard
    seen.clear();
    for (std::uint64_t seed = 1001; seed <= 1200; ++seed) {
        Maker make{seed};
        const std::string text = make.script_with_variables();
        compare(seed, text, make.message());
    }
    CHECK(seen.size() > 400);  // folders with different values in their names
}
