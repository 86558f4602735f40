#include "viz/comparison/table.hpp"

#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "viz/comparison/words.hpp"
#include "viz/diagram/utf8.hpp"
#include "viz/diagram/words.hpp"

namespace postack::comparison {
namespace {

using Cells = std::vector<std::string>;

std::size_t width(std::string_view text) {
    std::size_t characters = 0;
    for (std::size_t at = 0; at < text.size(); ++characters)
        at += diagram::character_at(text, at).bytes;
    return characters;
}

// Numbers stand right, words left; two spaces between columns.
std::string set_columns(const std::vector<Cells>& rows, std::size_t words_at) {
    std::vector<std::size_t> widths(rows.front().size(), 0);
    for (const Cells& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], width(row[i]));
    }
    std::string out;
    for (const Cells& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string gap(widths[i] - width(row[i]), ' ');
            if (i > 0) line += "  ";
            line += i == words_at ? row[i] + gap : gap + row[i];
        }
        out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
    return out;
}

double share(std::uint32_t part, std::uint32_t all) {
    return all == 0 ? 0.0 : static_cast<double>(part) / all;
}

}  // namespace

std::string table(const compare::Results& results, const core::Catalog& catalog) {
    const core::Language language = catalog.language();
    const auto word = [&](std::string_view key) {
        return std::string{catalog(fmt::format("compare.{}", key))};
    };
    std::vector<Cells> rows{{word("loss"), word("transport"), word("intact"), word("damaged"),
                             word("never"), word("median"), word("spread"), word("packets"),
                             word("bytes")}};
    compare::Millionths last = compare::whole + 1;
    for (const compare::Row& row : compare::summarize(results)) {
        const auto seconds = [&](core::Duration time) {
            return diagram::seconds_text(time, 2, language);
        };
        const auto part = [&](std::uint32_t n) { return percent(share(n, row.trials), language); };
        const bool arrived = row.arrived() > 0;
        rows.push_back({row.loss == last
                            ? ""
                            : percent(static_cast<double>(row.loss) / compare::whole, language),
                        carrier(row.carrier, catalog), part(row.intact), part(row.damaged),
                        part(row.never), arrived ? seconds(row.median) : "–",
                        arrived ? seconds(row.early) + "–" + seconds(row.late) : "–",
                        number(row.packets, 0, language), number(row.bytes, 0, language)});
        last = row.loss;
    }
    std::string out = fmt::format("{} · {}\n{}\n\n", results.scenario, results.title.in(language),
                                  asked(results.plan, catalog));
    out += set_columns(rows, 1);
    out += fmt::format("\n{}\n{}\n", meaning(results, catalog), word("meaning_time"));
    return out;
}

std::string tsv(const compare::Results& results) {
    std::string out =
        "loss\ttransport\ttrials\tintact\tdamaged\tnever\tmedian_s\tp5_s\tp95_s\tpackets\tbytes\n";
    for (const compare::Row& row : compare::summarize(results)) {
        const auto seconds = [&](core::Duration time) {
            return row.arrived() == 0 ? std::string{} : fmt::format("{:.6f}", core::seconds(time));
        };
        fmt::format_to(std::back_inserter(out),
                       "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{:.2f}\t{:.2f}\n",
                       static_cast<double>(row.loss) / compare::whole, compare::name(row.carrier),
                       row.trials, share(row.intact, row.trials), share(row.damaged, row.trials),
                       share(row.never, row.trials), seconds(row.median), seconds(row.early),
                       seconds(row.late), row.packets, row.bytes);
    }
    return out;
}

std::string json(const compare::Results& results) {
    using Json = nlohmann::ordered_json;
    Json all;
    all["scenario"] = results.scenario;
    all["protocol"] = results.protocol;
    all["title"] = {{"fr", results.title.fr}, {"en", results.title.en}};
    all["reference"] = fmt::format("{:016x}", results.reference);
    all["seed"] = results.plan.seed;
    all["trials"] = results.plan.trials;
    all["pause_s"] = core::seconds(results.plan.pause);
    Json rows = Json::array();
    for (const compare::Row& row : compare::summarize(results)) {
        const auto seconds = [&](core::Duration time) {
            return row.arrived() == 0 ? Json(nullptr) : Json(core::seconds(time));
        };
        Json one;
        one["loss"] = static_cast<double>(row.loss) / compare::whole;
        one["transport"] = compare::name(row.carrier);
        one["trials"] = row.trials;
        one["intact"] = share(row.intact, row.trials);
        one["damaged"] = share(row.damaged, row.trials);
        one["never"] = share(row.never, row.trials);
        one["median_s"] = seconds(row.median);
        one["p5_s"] = seconds(row.early);
        one["p95_s"] = seconds(row.late);
        one["packets"] = row.packets;
        one["bytes"] = row.bytes;
        rows.push_back(std::move(one));
    }
    all["rows"] = std::move(rows);
    return all.dump(2) + "\n";
}

}  // namespace postack::comparison
