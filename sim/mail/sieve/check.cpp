// From the syntax tree to a script: which commands and tests there are and what each takes.
#include <algorithm>
#include <array>
#include <initializer_list>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "sim/core/nearest.hpp"
#include "sim/mail/message/address.hpp"
#include "sim/mail/message/header.hpp"
#include "sim/mail/sieve/destination.hpp"
#include "sim/mail/sieve/limits.hpp"
#include "sim/mail/sieve/script.hpp"
#include "sim/mail/sieve/syntax.hpp"
#include "sim/mail/sieve/variables.hpp"

namespace postack::mail::sieve {
namespace {

// What may be required (sections 2.7.3, 4.1, 5.4; RFC 5229); the comparators are there in any case.
constexpr std::array<std::string_view, 5> extensions{
    "comparator-i;ascii-casemap", "comparator-i;octet", "envelope", "fileinto", "variables"};

// The fields whose values are addresses (section 5.1): those that RFC 5322, RFC 5321 and the
// servers of our labs write.
constexpr std::array<std::string_view, 17> address_fields{"from",
                                                          "to",
                                                          "cc",
                                                          "bcc",
                                                          "sender",
                                                          "reply-to",
                                                          "resent-from",
                                                          "resent-to",
                                                          "resent-cc",
                                                          "resent-bcc",
                                                          "resent-sender",
                                                          "resent-reply-to",
                                                          "delivered-to",
                                                          "envelope-to",
                                                          "x-original-to",
                                                          "return-path",
                                                          "disposition-notification-to"};

template <typename Value>
struct Word {
    std::string_view name;
    Value value;
};

constexpr std::array<Word<Command::Kind>, 9> commands{{{"if", Command::Kind::if_},
                                                       {"elsif", Command::Kind::elsif},
                                                       {"else", Command::Kind::else_},
                                                       {"stop", Command::Kind::stop},
                                                       {"keep", Command::Kind::keep},
                                                       {"discard", Command::Kind::discard},
                                                       {"fileinto", Command::Kind::fileinto},
                                                       {"redirect", Command::Kind::redirect},
                                                       {"set", Command::Kind::set}}};
constexpr std::array<Word<Test::Kind>, 11> tests{{{"true", Test::Kind::always},
                                                  {"false", Test::Kind::never},
                                                  {"not", Test::Kind::not_},
                                                  {"allof", Test::Kind::all_of},
                                                  {"anyof", Test::Kind::any_of},
                                                  {"address", Test::Kind::address},
                                                  {"envelope", Test::Kind::envelope},
                                                  {"header", Test::Kind::header},
                                                  {"exists", Test::Kind::exists},
                                                  {"size", Test::Kind::size},
                                                  {"string", Test::Kind::string}}};
constexpr std::array<Word<MatchType>, 3> match_types{
    {{"is", MatchType::is}, {"contains", MatchType::contains}, {"matches", MatchType::matches}}};
constexpr std::array<Word<AddressPart>, 3> address_parts{{{"all", AddressPart::all},
                                                          {"localpart", AddressPart::local_part},
                                                          {"domain", AddressPart::domain}}};
constexpr std::array<Word<Comparator>, 2> comparators{
    {{"i;ascii-casemap", Comparator::ascii_casemap}, {"i;octet", Comparator::octet}}};

constexpr std::array<Word<LetterCase>, 2> all_letters{
    {{"lower", LetterCase::lower}, {"upper", LetterCase::upper}}};
constexpr std::array<Word<LetterCase>, 2> first_letters{
    {{"lowerfirst", LetterCase::lower}, {"upperfirst", LetterCase::upper}}};

template <typename Value, std::size_t size>
const Word<Value>* find_word(const std::array<Word<Value>, size>& words, std::string_view name) {
    const auto found =
        std::find_if(words.begin(), words.end(), [&](const auto& w) { return w.name == name; });
    return found == words.end() ? nullptr : &*found;
}

template <typename Value, std::size_t size>
std::string_view name_in(const std::array<Word<Value>, size>& words, Value value) {
    const auto found =
        std::find_if(words.begin(), words.end(), [&](const auto& w) { return w.value == value; });
    return found->name;
}

template <typename Value, std::size_t size>
std::string near_word(const std::array<Word<Value>, size>& words, std::string_view name) {
    std::vector<std::string_view> names;
    names.reserve(size);
    for (const auto& word : words)
        names.push_back(word.name);
    return core::did_you_mean(name, names);
}

class Checker {
   public:
    ParsedScript check(const SyntaxTree& tree) {
        ParsedScript result;
        std::size_t first = 0;
        while (first < tree.commands.size() && tree.commands[first].name == "require")
            require(tree.commands[first++]);
        const std::vector<Node> rest{tree.commands.begin() + static_cast<std::ptrdiff_t>(first),
                                     tree.commands.end()};
        script_.variables = required("variables");
        script_.commands = block(rest);
        // Of a text that breaks off later the beginning is checked first.
        if (!mistake_) mistake_ = tree.mistake;
        if (mistake_) {
            result.mistake = std::move(mistake_);
        } else {
            result.script = std::move(script_);
        }
        return result;
    }

