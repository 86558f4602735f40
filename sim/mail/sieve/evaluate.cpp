#include "sim/mail/sieve/evaluate.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "sim/mail/message/address.hpp"
#include "sim/mail/message/header.hpp"
#include "sim/mail/mime/decode.hpp"
#include "sim/mail/mime/fields.hpp"
#include "sim/mail/sieve/destination.hpp"
#include "sim/mail/sieve/limits.hpp"
#include "sim/mail/sieve/match.hpp"
#include "sim/mail/sieve/variables.hpp"

namespace postack::mail::sieve {
namespace {

std::string_view without_blanks(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) + 1 - first);
}

class Run {
   public:
    explicit Run(const Incoming& message)
        : message_(message),
          fields_(message::header_fields(message::split_message(message.text).header)) {}

    Verdict run(const Script& script) {
        with_variables_ = script.variables;
        block(script.commands);
        if (!problem_.empty()) actions_.clear();
        // Section 2.10.2: what was neither filed, redirected nor discarded is kept.
        if (actions_.empty()) actions_.push_back({Action::Kind::keep, {}, {0, 0}});
        return {std::move(actions_), std::move(problem_)};
    }

   private:
    // False: the script ends here.
    bool block(const std::vector<Command>& commands) {
        bool taken = false;  // a branch of the if that we are in
        for (const Command& command : commands) {
            switch (command.kind) {
                case Command::Kind::if_: taken = false; [[fallthrough]];
                case Command::Kind::elsif:
                    if (taken) continue;
                    taken = test(command.test);
                    break;
                case Command::Kind::else_:
                    if (taken) continue;
                    taken = true;
                    break;
                case Command::Kind::stop: return false;
                case Command::Kind::keep: act(Action::Kind::keep, command); break;
                case Command::Kind::discard: act(Action::Kind::discard, command); break;
                case Command::Kind::fileinto: act(Action::Kind::fileinto, command); break;
                case Command::Kind::redirect: act(Action::Kind::redirect, command); break;
                case Command::Kind::set:
                    variables_.set(
                        command.name,
                        modified(variables_.expand(command.argument, steps_), command.modifiers));
                    break;
            }
            if (steps_ > max_steps) {
                problem_ = fmt::format(
                    "line {}: the script takes too long: more than {} "
                    "characters were compared",
                    command.at.line, max_steps);
            }
            if (!problem_.empty()) return false;
            if (command.kind <= Command::Kind::else_ && taken && !block(command.block)) {
                return false;
            }
        }
        return true;
    }

    // The folder or address that a command names; a problem if its variables make it none.
    std::string destination(const Command& command) {
        if (!with_variables_ || !has_variable(command.argument)) return command.argument;
        std::string text = variables_.expand(command.argument, steps_);
        if (command.kind == Command::Kind::redirect) {
            text = address_in(text);
            if (text.empty()) {
                problem_ = fmt::format("line {}: with the values of its variables {} is no address",
                                       command.at.line, print_string(command.argument));
            }
        } else if (const std::string wrong = folder_problem(text); !wrong.empty()) {
            problem_ = fmt::format("line {}: {}", command.at.line, wrong);
        }
        return text;
    }

    void act(Action::Kind kind, const Command& command) {
        const std::string argument = destination(command);
        if (!problem_.empty()) return;
        // Section 2.10.3: no message twice into the same mailbox; nor twice to the same address.
        const auto same = [&](const Action& done) {
            return done.kind == kind && done.argument == argument;
        };
        if (std::any_of(actions_.begin(), actions_.end(), same)) return;
        const auto redirects = std::count_if(actions_.begin(), actions_.end(), [](const auto& a) {
            return a.kind == Action::Kind::redirect;
        });
        if (actions_.size() == max_actions) {
            problem_ = fmt::format("line {}: more than {} actions", command.at.line, max_actions);
        } else if (kind == Action::Kind::redirect &&
                   static_cast<std::size_t>(redirects) == max_redirects) {
            problem_ =
                fmt::format("line {}: more than {} redirects", command.at.line, max_redirects);
        } else {
            actions_.push_back({kind, argument, command.at});
        }
    }

    bool test(const Test& t) {
        if (steps_ > max_steps) return false;
        ++steps_;
        switch (t.kind) {
            case Test::Kind::always: return true;
            case Test::Kind::never: return false;
            case Test::Kind::not_: return !test(t.tests[0]);
            case Test::Kind::all_of:
                return std::all_of(t.tests.begin(), t.tests.end(),
                                   [this](const Test& below) { return test(below); });
            case Test::Kind::any_of:
                return std::any_of(t.tests.begin(), t.tests.end(),
                                   [this](const Test& below) { return test(below); });
            case Test::Kind::size:
                // Neither is true of a message of just that size (section 5.9).
                return t.over ? message_.text.size() > t.limit : message_.text.size() < t.limit;
            case Test::Kind::exists:
            case Test::Kind::header:
            case Test::Kind::address:
            case Test::Kind::envelope:
            case Test::Kind::string: return with_variables_ ? compare(expanded(t)) : compare(t);
        }
        return false;
    }

