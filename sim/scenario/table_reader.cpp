#include "sim/scenario/table_reader.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "sim/core/nearest.hpp"
#include "sim/core/units.hpp"

namespace postack::scenario {

void Complaints::add(std::size_t line, std::string_view message) {
    if (error_) return;
    error_ = core::Error{line == 0 ? fmt::format("{}: {}", file_, message)
                                   : fmt::format("{}:{}: {}", file_, line, message)};
}

TableReader::TableReader(const toml::table& table, std::string what, Complaints& complaints)
    : table_(&table), what_(std::move(what)), complaints_(&complaints) {}

std::size_t TableReader::line() const {
    return table_->source().begin.line;
}

std::size_t TableReader::line_of(std::string_view key) const {
    const toml::node* node = table_->get(key);
    return node == nullptr ? line() : node->source().begin.line;
}

std::size_t TableReader::first_line_of(std::string_view key) const {
    const toml::node* node = table_->get(key);
    const auto* text = node == nullptr ? nullptr : node->as_string();
    if (text == nullptr) return line_of(key);
    const std::size_t begin = node->source().begin.line;
    const std::size_t end = node->source().end.line;
    const auto breaks =
        static_cast<std::size_t>(std::count(text->get().begin(), text->get().end(), '\n'));
    // Without escapes each line of the text is one of the file.
    return end > begin + breaks ? end - breaks : begin;
}

const toml::node* TableReader::take(std::string_view key) {
    asked_.emplace_back(key);
    return table_->get(key);
}

void TableReader::complain(std::string_view key, std::string_view message) {
    complaints_->add(line_of(key), fmt::format("{}: {}: {}", what_, key, message));
}

void TableReader::wrong_type(std::string_view key, const toml::node&, std::string_view expected) {
    complain(key, fmt::format("this must be {}", expected));
}

const std::string* TableReader::take_string(std::string_view key, std::string_view expected) {
    const toml::node* node = take(key);
    if (node == nullptr) return nullptr;
    if (const auto* value = node->as_string()) return &value->get();
    wrong_type(key, *node, expected);
    return nullptr;
}

bool TableReader::text(std::string_view key, std::string& into) {
    const std::string* value = take_string(key, "a text in quotes");
    if (value != nullptr) into = *value;
    return value != nullptr;
}

void TableReader::required_text(std::string_view key, std::string& into) {
    if (!text(key, into) && table_->get(key) == nullptr) {
        complaints_->add(line(), fmt::format("{}: '{}' is missing", what_, key));
    }
}

bool TableReader::flag(std::string_view key, bool& into) {
    const toml::node* node = take(key);
    if (node == nullptr) return false;
    if (const auto* value = node->as_boolean()) {
        into = value->get();
        return true;
    }
    wrong_type(key, *node, "true or false");
    return false;
}

bool TableReader::count(std::string_view key, std::uint64_t& into, std::uint64_t least,
                        std::uint64_t most) {
    const toml::node* node = take(key);
    if (node == nullptr) return false;
    const auto* value = node->as_integer();
    if (value == nullptr || value->get() < 0 || static_cast<std::uint64_t>(value->get()) < least ||
        static_cast<std::uint64_t>(value->get()) > most) {
        wrong_type(key, *node, fmt::format("a whole number from {} to {}", least, most));
        return false;
    }
    into = static_cast<std::uint64_t>(value->get());
    return true;
}

bool TableReader::word(std::string_view key,
                       const std::function<core::Status(std::string_view)>& parse) {
    const std::string* value = take_string(key, "a text in quotes");
    if (value == nullptr) return false;
    const core::Status status = parse(*value);
    if (!status) complain(key, status.error().message);
    return status.ok();
}

bool TableReader::duration(std::string_view key, core::Duration& into) {
    return word(key, [&](std::string_view text) -> core::Status {
        const auto value = core::parse_duration(text);
        if (!value) return value.error();
        into = *value;
        return core::success();
    });
}

bool TableReader::rate(std::string_view key, std::uint64_t& into) {
    return word(key, [&](std::string_view text) -> core::Status {
        const auto value = core::parse_rate(text);
        if (!value) return value.error();
        into = *value;
        return core::success();
    });
}

bool TableReader::size(std::string_view key, std::uint64_t& into) {
    const toml::node* node = table_->get(key);
    if (node != nullptr && node->is_integer()) return count(key, into, 0, ~std::uint64_t{0} >> 1);
    return word(key, [&](std::string_view text) -> core::Status {
        const auto value = core::parse_size(text);
        if (!value) return value.error();
        into = *value;
        return core::success();
    });
}

bool TableReader::share(std::string_view key, double& into) {
    const toml::node* node = table_->get(key);
    if (node != nullptr && node->is_number()) {
        take(key);
        const double value = node->value<double>().value_or(-1.0);
        if (!(value >= 0.0 && value <= 1.0)) {
            wrong_type(key, *node, "a share from 0 to 1, or a text such as \"5%\"");
            return false;
        }
        into = value;
        return true;
    }
    return word(key, [&](std::string_view text) -> core::Status {
        const auto value = core::parse_share(text);
        if (!value) return value.error();
        into = *value;
        return core::success();
    });
}

bool TableReader::address(std::string_view key, wire::IpAddress& into) {
    return word(key, [&](std::string_view text) -> core::Status {
        const auto value = wire::parse_ip(text);
        if (!value) {
            return core::Error{
                fmt::format("'{}' is not an IP address (for example 192.168.56.131 or ::1)", text)};
        }
        into = *value;
        return core::success();
    });
}

bool TableReader::both_languages(std::string_view key, core::Text& into) {
    const toml::table* below = table(key);
    if (below == nullptr) return false;
    TableReader reader{*below, fmt::format("{} {}", what_, key), *complaints_};
    reader.required_text("fr", into.fr);
    reader.required_text("en", into.en);
    reader.finish();
    return true;
}

void TableReader::required_both_languages(std::string_view key, core::Text& into) {
    if (!both_languages(key, into) && table_->get(key) == nullptr) {
        complaints_->add(
            line(),
            fmt::format("{}: '{}' is missing: {} = {{ fr = \"…\", en = \"…\" }}", what_, key, key));
    }
}

bool TableReader::texts(std::string_view key, std::vector<std::string>& into) {
    const toml::node* node = take(key);
    if (node == nullptr) return false;
    const auto* array = node->as_array();
    if (array == nullptr) {
        wrong_type(key, *node, "a list of texts: [\"…\", \"…\"]");
        return false;
    }
    for (const toml::node& element : *array) {
        const auto* value = element.as_string();
        if (value == nullptr) {
            wrong_type(key, *node, "a list of texts: [\"…\", \"…\"]");
            return false;
        }
        into.push_back(value->get());
    }
    return true;
}

bool TableReader::counts(std::string_view key, std::vector<std::uint32_t>& into,
                         std::uint64_t most) {
    const toml::node* node = take(key);
    if (node == nullptr) return false;
    const auto* array = node->as_array();
    const std::string expected =
        fmt::format("a list of whole numbers from 1 to {}: [19, 21]", most);
    if (array == nullptr) {
        wrong_type(key, *node, expected);
        return false;
    }
    for (const toml::node& element : *array) {
        const auto* value = element.as_integer();
        if (value == nullptr || value->get() < 1 ||
            static_cast<std::uint64_t>(value->get()) > most) {
            wrong_type(key, *node, expected);
            return false;
        }
        into.push_back(static_cast<std::uint32_t>(value->get()));
    }
    return true;
}

bool TableReader::date_time(std::string_view key, std::int64_t& unix_ns,
                            std::int32_t& utc_offset_minutes) {
    const toml::node* node = take(key);
    if (node == nullptr) return false;
    const auto* value = node->as_date_time();
    const bool sound = value != nullptr && value->get().offset.has_value() &&
                       value->get().date.year >= 1970 && value->get().date.year <= 2200;
    if (!sound) {
        wrong_type(key, *node,
                   "a date with its time and offset, from 1970 to 2200: 2023-01-16T12:25:53+01:00");
        return false;
    }
    const toml::date_time& t = value->get();
    const std::chrono::sys_days day = std::chrono::year{t.date.year} /
                                      std::chrono::month{t.date.month} /
                                      std::chrono::day{t.date.day};
    const std::chrono::seconds seconds = day.time_since_epoch() + std::chrono::hours{t.time.hour} +
                                         std::chrono::minutes{t.time.minute} +
                                         std::chrono::seconds{t.time.second} -
                                         std::chrono::minutes{t.offset->minutes};
    utc_offset_minutes = t.offset->minutes;
    unix_ns = seconds.count() * 1'000'000'000 + t.time.nanosecond;
    return true;
}

const toml::table* TableReader::table(std::string_view key) {
    const toml::node* node = take(key);
    if (node == nullptr) return nullptr;
    if (const auto* value = node->as_table()) return value;
    wrong_type(key, *node, "a table");
    return nullptr;
}

void TableReader::tables(std::string_view key,
                         const std::function<void(const toml::table&)>& each) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    const auto* array = node->as_array();
    if (array == nullptr) {
        wrong_type(key, *node, fmt::format("a list of tables: write [[{}]]", key));
        return;
    }
    for (const toml::node& element : *array) {
        const auto* value = element.as_table();
        if (value == nullptr) {
            wrong_type(key, *node, fmt::format("a list of tables: write [[{}]]", key));
            return;
        }
        each(*value);
    }
}