   private:
    void fail(Position at, std::string message) {
        if (!mistake_) mistake_ = Mistake{at, std::move(message)};
    }

    void require(const Node& node) {
        const auto& arguments = node.arguments;
        if (arguments.size() != 1 || arguments[0].kind != Argument::Kind::strings) {
            fail(node.at, "require takes a list of names: require [\"fileinto\", \"envelope\"];");
            return;
        }
        no_tests(node);
        no_block(node);
        for (std::size_t i = 0; i < arguments[0].strings.size(); ++i) {
            const std::string& name = arguments[0].strings[i];
            if (std::find(extensions.begin(), extensions.end(), name) == extensions.end()) {
                fail(
                    arguments[0].places[i],
                    fmt::format("\"{}\" is not there to be required; there are {}{}", name,
                                fmt::join(extensions, ", "), core::did_you_mean(name, extensions)));
                return;
            }
            if (!required(name)) script_.required.push_back(name);
        }
    }

    [[nodiscard]] bool required(std::string_view name) const {
        return std::find(script_.required.begin(), script_.required.end(), name) !=
               script_.required.end();
    }
    void needs(const Node& node, std::string_view extension) {
        if (required(extension)) return;
        fail(node.at, fmt::format("'{}' must be announced at the beginning of the script: require "
                                  "[\"{}\"];",
                                  node.name, extension));
    }

    std::vector<Command> block(const std::vector<Node>& nodes) {
        std::vector<Command> list;
        for (const Node& node : nodes) {
            if (mistake_) break;
            const auto* word = find_word(sieve::commands, node.name);
            if (word == nullptr) {
                unknown_command(node);
                break;
            }
            Command command;
            command.kind = word->value;
            command.at = node.at;
            const bool after_if = !list.empty() && (list.back().kind == Command::Kind::if_ ||
                                                    list.back().kind == Command::Kind::elsif);
            no_wrong_variables(node);
            fill(command, node, after_if);
            list.push_back(std::move(command));
        }
        return list;
    }

    void unknown_command(const Node& node) {
        if (node.name == "require") {
            fail(node.at, "require stands at the beginning, before all other commands");
        } else if (find_word(sieve::tests, node.name) != nullptr) {
            fail(node.at, fmt::format("'{}' is a test: it stands behind if or elsif", node.name));
        } else {
            fail(node.at, fmt::format("there is no command '{}'{}", node.name,
                                      near_word(sieve::commands, node.name)));
        }
    }

