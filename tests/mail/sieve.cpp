// The Sieve interpreter: what scripts do with messages, what is said of wrong ones.
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "sim/core/random.hpp"
#include "sim/mail/sieve/evaluate.hpp"
#include "sim/mail/sieve/limits.hpp"
#include "sim/mail/sieve/match.hpp"
#include "sim/mail/sieve/script.hpp"

using namespace postack;
using namespace postack::mail;

namespace {

const std::string letter =
    "Return-Path: <bob@lab.fr>\r\n"
    "From: \"Bob, de l'IUT\" <Bob@Lab.fr>\r\n"
    "To: alice@lab.fr, groupe: carol@ailleurs.fr, \"d e\"@iut.fr;\r\n"
    "Subject: =?UTF-8?Q?Projet_R=C3=A9seaux?=\r\n"
    "\tla suite\r\n"
    "X-Empty:\r\n"
    "Received: one\r\nReceived: two\r\n"
    "\r\nSubject: not this one\r\n";

sieve::Script script_of(std::string_view text) {
    auto loaded = sieve::load_script(text, "script");
    if (!loaded) FAIL(loaded.error().message);
    return *loaded;
}

std::string verdict(std::string_view text, std::string_view message = letter,
                    std::string_view from = "bob@lab.fr") {
    const auto done = sieve::evaluate(script_of(text), {message, from, "alice@lab.fr"});
    std::string all = done.problem;
    for (const sieve::Action& action : done.actions) {
        if (!all.empty()) all += "; ";
        all += action.at.line == 0 ? "implicit " : "";
        all += sieve::to_string(action);
    }
    return all;
}

/// Is the test true of the letter?
bool holds(std::string_view test, std::string_view from = "bob@lab.fr") {
    return verdict(fmt::format("require [\"envelope\", \"comparator-i;octet\"]; if {} {{ discard; "
                               "}}",
                               test),
                   letter, from) == "discard";
}

std::string mistake(std::string_view text) {
    const auto loaded = sieve::load_script(text, "f");
    return loaded ? "" : loaded.error().message;
}

}  // namespace

TEST_CASE("sieve: the filter of the lab") {
    const std::string_view filter =
        "require [\"fileinto\"];\n"
        "if allof (header :contains \"subject\" [\"projet\", \"réseaux\"],\n"
        "          address :is \"from\" \"bob@lab.fr\") {\n"
        "    fileinto \"Projet Réseaux\";\n"
        "}\n";
    CHECK(verdict(filter) == "fileinto \"Projet Réseaux\"");
    CHECK(verdict(filter, "From: carol@lab.fr\r\nSubject: Projet\r\n\r\n") == "implicit keep");
    CHECK(verdict(filter, "From: bob@lab.fr\r\nSubject: Les projets\r\n\r\n") ==
          "fileinto \"Projet Réseaux\"");
    CHECK(verdict(filter, "From: bob@lab.fr\r\nSubject: Vacances\r\n\r\n") == "implicit keep");
    // Which command did it, for who wants to show it.
    CHECK(sieve::evaluate(script_of(filter), {letter, "", ""}).actions[0].at ==
          sieve::Position{4, 5});
}

TEST_CASE("sieve: what is kept when (RFC 5228, section 2.10.2)") {
    CHECK(verdict("") == "implicit keep");
    CHECK(verdict("stop; discard;") == "implicit keep");
    CHECK(verdict("keep; keep;") == "keep");
    CHECK(verdict("discard;") == "discard");
    CHECK(verdict("discard; keep;") == "discard; keep");
    CHECK(verdict("redirect \"c@d\";") == "redirect \"c@d\"");
    CHECK(verdict("redirect \"Carol <c@d>\"; keep; redirect \"c@d\";") == "redirect \"c@d\"; keep");
    CHECK(verdict("require \"fileinto\"; fileinto \"a\"; fileinto \"b\"; fileinto \"a\";") ==
          "fileinto \"a\"; fileinto \"b\"");
    CHECK(verdict("if true { stop; } discard;") == "implicit keep");
    CHECK(verdict("if false { stop; } discard;") == "discard");
}

