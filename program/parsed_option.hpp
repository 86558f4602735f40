// An option that a parser of ours reads.
#pragma once

#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include "sim/core/result.hpp"

namespace postack::program {

/// Declares an option whose text `parse` reads into `into`; what it finds wrong is wrong use.
/// `into` must outlive the parsing.
template <typename T, typename Into>
void add_parsed(CLI::App& word, const std::string& name, Into& into,
                core::Result<T> (*parse)(std::string_view), const std::string& help) {
    word.add_option_function<std::string>(
        name,
        [&into, parse, name](const std::string& text) {
            const auto value = parse(text);
            if (!value) throw CLI::ValidationError{name, value.error().message};
            into = *value;
        },
        help);
}

}  // namespace postack::program