    void fill(Command& command, const Node& node, bool after_if) {
        switch (command.kind) {
            case Command::Kind::elsif:
            case Command::Kind::else_:
                if (!after_if) {
                    fail(node.at,
                         fmt::format("'{}' stands behind the block of an if or elsif", node.name));
                }
                [[fallthrough]];
            case Command::Kind::if_:
                no_arguments(node);
                if (command.kind == Command::Kind::else_) {
                    no_tests(node);
                } else if (node.tests.size() != 1 || node.parenthesized) {
                    fail(node.at, fmt::format("'{}' takes one test; several stand in allof (…) or "
                                              "anyof (…)",
                                              node.name));
                } else {
                    command.test = test(node.tests[0]);
                }
                if (!node.has_block) {
                    fail(node.at, fmt::format("what '{}' does stands in a block {{ }}", node.name));
                }
                command.block = block(node.block);
                return;
            case Command::Kind::stop:
            case Command::Kind::keep:
            case Command::Kind::discard: no_arguments(node); break;
            case Command::Kind::fileinto:
                needs(node, "fileinto");
                command.argument = one_string(node, "fileinto \"Folder\";");
                if (mistake_) return;
                if (script_.variables && has_variable(command.argument)) break;
                if (auto problem = folder_problem(command.argument); !problem.empty()) {
                    fail(node.arguments[0].places[0], std::move(problem));
                }
                break;
            case Command::Kind::redirect: {
                const std::string text = one_string(node, "redirect \"bob@lab.fr\";");
                if (mistake_) return;
                if (script_.variables && has_variable(text)) {
                    command.argument = text;
                    break;
                }
                command.argument = address_in(text);
                if (command.argument.empty()) {
                    fail(node.arguments[0].places[0],
                         fmt::format("'{}' is not an address: redirect \"bob@lab.fr\";", text));
                }
                break;
            }
            case Command::Kind::set:
                needs(node, "variables");
                set(command, node);
                break;
        }
        no_tests(node);
        no_block(node);
    }

    // RFC 5229, section 4.
    void set(Command& command, const Node& node) {
        std::vector<const Argument*> strings;
        const auto once = [&](bool before, const Argument& argument) {
            if (!before) return;
            fail(argument.at, fmt::format("':{}': one of :lower, :upper; one of :lowerfirst, "
                                          ":upperfirst; and no modifier twice",
                                          argument.tag));
        };
        Modifiers& modifiers = command.modifiers;
        for (const Argument& argument : node.arguments) {
            if (argument.kind == Argument::Kind::strings && argument.strings.size() == 1) {
                strings.push_back(&argument);
            } else if (argument.kind != Argument::Kind::tag) {
                fail(argument.at, set_wanted);
            } else if (!strings.empty()) {
                fail(argument.at, fmt::format("':{}' stands before the strings", argument.tag));
            } else if (const auto* all = find_word(all_letters, argument.tag)) {
                once(std::exchange(modifiers.all, all->value) != LetterCase::as_is, argument);
            } else if (const auto* first = find_word(first_letters, argument.tag)) {
                once(std::exchange(modifiers.first, first->value) != LetterCase::as_is, argument);
            } else if (argument.tag == "quotewildcard") {
                once(std::exchange(modifiers.quote_wildcard, true), argument);
            } else if (argument.tag == "length") {
                once(std::exchange(modifiers.length, true), argument);
            } else {
                fail(argument.at,
                     fmt::format("'set' knows no ':{}'; it knows :lower, :upper, :lowerfirst, "
                                 ":upperfirst, :quotewildcard, :length",
                                 argument.tag));
            }
        }
        if (strings.size() != 2) fail(node.at, set_wanted);
        if (mistake_) return;
        command.name = strings[0]->strings[0];
        command.argument = strings[1]->strings[0];
        if (auto problem = variable_name_problem(command.name); !problem.empty()) {
            fail(strings[0]->places[0], std::move(problem));
        }
        variables_.insert(message::upper_case(command.name));
        if (variables_.size() > max_variables) {
            fail(strings[0]->places[0], fmt::format("more than {} variables", max_variables));
        }
    }

    void no_wrong_variables(const Node& node) {
        if (!script_.variables) return;
        for (const Argument& argument : node.arguments) {
            for (std::size_t i = 0; i < argument.strings.size(); ++i) {
                if (auto problem = variable_problem(argument.strings[i]); !problem.empty()) {
                    fail(argument.places[i], std::move(problem));
                }
            }
        }
    }