TEST_CASE("sieve: one branch of an if is taken") {
    const auto branch = [](std::string_view a, std::string_view b) {
        return verdict(
            fmt::format("if {} {{ redirect \"1@x\"; }} elsif {} {{ redirect \"2@x\"; }}"
                        " elsif true {{ redirect \"3@x\"; if true {{ keep; }} }} "
                        "else {{ discard; }}",
                        a, b));
    };
    CHECK(branch("true", "true") == "redirect \"1@x\"");
    CHECK(branch("false", "true") == "redirect \"2@x\"");
    CHECK(branch("false", "false") == "redirect \"3@x\"; keep");
    CHECK(verdict("if false {} else { discard; } if true {} else { keep; }") == "discard");
}

TEST_CASE("sieve: header, exists, size") {
    CHECK(holds("header \"SUBJECT\" \"projet réseaux la suite\""));
    CHECK(holds("header :contains \"subject\" [\"none\", \"RéSEAUX\"]"));
    CHECK_FALSE(holds("header :contains \"subject\" \"RÉSEAUX\""));  // É is not ASCII.
    CHECK_FALSE(holds("header :contains :comparator \"i;octet\" \"subject\" \"projet\""));
    CHECK(holds("header :comparator \"i;octet\" :contains \"subject\" \"Projet\""));
    CHECK_FALSE(holds("header :contains \"subject\" \"not this\""));
    CHECK(holds("header :is [\"x-none\", \"x-empty\"] \"\""));
    CHECK(holds("header :contains \"x-empty\" \"\""));
    CHECK_FALSE(holds("header :contains \"x-none\" \"\""));
    CHECK(holds("header \"received\" \"two\""));
    CHECK(holds("header :contains \"from\" \"de l'iut\""));
    CHECK(holds("exists [\"from\", \"received\"]"));
    CHECK_FALSE(holds("exists [\"from\", \"date\"]"));
    CHECK(holds(fmt::format("size :over {}", letter.size() - 1)));
    CHECK_FALSE(holds(fmt::format("size :over {}", letter.size())));
    CHECK_FALSE(holds(fmt::format("size :under {}", letter.size())));
    CHECK(holds("size :under 1K"));
    CHECK_FALSE(holds("size :over 2g"));
}

TEST_CASE("sieve: addresses and the envelope") {
    CHECK(holds("address \"from\" \"bob@lab.fr\""));
    CHECK(holds("address :localpart \"from\" \"bob\""));
    CHECK_FALSE(holds("address :localpart :comparator \"i;octet\" \"from\" \"bob\""));
    CHECK(holds("address :domain :matches [\"to\", \"cc\"] \"*ours.fr\"") == false);
    CHECK(holds("address :domain :matches [\"to\", \"cc\"] \"*leurs.fr\""));
    CHECK(holds("address :all :is \"to\" \"carol@ailleurs.fr\""));
    CHECK(holds("address :localpart :is \"to\" \"d e\""));
    CHECK_FALSE(holds("address :contains \"from\" \"IUT\""));  // a name, not the address
    CHECK_FALSE(holds("address :contains \"to\" \"groupe\""));
    CHECK(holds("envelope \"from\" \"bob@lab.fr\""));
    CHECK(holds("envelope :localpart \"to\" \"ALICE\""));
    CHECK_FALSE(holds("envelope :domain :is \"from\" \"\""));
    CHECK(holds("envelope :domain :is \"from\" \"\"", ""));
    CHECK_FALSE(holds("envelope :contains \"from\" \"@\"", ""));
}

TEST_CASE("sieve: tests of tests") {
    CHECK(holds("not false"));
    CHECK(holds("not not true"));
    CHECK(holds("allof (true, true)"));
    CHECK_FALSE(holds("allof (true, false)"));
    CHECK(holds("anyof (false, true)"));
    CHECK_FALSE(holds("anyof (false, not true)"));
}

