#include "sim/compare/dialogue.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace postack::compare {
namespace {

bool for_every_packet(const net::FaultRule& rule) {
    const net::FaultMatch& match = rule.match;
    return rule.times == 0 && match.packets.empty() && match.flags == 0 && !match.carries_data &&
           match.contains.empty();
}

bool serves(const scenario::Scenario& scenario, const scenario::TypistPart& typist) {
    return std::any_of(
        scenario.services.begin(), scenario.services.end(), [&](const auto& service) {
            const auto& owned = scenario.hosts[service.host].config.addresses;
            const auto& wanted = typist.telnet.addresses;
            return !std::holds_alternative<scenario::DiscardPart>(service.engine) &&
                   service.server.local.port == typist.telnet.port &&
                   std::any_of(wanted.begin(), wanted.end(), [&](const wire::IpAddress& address) {
                       return std::find(owned.begin(), owned.end(), address) != owned.end();
                   });
        });
}

std::vector<apps::TypedLine> hurried(const std::vector<apps::TypedLine>& lines, core::Instant start,
                                     core::Duration pause) {
    std::vector<apps::TypedLine> quick = lines;
    core::Instant before = start;
    core::Instant typed = start;
    for (apps::TypedLine& line : quick) {
        typed += std::clamp(line.at - before, core::Duration{0}, pause);
        before = std::max(before, line.at);
        line.at = typed;
    }
    return quick;
}

}  // namespace

core::Status check_dialogue(const scenario::Scenario& scenario) {
    if (scenario.services.empty()) {
        return core::Error{
            fmt::format("{}: nobody serves mail in it: there is no dialogue to "
                        "compare",
                        scenario.file)};
    }
    if (!scenario.programs.empty()) {
        return core::Error{fmt::format(
            "{}: a [[program]] speaks in it, over TCP only: what is compared is what people type",
            scenario.file)};
    }
    for (const scenario::TypistPart& typist : scenario.typists) {
        if (!typist.telnet.lines.empty() && serves(scenario, typist)) return core::success();
    }
    return core::Error{fmt::format(
        "{}: nobody types a line to one of its services: there is no dialogue to compare",
        scenario.file)};
}

scenario::Scenario dialogue_over(const scenario::Scenario& scenario, apps::Carrier carrier,
                                 Millionths loss, core::Duration pause) {
    scenario::Scenario mine = scenario;
    mine.lesson = {};
    for (scenario::ServicePart& service : mine.services)
        service.server.carrier = carrier;
    for (scenario::TypistPart& typist : mine.typists) {
        typist.carrier = carrier;
        typist.telnet.lines = hurried(typist.telnet.lines, typist.start, pause);
        typist.datagrams.lines = typist.telnet.lines;
    }
    net::FaultRule lose;
    lose.match.probability = static_cast<double>(loss) / whole;
    for (net::LinkConfig& link : mine.links) {
        auto& faults = link.faults;
        faults.erase(std::remove_if(faults.begin(), faults.end(),
                                    [](const auto& rule) { return !for_every_packet(rule); }),
                     faults.end());
        if (loss > 0) faults.push_back(lose);
    }
    return mine;
}

}  // namespace postack::compare