    void no_arguments(const Node& node) {
        if (!node.arguments.empty()) {
            fail(node.arguments[0].at, fmt::format("'{}' takes no arguments", node.name));
        }
    }
    void no_tests(const Node& node) {
        if (node.tests.empty() && !node.parenthesized) return;
        fail(node.tests.empty() ? node.at : node.tests[0].at,
             fmt::format("'{}' takes no test{}", node.name,
                         node.name == "else" ? "; elsif does" : ""));
    }
    void no_block(const Node& node) {
        if (!node.has_block) return;
        fail(node.at, fmt::format("'{}' has no block: it ends with ';'", node.name));
    }
    std::string one_string(const Node& node, std::string_view right) {
        if (node.arguments.size() == 1 && node.arguments[0].kind == Argument::Kind::strings &&
            node.arguments[0].strings.size() == 1) {
            return node.arguments[0].strings[0];
        }
        fail(node.arguments.empty() ? node.at : node.arguments[0].at,
             fmt::format("'{}' takes one string: {}", node.name, right));
        return {};
    }

    Test test(const Node& node) {
        Test result;
        result.at = node.at;
        const auto* word = find_word(sieve::tests, node.name);
        if (word == nullptr) {
            fail(node.at, find_word(sieve::commands, node.name) != nullptr
                              ? fmt::format("'{}' is a command, not a test", node.name)
                              : fmt::format("there is no test '{}'{}", node.name,
                                            near_word(sieve::tests, node.name)));
            return result;
        }
        result.kind = word->value;
        no_wrong_variables(node);
        switch (result.kind) {
            case Test::Kind::not_:
                no_arguments(node);
                if (node.tests.size() != 1 || node.parenthesized) {
                    fail(node.at, "'not' takes one test, without parentheses");
                    return result;
                }
                result.tests.push_back(test(node.tests[0]));
                return result;
            case Test::Kind::all_of:
            case Test::Kind::any_of:
                no_arguments(node);
                if (!node.parenthesized) {
                    fail(node.at, fmt::format("'{}' takes tests in parentheses: {} (true, false)",
                                              node.name, node.name));
                    return result;
                }
                for (const Node& below : node.tests)
                    result.tests.push_back(test(below));
                return result;
            case Test::Kind::always:
            case Test::Kind::never: no_arguments(node); break;
            case Test::Kind::size: size(result, node); break;
            case Test::Kind::string:
                needs(node, "variables");
                comparison(result, node);
                break;
            case Test::Kind::envelope: needs(node, "envelope"); [[fallthrough]];
            case Test::Kind::exists:
            case Test::Kind::address:
            case Test::Kind::header: comparison(result, node); break;
        }
        no_tests(node);
        return result;
    }

    void size(Test& result, const Node& node) {
        const auto& arguments = node.arguments;
        const bool right = arguments.size() == 2 && arguments[0].kind == Argument::Kind::tag &&
                           (arguments[0].tag == "over" || arguments[0].tag == "under") &&
                           arguments[1].kind == Argument::Kind::number;
        if (!right) {
            fail(node.at, "'size' takes :over or :under and a number: size :over 100K");
            return;
        }
        result.over = arguments[0].tag == "over";
        result.limit = arguments[1].number;
    }

