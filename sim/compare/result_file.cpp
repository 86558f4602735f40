#include "sim/compare/result_file.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace postack::compare {
namespace {

constexpr std::string_view magic = "postack-compare\t1";
constexpr std::string_view columns = "loss\ttrial\ttransport\toutcome\ttime_ns\tpackets\tbytes";

// A title has no tab and no line end; if it had, the file would still be read.
std::string plain(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\t' || c == '\n' || c == '\r'; }, ' ');
    return text;
}

std::optional<Outcome> parse_outcome(std::string_view word) {
    for (const Outcome outcome : {Outcome::intact, Outcome::damaged, Outcome::never}) {
        if (name(outcome) == word) return outcome;
    }
    return std::nullopt;
}

template <typename T>
bool read_number(std::string_view text, T& into, int base = 10) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into, base);
    return error == std::errc{} && end == text.data() + text.size();
}

/// One file, line by line; the first error stays.
class Reader {
   public:
    Reader(std::string_view text, std::string_view file) : rest_(text), file_(file) {}

    core::Result<Results> read() {
        if (next() != magic) {
            complain(
                "this is no result file of `postack compare --shard`: it begins with "
                "'postack-compare' and 1");
        }
        results_.scenario = field("scenario");
        results_.protocol = field("protocol");
        results_.title.fr = field("title.fr");
        results_.title.en = field("title.en");
        number("reference", results_.reference, 16);
        number("seed", results_.plan.seed);
        number("trials", results_.plan.trials);
        std::int64_t pause = 0;
        number("pause_ns", pause);
        results_.plan.pause = core::Duration{pause};
        losses(field("losses"));
        const std::string shard = field("shard");
        if (const auto parsed = parse_shard(shard)) {
            results_.shard = *parsed;
        } else {
            complain(parsed.error().message);
        }
        if (const auto sound = check(results_.plan); !sound) complain(sound.error().message);
        if (next() != columns) complain(fmt::format("the columns are {}", columns));
        if (error_) return *error_;
        trials();
        if (error_) return *error_;
        return std::move(results_);
    }

   private:
    void complain(std::string_view why) {
        if (!error_) error_ = core::Error{fmt::format("{}:{}: {}", file_, line_, why)};
    }

    std::string_view next() {
        ++line_;
        const std::size_t end = rest_.find('\n');
        if (end == std::string_view::npos) {
            complain("the file ends in the middle: write this shard again");
            return {};
        }
        const std::string_view line = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return line;
    }

    std::string field(std::string_view key) {
        if (error_) return {};
        const std::string_view line = next();
        if (line.size() <= key.size() || !line.starts_with(key) || line[key.size()] != '\t') {
            complain(fmt::format("'{}', a tab and its value belong here", key));
            return {};
        }
        return std::string{line.substr(key.size() + 1)};
    }

    template <typename T>
    void number(std::string_view key, T& into, int base = 10) {
        const std::string text = field(key);
        if (!error_ && !read_number(std::string_view{text}, into, base)) {
            complain(fmt::format("'{}' is not a number that fits '{}'", text, key));
        }
    }

    void losses(std::string_view text) {
        while (!text.empty() && !error_) {
            const std::size_t space = std::min(text.find(' '), text.size());
            Millionths loss = 0;
            if (!read_number(text.substr(0, space), loss) || loss > whole ||
                results_.plan.losses.size() >= most_losses) {
                complain(fmt::format("'losses' are millionths, at most {} of them", most_losses));
            }
            results_.plan.losses.push_back(loss);
            text.remove_prefix(std::min(space + 1, text.size()));
        }
    }

    void trials() {
        const Plan& plan = results_.plan;
        results_.trials.resize(plan.dialogues());
        const std::size_t all = plan.losses.size() * plan.trials;
        for (std::size_t n = results_.shard.number - 1; n < all; n += results_.shard.of) {
            for (std::size_t c = 0; c < carriers.size(); ++c) {
                trial(n / plan.trials, n % plan.trials, c);
                if (error_) return;
            }
        }
        if (!rest_.empty()) {
            ++line_;
            complain("there is more than this shard's trials");
        }
    }

