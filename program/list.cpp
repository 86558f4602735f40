// `postack list`: the scenarios that ship.
#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "program/input.hpp"
#include "program/words.hpp"

namespace postack::program {

void add_list(CLI::App& app, Action& action) {
    CLI::App* word = app.add_subcommand("list", "The scenarios that ship: name, protocol, title");
    auto language = std::make_shared<core::Language>();
    add_language(*word, *language);
    word->callback([&action, language] {
        action = [language] {
            const auto list = scenario::list_scenarios();
            if (!list) return fail(list.error());
            std::size_t name_width = 0;
            std::size_t protocol_width = 0;
            for (const auto& entry : *list) {
                name_width = std::max(name_width, entry.name.size());
                protocol_width = std::max(protocol_width, entry.protocol.size());
            }
            int status = 0;
            for (const auto& entry : *list) {
                if (entry.problem.empty()) {
                    fmt::print("{:{}}  {:{}}  {}\n", entry.name, name_width, entry.protocol,
                               protocol_width, entry.title.in(*language));
                } else {
                    status = fail({entry.problem});
                }
            }
            return status;
        };
    });
}

}  // namespace postack::program