std::optional<core::Duration> TableReader::duration_of(const toml::node& node,
                                                       const std::string& where) {
    const auto* value = node.as_string();
    const auto duration = value == nullptr
                              ? core::Result<core::Duration>{core::Error{"this must be a time"}}
                              : core::parse_duration(value->get());
    if (duration) return *duration;
    complaints_->add(node.source().begin.line,
                     fmt::format("{}: {}", where, duration.error().message));
    return std::nullopt;
}

void TableReader::all_durations(
    std::string_view key,
    const std::function<void(std::string_view, std::vector<core::Duration>)>& each) {
    const toml::table* below = table(key);
    if (below == nullptr) return;
    for (const auto& [name, node] : *below) {
        const std::string where = fmt::format("{} {}: {}", what_, key, name.str());
        std::vector<core::Duration> times;
        const toml::array* list = node.as_array();
        const std::size_t size = list == nullptr ? 1 : list->size();
        if (size == 0) {
            complaints_->add(node.source().begin.line,
                             where + ": at least one time, as [\"1ms\", \"20ms\"]");
            return;
        }
        for (std::size_t i = 0; i < size; ++i) {
            const auto time = duration_of(list == nullptr ? node : (*list)[i], where);
            if (!time) return;
            times.push_back(*time);
        }
        each(name.str(), std::move(times));
    }
}

void TableReader::finish() {
    const std::vector<std::string_view> known{asked_.begin(), asked_.end()};
    for (const auto& [key, node] : *table_) {
        if (std::find(asked_.begin(), asked_.end(), key.str()) != asked_.end()) continue;
        complaints_->add(key.source().begin.line,
                         fmt::format("{}: unknown key '{}'{}", what_, key.str(),
                                     core::did_you_mean(key.str(), known)));
    }
}

void TableReader::require_all() {
    for (const std::string& key : asked_) {
        if (table_->get(key) == nullptr) {
            complaints_->add(0,
                             fmt::format("{}: '{}' is missing (is the file cut off?)", what_, key));
        }
    }
}

}  // namespace postack::scenario