    void trial(std::size_t loss, std::size_t number, std::size_t carrier) {
        std::string_view line = next();
        if (error_) return;
        const std::string head = fmt::format("{}\t{}\t{}\t", results_.plan.losses[loss], number,
                                             name(carriers[carrier]));
        if (!line.starts_with(head)) {
            complain(fmt::format("trial {} at {} millionths over {} belongs here", number,
                                 results_.plan.losses[loss], name(carriers[carrier])));
            return;
        }
        line.remove_prefix(head.size());
        std::vector<std::string_view> cells;
        for (std::size_t tab = line.find('\t'); tab != std::string_view::npos;
             tab = line.find('\t')) {
            cells.push_back(line.substr(0, tab));
            line.remove_prefix(tab + 1);
        }
        cells.push_back(line);
        Trial trial;
        trial.done = true;
        std::int64_t time = 0;
        const auto outcome = parse_outcome(cells.front());
        if (cells.size() != 4 || !outcome || !read_number(cells[1], time) || time < 0 ||
            !read_number(cells[2], trial.packets) || !read_number(cells[3], trial.bytes)) {
            complain("an outcome (intact, damaged, never) and three numbers belong here");
            return;
        }
        trial.outcome = *outcome;
        trial.time = core::Duration{time};
        results_.trials[results_.index(loss, number, carrier)] = trial;
    }

    std::string_view rest_, file_;
    std::size_t line_ = 0;
    std::optional<core::Error> error_;
    Results results_;
};

bool same_comparison(const Results& a, const Results& b) {
    return a.scenario == b.scenario && a.reference == b.reference && a.plan == b.plan &&
           a.shard.of == b.shard.of;
}

}  // namespace

std::string write_results(const Results& results) {
    std::string out{magic};
    const auto end = std::back_inserter(out);
    const Plan& plan = results.plan;
    fmt::format_to(end, "\nscenario\t{}\nprotocol\t{}\ntitle.fr\t{}\ntitle.en\t{}\n",
                   plain(results.scenario), plain(results.protocol), plain(results.title.fr),
                   plain(results.title.en));
    fmt::format_to(end, "reference\t{:016x}\nseed\t{}\ntrials\t{}\npause_ns\t{}\nlosses\t{}\n",
                   results.reference, plan.seed, plan.trials, plan.pause.count(),
                   fmt::join(plan.losses, " "));
    fmt::format_to(end, "shard\t{}/{}\n{}\n", results.shard.number, results.shard.of, columns);
    for (std::size_t loss = 0; loss < plan.losses.size(); ++loss) {
        for (std::size_t number = 0; number < plan.trials; ++number) {
            for (std::size_t c = 0; c < carriers.size(); ++c) {
                const Trial& trial = results.trials[results.index(loss, number, c)];
                if (!trial.done) continue;
                fmt::format_to(end, "{}\t{}\t{}\t{}\t{}\t{}\t{}\n", plan.losses[loss], number,
                               name(carriers[c]), name(trial.outcome), trial.time.count(),
                               trial.packets, trial.bytes);
            }
        }
    }
    return out;
}

core::Result<Results> read_results(std::string_view text, std::string_view file) {
    return Reader{text, file}.read();
}

core::Result<Results> merge_results(const std::vector<std::pair<std::string, std::string>>& files) {
    if (files.empty()) return core::Error{"there is no result file to merge"};
    std::optional<Results> merged;
    std::vector<const std::string*> from;  // the file of each shard
    for (const auto& [file, text] : files) {
        auto part = read_results(text, file);
        if (!part) return part.error();
        if (!merged) {
            merged = *part;
            from.resize(part->shard.of, nullptr);
        }
        if (!same_comparison(*merged, *part)) {
            return core::Error{
                fmt::format("{}: this is of another comparison than {}: the "
                            "scenario and all options must be the same",
                            file, files.front().first)};
        }
        const std::string*& place = from[part->shard.number - 1];
        if (place != nullptr) {
            return core::Error{fmt::format("{}: shard {}/{} is also in {}", file,
                                           part->shard.number, part->shard.of, *place)};
        }
        place = &file;
        for (std::size_t i = 0; i < part->trials.size(); ++i) {
            if (part->trials[i].done) merged->trials[i] = part->trials[i];
        }
    }
    for (std::size_t i = 0; i < from.size(); ++i) {
        if (from[i] != nullptr) continue;
        return core::Error{fmt::format("shard {}/{} is missing: there are {} of {} files", i + 1,
                                       from.size(), files.size(), from.size())};
    }
    merged->shard = {};
    return std::move(*merged);
}

}  // namespace postack::compare