    Test expanded(Test t) {
        for (auto* list : {&t.names, &t.keys}) {
            for (std::string& text : *list) {
                if (steps_ <= max_steps) text = variables_.expand(text, steps_);
            }
        }
        return t;
    }

    bool compare(const Test& t) {
        switch (t.kind) {
            case Test::Kind::exists:
                return std::all_of(t.names.begin(), t.names.end(), [this](const auto& name) {
                    return any_field(name, [](std::string_view) { return true; });
                });
            case Test::Kind::header: return header(t);
            case Test::Kind::address: return address(t);
            case Test::Kind::envelope: return envelope(t);
            case Test::Kind::string:
                return std::any_of(t.names.begin(), t.names.end(),
                                   [&](const std::string& text) { return any_key(t, text); });
            default: break;
        }
        return false;
    }

    bool any_field(std::string_view name, const std::function<bool(std::string_view)>& found) {
        steps_ += fields_.size();
        return std::any_of(fields_.begin(), fields_.end(), [&](const message::HeaderField& field) {
            return message::equal_without_case(field.name, name) && found(field.value);
        });
    }

    bool any_key(const Test& t, std::string_view value) {
        return std::any_of(t.keys.begin(), t.keys.end(), [&](const std::string& key) {
            if (steps_ > max_steps) return false;
            if (t.match != MatchType::matches || !with_variables_) {
                return matches(value, key, t.match, t.comparator, steps_);
            }
            std::vector<std::string> found;
            if (!matches(value, key, t.match, t.comparator, steps_, &found)) return false;
            variables_.set_matched(std::move(found));
            return true;
        });
    }

    // Section 5.7; encoded words are compared as what they mean (section 2.7.2).
    bool header(const Test& t) {
        return std::any_of(t.names.begin(), t.names.end(), [&](const std::string& name) {
            return any_field(name, [&](std::string_view value) {
                steps_ += value.size();
                return any_key(t, without_blanks(mime::decode_words(value)));
            });
        });
    }

    // Section 5.1: only the addresses count, not the names in front of them.
    bool address(const Test& t) {
        return std::any_of(t.names.begin(), t.names.end(), [&](const std::string& name) {
            return any_field(name, [&](std::string_view value) {
                steps_ += value.size();
                const auto addresses = mime::parse_addresses(value);
                return std::any_of(addresses.begin(), addresses.end(),
                                   [&](const mime::Mailbox& one) {
                                       // A name alone is no address; nor are beginning and end of a
                                       // group.
                                       return one.mailbox && one.host && !one.host->empty() &&
                                              part(t, *one.mailbox, *one.host);
                                   });
            });
        });
    }

    bool part(const Test& t, const std::string& local, const std::string& domain) {
        switch (t.part) {
            case AddressPart::local_part: return any_key(t, local);
            case AddressPart::domain: return any_key(t, domain);
            case AddressPart::all: break;
        }
        return any_key(t, domain.empty() ? local : local + "@" + domain);
    }

    // Section 5.4.
    bool envelope(const Test& t) {
        return std::any_of(t.names.begin(), t.names.end(), [&](const std::string& name) {
            const bool from = message::equal_without_case(name, "from");
            // A variable's value may name what is no part of the envelope.
            if (!from && !message::equal_without_case(name, "to")) return false;
            const std::string_view path = from ? message_.from : message_.to;
            // The null sender is the empty text, whichever part is asked for.
            if (path.empty()) return any_key(t, {});
            const message::Address halves = message::split_address(path);
            return part(t, halves.local, halves.domain);
        });
    }

    const Incoming& message_;
    std::vector<message::HeaderField> fields_;
    std::vector<Action> actions_;
    std::string problem_;
    bool with_variables_ = false;
    Variables variables_;
    std::uint64_t steps_ = 0;
};

}  // namespace

std::string to_string(const Action& action) {
    switch (action.kind) {
        case Action::Kind::keep: return "keep";
        case Action::Kind::discard: return "discard";
        case Action::Kind::fileinto: return "fileinto " + print_string(action.argument);
        case Action::Kind::redirect: return "redirect " + print_string(action.argument);
    }
    return {};
}

Verdict evaluate(const Script& script, const Incoming& message) {
    return Run{message}.run(script);
}

}  // namespace postack::mail::sieve