TEST_CASE("sieve: matching against a plain, slow statement of it") {
    // '*' tries every length; '?' is one octet; '\' quotes.
    struct Slow {
        static bool matches(std::string_view value, std::string_view key) {
            if (key.empty()) return value.empty();
            if (key[0] == '*') {
                for (std::size_t n = 0; n <= value.size(); ++n) {
                    if (matches(value.substr(n), key.substr(1))) return true;
                }
                return false;
            }
            if (value.empty()) return false;
            if (key[0] == '?') return matches(value.substr(1), key.substr(1));
            if (key[0] == '\\' && key.size() > 1) key.remove_prefix(1);
            return key[0] == value[0] && matches(value.substr(1), key.substr(1));
        }
    };
    core::Random random{11};
    std::size_t matched = 0;
    for (int i = 0; i < 20'000; ++i) {
        std::string value;
        std::string key;
        for (std::uint64_t n = random.below(8); n > 0; --n)
            value += "aab*\\"[random.below(5)];
        for (std::uint64_t n = random.below(7); n > 0; --n)
            key += "ab*?\\*"[random.below(6)];
        std::uint64_t steps = 0;
        const bool is =
            sieve::matches(value, key, sieve::MatchType::matches, sieve::Comparator::octet, steps);
        REQUIRE_MESSAGE(is == Slow::matches(value, key), value << " against " << key);
        matched += is ? 1U : 0U;
        const bool has =
            sieve::matches(value, key, sieve::MatchType::contains, sieve::Comparator::octet, steps);
        REQUIRE(has == (value.find(key) != std::string::npos));
    }
    CHECK(matched > 2000);
}