    // Tags, then lists of strings: one of exists, two of the others.
    void comparison(Test& result, const Node& node) {
        bool match_said = false;
        bool part_said = false;
        bool comparator_said = false;
        const auto once = [&](bool& said, const Argument& argument) {
            if (std::exchange(said, true)) {
                fail(argument.at, fmt::format("':{}': only one such tag", argument.tag));
            }
        };
        std::vector<const Argument*> lists;
        for (std::size_t i = 0; i < node.arguments.size() && !mistake_; ++i) {
            const Argument& argument = node.arguments[i];
            if (argument.kind == Argument::Kind::number) {
                fail(argument.at, fmt::format("'{}' takes no number", node.name));
            } else if (argument.kind == Argument::Kind::strings) {
                lists.push_back(&argument);
            } else if (!lists.empty()) {
                fail(argument.at, fmt::format("':{}' stands before the strings", argument.tag));
            } else if (result.kind == Test::Kind::exists) {
                fail(argument.at, "'exists' takes no tag: exists \"list-id\"");
            } else if (const auto* match = find_word(match_types, argument.tag)) {
                once(match_said, argument);
                result.match = match->value;
            } else if (const auto* part = find_word(address_parts, argument.tag);
                       part != nullptr && has_parts(result.kind)) {
                once(part_said, argument);
                result.part = part->value;
            } else if (argument.tag == "comparator") {
                once(comparator_said, argument);
                comparator(result, node, ++i);
            } else {
                fail(argument.at,
                     fmt::format("'{}' knows no ':{}'; it knows :is, :contains, :matches, "
                                 ":comparator{}",
                                 node.name, argument.tag,
                                 has_parts(result.kind) ? ", :all, :localpart, :domain" : ""));
            }
        }
        const std::size_t wanted = result.kind == Test::Kind::exists ? 1 : 2;
        if (lists.size() != wanted) {
            fail(node.at, lists_wanted(result.kind));
            return;
        }
        result.names = lists[0]->strings;
        if (wanted == 2) result.keys = lists[1]->strings;
        for (std::size_t i = 0; i < result.names.size(); ++i)
            name(result, result.names[i], lists[0]->places[i]);
    }

    static bool has_parts(Test::Kind kind) {
        return kind == Test::Kind::address || kind == Test::Kind::envelope;
    }

    static std::string lists_wanted(Test::Kind kind) {
        if (kind == Test::Kind::exists) {
            return "'exists' takes the names of fields: exists [\"list-id\", \"x-spam\"]";
        }
        if (kind == Test::Kind::header) {
            return "'header' takes fields and what they are compared with: header :contains "
                   "\"subject\" \"projet\"";
        }
        if (kind == Test::Kind::string) {
            return "'string' takes what is compared and what it is compared with: string :is "
                   "\"${name}\" \"projet\"";
        }
        return fmt::format("'{}' takes two lists of strings: {} :is \"from\" \"bob@lab.fr\"",
                           name_in(sieve::tests, kind), name_in(sieve::tests, kind));
    }

    void comparator(Test& result, const Node& node, std::size_t index) {
        const Argument* argument = index < node.arguments.size() ? &node.arguments[index] : nullptr;
        if (argument == nullptr || argument->kind != Argument::Kind::strings ||
            argument->strings.size() != 1) {
            fail(node.arguments[index - 1].at, ":comparator takes a name: :comparator \"i;octet\"");
            return;
        }
        const auto* word = find_word(comparators, argument->strings[0]);
        if (word == nullptr) {
            fail(argument->at, fmt::format("there is no comparator \"{}\"; there are "
                                           "i;ascii-casemap and i;octet",
                                           argument->strings[0]));
            return;
        }
        result.comparator = word->value;
    }

    // A field, or a part of the envelope.
    void name(const Test& of, std::string_view name, Position at) {
        if (of.kind == Test::Kind::string) return;
        // What a variable makes of it is looked for as it is, and not found if it is wrong.
        if (script_.variables && has_variable(name)) return;
        if (of.kind == Test::Kind::envelope) {
            if (message::equal_without_case(name, "from") ||
                message::equal_without_case(name, "to")) {
                return;
            }
            fail(at,
                 fmt::format("\"{}\" is no part of the envelope: \"from\" and \"to\" are", name));
            return;
        }
        if (name.empty() || name.find_first_of(" \t:\r\n") != std::string_view::npos ||
            !message::is_header_line(std::string{name} + ":")) {
            fail(at, fmt::format("\"{}\" is not the name of a field: \"subject\" is, without its "
                                 "colon",
                                 name));
            return;
        }
        if (of.kind != Test::Kind::address) return;
        const bool known =
            std::any_of(address_fields.begin(), address_fields.end(),
                        [&](auto field) { return message::equal_without_case(field, name); });
        if (!known) {
            fail(at, fmt::format("\"{}\" has no addresses (RFC 5228, section 5.1): 'header' looks "
                                 "at other fields",
                                 name));
        }
    }

