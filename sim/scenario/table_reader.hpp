// Reads a TOML table strictly: every key is asked for by name and type, and what nobody asked for
// is an error with its line and the nearest key that exists. The first error is kept; later reads
// then do nothing, so a loader is written straight down and asks once, at its end.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/language.hpp"
#include "sim/core/result.hpp"
#include "sim/core/time.hpp"
#include "sim/core/toml.hpp"
#include "sim/wire/address.hpp"

namespace postack::scenario {

/// Where errors of one file are gathered: the first one wins.
class Complaints {
   public:
    explicit Complaints(std::string file) : file_(std::move(file)) {}
    /// "FILE:LINE: message" (line 0: "FILE: message"). Ignored when there is an error already.
    void add(std::size_t line, std::string_view message);
    [[nodiscard]] bool any() const { return error_.has_value(); }
    [[nodiscard]] const std::optional<core::Error>& first() const { return error_; }
    [[nodiscard]] const std::string& file() const { return file_; }

   private:
    std::string file_;
    std::optional<core::Error> error_;
};

class TableReader {
   public:
    /// `what` names the table in messages: "[[link]]".
    TableReader(const toml::table& table, std::string what, Complaints& complaints);

    // Each takes a key; required forms complain when it is missing, optional ones leave `into`
    // alone.
    bool text(std::string_view key, std::string& into);
    void required_text(std::string_view key, std::string& into);
    bool flag(std::string_view key, bool& into);
    bool count(std::string_view key, std::uint64_t& into, std::uint64_t least, std::uint64_t most);
    bool duration(std::string_view key, core::Duration& into);
    bool rate(std::string_view key, std::uint64_t& into);
    bool size(std::string_view key, std::uint64_t& into);
    bool share(std::string_view key, double& into);
    bool address(std::string_view key, wire::IpAddress& into);
    bool both_languages(std::string_view key, core::Text& into);
    void required_both_languages(std::string_view key, core::Text& into);
    bool texts(std::string_view key, std::vector<std::string>& into);
    bool counts(std::string_view key, std::vector<std::uint32_t>& into, std::uint64_t most);
    [[nodiscard]] Complaints& complaints() { return *complaints_; }
    /// A text read by `parse`, which gives an explanation when it is wrong.
    bool word(std::string_view key, const std::function<core::Status(std::string_view)>& parse);
    bool date_time(std::string_view key, std::int64_t& unix_ns, std::int32_t& utc_offset_minutes);
    /// A table below this one; nullptr if absent.
    const toml::table* table(std::string_view key);
    /// Each table of an array of tables, in order.
    void tables(std::string_view key, const std::function<void(const toml::table&)>& each);
    /// Every key of a table whose keys are free (answers_after): a time, or a list of times.
    void all_durations(
        std::string_view key,
        const std::function<void(std::string_view, std::vector<core::Duration>)>& each);

    void complain(std::string_view key, std::string_view message);
    /// Complains about keys that were never asked for. Called at the end.
    void finish();
    /// Complains about a key that was asked for and is not there: a file that must name everything,
    /// and that would otherwise still be read when its end is cut off. Called after finish().
    void require_all();
    [[nodiscard]] std::size_t line() const;
    [[nodiscard]] std::size_t line_of(std::string_view key) const;
    /// The line on which the first line of a text is: behind """ at a line's end it is the next.
    [[nodiscard]] std::size_t first_line_of(std::string_view key) const;

   private:
    const toml::node* take(std::string_view key);
    std::optional<core::Duration> duration_of(const toml::node& node, const std::string& where);
    const std::string* take_string(std::string_view key, std::string_view expected);
    void wrong_type(std::string_view key, const toml::node& node, std::string_view expected);

    const toml::table* table_;
    std::string what_;
    Complaints* complaints_;
    std::vector<std::string> asked_;
};

}  // namespace postack::scenario
