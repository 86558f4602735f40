#include "viz/comparison/words.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "viz/diagram/words.hpp"

namespace postack::comparison {

std::string number(double value, int decimals, core::Language language) {
    std::string text = fmt::format("{:.{}f}", value, decimals);
    if (decimals > 0) {
        while (text.back() == '0')
            text.pop_back();
        if (text.back() == '.') text.pop_back();
    }
    if (language == core::Language::french) std::replace(text.begin(), text.end(), '.', ',');
    return text;
}

std::string percent(double share, core::Language language) {
    const bool french = language == core::Language::french;
    return number(share * 100, 1, language) + (french ? "\u00A0%" : "%");
}

std::string carrier(apps::Carrier carrier, const core::Catalog& catalog) {
    switch (carrier) {
        case apps::Carrier::datagrams: return std::string{catalog("compare.datagrams")};
        case apps::Carrier::stop_and_wait: return std::string{catalog("compare.stop_and_wait")};
        case apps::Carrier::tcp: break;
    }
    return "TCP";
}

std::string asked(const compare::Plan& plan, const core::Catalog& catalog) {
    std::string text{catalog("compare.asked")};
    text = diagram::fill_in(text, "trials", std::to_string(plan.trials));
    text = diagram::fill_in(text, "seed", std::to_string(plan.seed));
    return diagram::fill_in(text, "pause", diagram::duration_text(plan.pause, catalog.language()));
}

std::string meaning(const compare::Results& results, const core::Catalog& catalog) {
    const bool reads = results.protocol == "POP3" || results.protocol == "IMAP";
    return std::string{catalog(reads ? "compare.meaning_read" : "compare.meaning_sent")};
}

}  // namespace postack::comparison