    static constexpr const char* set_wanted =
        "'set' takes the name of a variable and its value: set :lower \"name\" \"Value\";";

    Script script_;
    std::set<std::string> variables_;  // that are set; upper case
    std::optional<Mistake> mistake_;
};

void print_strings(std::string& out, const std::vector<std::string>& strings) {
    if (strings.size() == 1) {
        out += print_string(strings[0]);
        return;
    }
    for (std::size_t i = 0; i < strings.size(); ++i) {
        out += i == 0 ? "[" : ", ";
        out += print_string(strings[i]);
    }
    out += ']';
}

void print_test(std::string& out, const Test& test) {
    out += name_in(tests, test.kind);
    switch (test.kind) {
        case Test::Kind::always:
        case Test::Kind::never: return;
        case Test::Kind::not_:
            out += ' ';
            print_test(out, test.tests[0]);
            return;
        case Test::Kind::all_of:
        case Test::Kind::any_of:
            for (std::size_t i = 0; i < test.tests.size(); ++i) {
                out += i == 0 ? " (" : ", ";
                print_test(out, test.tests[i]);
            }
            out += ')';
            return;
        case Test::Kind::size:
            out += fmt::format(" :{} {}", test.over ? "over" : "under", test.limit);
            return;
        case Test::Kind::exists:
            out += ' ';
            print_strings(out, test.names);
            return;
        case Test::Kind::address:
        case Test::Kind::envelope:
        case Test::Kind::header:
        case Test::Kind::string: break;
    }
    if (test.part != AddressPart::all) {
        out += fmt::format(" :{}", name_in(address_parts, test.part));
    }
    if (test.comparator != Comparator::ascii_casemap) {
        out += fmt::format(" :comparator \"{}\"", name_in(comparators, test.comparator));
    }
    out += fmt::format(" :{} ", name_in(match_types, test.match));
    print_strings(out, test.names);
    out += ' ';
    print_strings(out, test.keys);
}

void print_set(std::string& out, const Command& command) {
    const Modifiers& modifiers = command.modifiers;
    if (modifiers.all != LetterCase::as_is)
        out += fmt::format(" :{}", name_in(all_letters, modifiers.all));
    if (modifiers.first != LetterCase::as_is)
        out += fmt::format(" :{}", name_in(first_letters, modifiers.first));
    if (modifiers.quote_wildcard) out += " :quotewildcard";
    if (modifiers.length) out += " :length";
    out += ' ' + print_string(command.name) + ' ' + print_string(command.argument);
}

void print_block(std::string& out, const std::vector<Command>& block, std::size_t depth) {
    for (const Command& command : block) {
        out.append(4 * depth, ' ');
        out += name_in(commands, command.kind);
        if (command.kind > Command::Kind::else_) {
            if (command.kind == Command::Kind::set) {
                print_set(out, command);
            } else if (!command.argument.empty()) {
                out += ' ' + print_string(command.argument);
            }
            out += ";\n";
            continue;
        }
        if (command.kind != Command::Kind::else_) {
            out += ' ';
            print_test(out, command.test);
        }
        out += " {\n";
        print_block(out, command.block, depth + 1);
        out.append(4 * depth, ' ');
        out += "}\n";
    }
}

}  // namespace

ParsedScript parse_script(std::string_view text) {
    return Checker{}.check(parse_syntax(text));
}

core::Result<Script> load_script(std::string_view text, std::string_view file_name,
                                 std::size_t first_line) {
    ParsedScript parsed = parse_script(text);
    if (!parsed.mistake) return std::move(parsed.script);
    return core::Error{fmt::format("{}:{}:{}: {}", file_name,
                                   first_line - 1 + parsed.mistake->at.line,
                                   parsed.mistake->at.column, parsed.mistake->message)};
}

std::string print_string(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + '"';
}

std::string print_script(const Script& script) {
    std::string out;
    if (!script.required.empty()) {
        out = "require ";
        print_strings(out, script.required);
        out += ";\n";
    }
    print_block(out, script.commands, 0);
    return out;
}

}  // namespace postack::mail::sieve