TEST_CASE("sieve: strings, numbers, comments") {
    const auto subject = [](std::string_view value, std::string_view key) {
        return verdict(fmt::format("if header \"subject\" {} {{ discard; }}", key),
                       fmt::format("Subject: {}\r\n\r\n", value)) == "discard";
    };
    CHECK(subject("a\"b\\c", R"("a\"b\\c")"));
    CHECK(subject("abc", R"("\abc")"));
    CHECK(subject("", "text:\n.\n"));
    CHECK_FALSE(subject("a", "text:\na\n.\n"));  // Its line end counts.
    CHECK(verdict("# one\r\nkeep /* two\n # */ ; /* three */# four") == "keep");
    CHECK(sieve::print_script(script_of("if size :over 3k {} if size :under 2G {}")) ==
          "if size :over 3072 {\n}\nif size :under 2147483648 {\n}\n");
    const auto text = script_of("if header \"x\" text: # comment\r\n..a\r\nb\n.\n {}");
    CHECK(text.commands[0].test.keys[0] == ".a\r\nb\r\n");
}

TEST_CASE("sieve: what is printed says the same") {
    const std::string printed =
        "require [\"fileinto\", \"envelope\", \"comparator-i;octet\"];\n"
        "if allof (header :contains [\"subject\", \"x\"] \"a\\\"b\\\\c\", not size :over 10) {\n"
        "    if envelope :domain :comparator \"i;octet\" :matches \"from\" \"*.fr\" {\n"
        "        fileinto \"a/b\";\n"
        "    }\n"
        "}\nelsif anyof (true, false, exists \"date\") {\n"
        "    redirect \"a@b\";\n"
        "    stop;\n"
        "}\nelse {\n"
        "    discard;\n"
        "}\n"
        "keep;\n";
    CHECK(sieve::print_script(script_of(printed)) == printed);
}

TEST_CASE("sieve: mistakes are told with their place and what would be right") {
    CHECK(mistake("keep") ==
          "f:1:5: after 'keep' a ';' or a block '{ }' was expected, not the end of the script");
    CHECK(mistake("require \"fileinto\";\nif true {\n  filinto \"a\";\n}") ==
          "f:3:3: there is no command 'filinto' (did you mean 'fileinto'?)");
    CHECK(mistake("\xC3\xA9;") == "f:1:1: this character may stand in a string or a comment only");
    CHECK(mistake("/*\xC3\xA9*/ fileinto \"a\";") ==
          "f:1:7: 'fileinto' must be announced at the beginning of the script: require "
          "[\"fileinto\"];");
    CHECK(mistake("keep; require \"fileinto\";") ==
          "f:1:7: require stands at the beginning, before all other commands");
    CHECK(mistake("require [\"fileinto\", \"vacation\"];").starts_with("f:1:22: \"vacation\" is "));
    CHECK(mistake("if headr \"a\" \"b\" {}") ==
          "f:1:4: there is no test 'headr' (did you mean 'header'?)");
    CHECK(mistake("if header \"a\" {}").starts_with("f:1:4: 'header' takes fields and what"));
    CHECK(mistake("if header :is :contains \"a\" \"b\" {}") ==
          "f:1:15: ':contains': only one such tag");
    CHECK(mistake("if header :over \"a\" \"b\" {}")
              .starts_with("f:1:11: 'header' knows no ':over'; it knows :is, :contains"));
    CHECK(mistake("if header :comparator \"i;basic\" \"a\" \"b\" {}")
              .starts_with("f:1:23: there is no comparator \"i;basic\""));
    CHECK(mistake("if address \"subject\" \"b\" {}")
              .starts_with("f:1:12: \"subject\" has no addresses"));
    CHECK(mistake("if header \"subject:\" \"b\" {}")
              .starts_with("f:1:11: \"subject:\" is not the name of a field"));
    CHECK(mistake("require \"envelope\"; if envelope [\"from\", \"auth\"] \"b\" {}") ==
          "f:1:42: \"auth\" is no part of the envelope: \"from\" and \"to\" are");
    CHECK(mistake("if size 10 {}") ==
          "f:1:4: 'size' takes :over or :under and a number: size :over 100K");
    CHECK(mistake("if (true) {}").starts_with("f:1:1: 'if' takes one test; several stand in"));
    CHECK(mistake("if true, false {}").starts_with("f:1:8: after 'if' a ';' or a block"));
    CHECK(mistake("if true; ") == "f:1:1: what 'if' does stands in a block { }");
    CHECK(mistake("else {}") == "f:1:1: 'else' stands behind the block of an if or elsif");
    CHECK(mistake("if true {} keep; elsif true {}").starts_with("f:1:18: 'elsif' stands behind"));
    CHECK(mistake("if true {} else true {}") == "f:1:17: 'else' takes no test; elsif does");
    CHECK(mistake("if allof true {}").starts_with("f:1:4: 'allof' takes tests in parentheses"));
    CHECK(mistake("if keep {}") == "f:1:4: 'keep' is a command, not a test");
    CHECK(mistake("true;") == "f:1:1: 'true' is a test: it stands behind if or elsif");
    CHECK(mistake("keep \"a\";") == "f:1:6: 'keep' takes no arguments");
    CHECK(mistake("keep {}") == "f:1:1: 'keep' has no block: it ends with ';'");
    CHECK(mistake("redirect \"nobody\";") ==
          "f:1:10: 'nobody' is not an address: redirect \"bob@lab.fr\";");
    CHECK(mistake("redirect \"a@b\\r\\nc\";") == "");  // \r is r: there is no such escape.
    CHECK(mistake("redirect \"a@b\r\nc\";").starts_with("f:1:10: "));
    CHECK(mistake("require \"fileinto\"; fileinto \"../a\";").starts_with("f:1:30: '../a' is not"));
    CHECK(mistake("keep; \"never ends") == "f:1:7: this string has no end: '\"'");
    CHECK(mistake("keep; /* never ends") == "f:1:7: this comment has no end: '*/'");
    CHECK(mistake("if header \"a\" text:\nb\n").starts_with("f:1:15: this text has no end"));
    CHECK(mistake("if true { keep; ") == "f:1:1: the block of this 'if' is not closed: '}'");
    CHECK(mistake("keep; }") == "f:1:7: '}' without its '{'");
    CHECK(mistake("if header \"a\" [\"b\" \"c\"] {}") ==
          "f:1:20: in a list of strings a ',' or ']' was expected, not a string");
    CHECK(mistake("if size :over 10X {}") ==
          "f:1:15: a number ends with a digit, or with K, M or G");
    CHECK(mistake("if size :over 99999999999999999999 {}")
              .starts_with("f:1:15: this number is too large"));
    CHECK(mistake(std::string_view{"keep;\0", 6}).find("NUL") != std::string::npos);
    CHECK(mistake("redirect \"a\rb\";") == "f:1:13: in a string a CR stands only before an LF");
    CHECK(mistake("keep; \xFF").starts_with("f:1:1: the script is not UTF-8"));
    // Of a script within another file.
    CHECK(sieve::load_script("\nkeeep;", "lab.toml", 30).error().message ==
          "lab.toml:31:1: there is no command 'keeep' (did you mean 'keep'?)");
}

TEST_CASE("sieve: variables (RFC 5229)") {
    const auto filed = [](std::string_view script) {
        return verdict(fmt::format("require [\"variables\", \"fileinto\"];\n{}", script));
    };
    // What the wildcards took: '*' as little as it can, the letters as they were.
    CHECK(filed(R"(if header :matches "subject" "p*j*" { fileinto "${1}|${2}|${3}"; })") ==
          "fileinto \"ro|et Réseaux la suite|\"");
    CHECK(filed(R"(if address :domain :matches "from" "???.*" { fileinto "${4} ${1}${0}"; })") ==
          "fileinto \"fr LLab.fr\"");
    CHECK(filed(R"(if string :matches "aXbab" "*a*b" { fileinto "-${1}-${2}"; })") ==
          "fileinto \"--Xba\"");
    // They stay until another :matches succeeds; one without wildcards has a ${0} alone.
    CHECK(filed(R"(if string :matches "abc" "a*" {} if string :matches "abc" "b*" {}
                   if string :is "x" "x" {} fileinto "${0}${1}";)") == "fileinto \"abcbc\"");
    CHECK(filed(R"(if string :matches "abc" "a*" {} if string :matches "x" "x" {}
                   fileinto "${0}${1}";)") == "fileinto \"x\"");
    // allof asks no further than it must.
    CHECK(filed(R"(if allof (string :is "a" "b", string :matches "x" "?") {}
                   fileinto "-${1}";)") == "fileinto \"-\"");

    // Names are without case; what is unknown is empty; what is not written right is itself.
    CHECK(filed(R"(set "Name_1" "v"; fileinto "${NAME_1}${none}$${name_1}${${name_1}}";)") ==
          "fileinto \"v$v${v}\"");
    CHECK(filed(R"(set "a" "$"; fileinto "${a}{a} ${} ${ a} ${a.} ${5.a} ${a";)") ==
          "fileinto \"${a} ${} ${ a} ${a.} ${5.a} ${a\"");
    CHECK(filed(R"(set "a" "1"; set "a" "${a}${a}"; fileinto "${a}";)") == "fileinto \"11\"");
    // In every string: fields, keys, addresses, parts of the envelope.
    CHECK(filed(R"(set "f" "subject"; set "k" "projet"; set "n" "bob";
                   if header :contains "${f}" "${k}" { redirect "N <${n}@x.fr>"; })") ==
          "redirect \"bob@x.fr\"");
    CHECK(filed(R"(set "f" "sub:ject"; if exists "${f}" { discard; })") == "implicit keep");
    CHECK(verdict(R"(require ["variables", "envelope"]; set "f" "auth";
                     if envelope :contains "${f}" "" { discard; })") == "implicit keep");
    // Without the require "${" has no meaning.
    CHECK(verdict(R"(require "fileinto"; fileinto "${a}";)") == "fileinto \"${a}\"");

    // A value that makes no folder or address: the message is kept, and nothing else is done.
    CHECK(filed(R"(redirect "a@b"; fileinto "${none}";)") ==
          "line 2: a folder has a name; implicit keep");
    CHECK(filed(R"(set "up" ".."; fileinto "${up}/etc";)").starts_with("line 2: '../etc' is not"));
    CHECK(filed(R"(redirect "${none}@x.fr";)") ==
          "line 2: with the values of its variables \"${none}@x.fr\" is no address; implicit keep");
    // Half of an 'é'.
    CHECK(filed(R"(if string :matches "é" "?*" { fileinto "${1}"; })") ==
          "line 2: the name of a folder is UTF-8 (RFC 5228, section 4.1); implicit keep");
}

TEST_CASE("sieve: what set makes of a value (RFC 5229, section 4.1)") {
    const auto value = [](std::string_view modifiers, std::string_view text) {
        return verdict(
            fmt::format("require [\"variables\", \"fileinto\"]; set {} \"v\" \"{}\"; "
                        "fileinto \"<${{v}}>\";",
                        modifiers, text));
    };
    CHECK(value("", "Été") == "fileinto \"<Été>\"");
    CHECK(value(":lower", "ÉTÉ À Paris") == "fileinto \"<ÉtÉ À paris>\"");
    CHECK(value(":upper", "bonjour") == "fileinto \"<BONJOUR>\"");
    CHECK(value(":lowerfirst", "BON") == "fileinto \"<bON>\"");
    CHECK(value(":upperfirst", "") == "fileinto \"<>\"");
    // Their order is that of the RFC, not that of the script.
    CHECK(value(":upperfirst :lower", "juMBlEd") == "fileinto \"<Jumbled>\"");
    CHECK(value(":length :quotewildcard", "é*?") == "fileinto \"<5>\"");
    CHECK(value(":quotewildcard", "Rock*b?\\\\c") == "fileinto \"<Rock\\\\*b\\\\?\\\\\\\\c>\"");
    CHECK(verdict("require \"variables\"; set :quotewildcard \"q\" \"a*\"; "
                  "if string :matches \"a*\" \"${q}\" { discard; }") == "discard");
    CHECK(verdict("require \"variables\"; set :quotewildcard \"q\" \"a*\"; "
                  "if string :matches \"ab\" \"${q}\" { discard; }") == "implicit keep");

    const std::string printed =
        "require \"variables\";\n"
        "set :lower :upperfirst :quotewildcard :length \"a\" \"${1}\";\n"
        "if string :matches \"${a}\" [\"*\", \"\"] {\n"
        "    redirect \"N <${a}@x>\";\n"
        "}\n";
    CHECK(sieve::print_script(script_of(printed)) == printed);
}

TEST_CASE("sieve: mistakes with variables, and their limits") {
    const auto wrong = [](std::string_view script) {
        return mistake(fmt::format("require \"variables\"; {}", script));
    };
    CHECK(mistake("set \"a\" \"b\";") ==
          "f:1:1: 'set' must be announced at the beginning of the script: require "
          "[\"variables\"];");
    CHECK(mistake("if string \"a\" \"b\" {}").starts_with("f:1:4: 'string' must be announced"));
    CHECK(wrong("set \"1\" \"b\";") == "f:1:26: ${1} gets its value from :matches, not from set");
    CHECK(wrong("set \"a.b\" \"b\";").starts_with("f:1:26: 'a.b' is not the name of a variable"));
    CHECK(wrong("set \"${a}\" \"b\";").starts_with("f:1:26: '${a}' is not the name"));
    CHECK(wrong("set \"a\";").starts_with("f:1:22: 'set' takes the name of a variable and its"));
    CHECK(wrong("set \"a\" [\"b\", \"c\"];").starts_with("f:1:30: 'set' takes the name"));
    CHECK(wrong("set :lower :upper \"a\" \"b\";").starts_with("f:1:33: ':upper': one of :lower"));
    CHECK(wrong("set :length :length \"a\" \"b\";").starts_with("f:1:34: ':length': one of"));
    CHECK(wrong("set :is \"a\" \"b\";").starts_with("f:1:26: 'set' knows no ':is'; it knows"));
    CHECK(wrong("set \"a\" :upper \"b\";") == "f:1:30: ':upper' stands before the strings");
    CHECK(wrong("if string \"a\" {}").starts_with("f:1:25: 'string' takes what is compared"));
    CHECK(wrong("if string :domain \"a\" \"b\" {}").find("knows no ':domain'") !=
          std::string::npos);
    CHECK(wrong("if header \"subject\" [\"b\", \"${env.x}\"] {}") ==
          "f:1:48: ${env.x}: there is no namespace 'env' of variables");
    CHECK(wrong("redirect \"${32}@x\";") == "f:1:31: ${32}: match variables go from ${0} to ${31}");
    CHECK(wrong("redirect \"${99999999999999999999999}@x\";").find("match variables go") !=
          std::string::npos);
    CHECK(wrong("redirect \"${00031}@x\";").empty());
    CHECK(wrong("if header :comparator \"${c}\" \"a\" \"b\" {}").find("no comparator \"${c}\"") !=
          std::string::npos);

    const std::string name(sieve::max_variable_name, 'n');
    CHECK(wrong(fmt::format("set \"{}\" \"${{{}}}\";", name, name)).empty());
    CHECK(wrong(fmt::format("set \"{}n\" \"\";", name)).ends_with("at most 64 characters"));
    CHECK(wrong(fmt::format("redirect \"${{{}n}}\";", name)).ends_with("at most 64 characters"));
    std::string many;
    for (std::size_t i = 0; i < sieve::max_variables; ++i)
        many += fmt::format("set \"v{}\" \"\";\n", i);
    CHECK(wrong(many + "set \"V0\" \"\";").empty());
    CHECK(wrong(many + "set \"w\" \"\";").ends_with("more than 255 variables"));

    // A value is cut off between two characters; it cannot grow without end, nor for long.
    std::string twice = "require \"variables\"; set \"a\" \"xé\";\n";
    for (int i = 0; i < 12; ++i)
        twice += "set \"a\" \"${a}${a}\";\n";
    CHECK(verdict(twice + "set :length \"n\" \"${a}\"; if string \"${n}\" \"2731\" { discard; }") ==
          "discard");
    CHECK(verdict(twice + "set :quotewildcard \"s\" \"" + std::string(4000, '*') +
                  "\"; set :length \"n\" \"${s}\"; if string \"${n}\" \"4096\" { discard; }") ==
          "discard");
    std::string large;
    for (int i = 0; i < 1000; ++i)
        large += "${a}";
    for (int i = 0; i < 30; ++i)
        twice += fmt::format("if string :is \"{}\" \"x\" {{}}\n", large);
    CHECK(verdict(twice).find("the script takes too long") != std::string::npos);
}

TEST_CASE("sieve: limits") {
    const auto repeated = [](std::string_view text, std::size_t times) {
        std::string all;
        for (std::size_t i = 0; i < times; ++i)
            all += text;
        return all;
    };
    const auto nested = [&](std::size_t depth) {
        return repeated("if true {", depth) + "discard;" + repeated("}", depth);
    };
    CHECK(verdict(nested(sieve::max_nesting)) == "discard");
    CHECK(
        mistake(nested(sieve::max_nesting + 1)).ends_with("blocks within blocks: at most 32 deep"));
    CHECK(mistake(nested(100'000)).ends_with("at most 32 deep"));
    const auto tests = [&](std::size_t depth) {
        return "if " + repeated("not ", depth - 1) + "true {}";
    };
    CHECK(mistake(tests(sieve::max_nesting)).empty());
    CHECK(mistake(tests(sieve::max_nesting + 1)).ends_with("at most 32 deep"));
    CHECK(mistake("if " + repeated("anyof(", 100'000)).ends_with("at most 32 deep"));
    CHECK(mistake(repeated("keep;", sieve::max_commands)).empty());
    CHECK(
        mistake(repeated("keep;", sieve::max_commands + 1)).ends_with("10000 commands and tests"));
    CHECK(mistake(std::string(sieve::max_script_size + 1, ' ')).find("at most") !=
          std::string::npos);
    CHECK(mistake(repeated("a", 33) + ";").ends_with("a name of 33 characters: at most 32"));
    CHECK(mistake("keep " + repeated(":a ", 33) + ";").ends_with("more than 32 arguments"));

    std::string redirects;
    for (int i = 0; i < 5; ++i)
        redirects += fmt::format("redirect \"{}@x\";\n", i);
    CHECK(verdict(redirects) == "line 5: more than 4 redirects; implicit keep");
    std::string folders = "require \"fileinto\";\n";
    for (int i = 0; i < 33; ++i)
        folders += fmt::format("fileinto \"{}\";\n", i);
    CHECK(verdict(folders) == "line 34: more than 32 actions; implicit keep");

    // A key that goes back at every character of a long field, often.
    std::string slow = "discard;\n";
    for (int i = 0; i < 100; ++i) {
        slow += "if header :matches \"subject\" \"*" + repeated("a", 2000) + "b\" {}\n";
    }
    const std::string message = "Subject: " + repeated("a", 100'000) + "\r\n\r\n";
    const std::string end = verdict(slow, message);
    CHECK(end.find("the script takes too long") != std::string::npos);
    CHECK(end.ends_with("; implicit keep"));
}
