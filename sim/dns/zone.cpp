#include "sim/dns/zone.hpp"

#include <algorithm>

namespace postack::dns {
namespace {

constexpr int max_aliases = 8;  // CNAMEs followed: our choice

bool knows(const Zone& zone, std::string_view name) {
    return std::any_of(zone.records.begin(), zone.records.end(),
                       [&](const Record& r) { return same_name(r.name, name); });
}

void add_addresses(const Zone& zone, std::string_view host, std::vector<Record>& into) {
    for (const Record& record : zone.records) {
        if (std::holds_alternative<wire::IpAddress>(record.data) && same_name(record.name, host) &&
            std::find(into.begin(), into.end(), record) == into.end()) {
            into.push_back(record);
        }
    }
}

}  // namespace

Message answer(const Zone& zone, const Message& query) {
    Message reply;
    reply.id = query.id;
    reply.response = true;
    reply.opcode = query.opcode;
    reply.recursion_desired = query.recursion_desired;
    reply.recursion_available = true;
    reply.questions = query.questions;
    if (query.opcode != 0) {
        reply.code = Code::not_implemented;
        return reply;
    }
    if (query.questions.size() != 1) {
        reply.code = Code::format;
        return reply;
    }
    reply.authoritative = true;
    const Question& question = query.questions.front();
    std::string name = question.name;
    const auto wanted = question.type;
    bool alias = true;
    for (int followed = 0; alias && followed < max_aliases; ++followed) {
        alias = false;
        for (const Record& record : zone.records) {
            if (!same_name(record.name, name)) continue;
            if (record.type == wanted) {
                reply.answers.push_back(record);
            } else if (record.type == static_cast<std::uint16_t>(Type::cname) && !alias) {
                reply.answers.push_back(record);
                alias = true;
            }
        }
        if (!alias) break;
        // A record may call itself a CNAME and hold something else: a zone is data.
        const auto* host = std::get_if<Host>(&reply.answers.back().data);
        if (host == nullptr) break;
        name = host->name;
    }
    for (const Record& record : reply.answers) {
        if (const auto* mail = std::get_if<Mail>(&record.data)) {
            add_addresses(zone, mail->host, reply.additional);
        }
    }
    if (reply.answers.empty()) {
        if (!knows(zone, name)) reply.code = Code::no_such_name;
        Record soa;
        soa.name = zone.name;
        soa.type = static_cast<std::uint16_t>(Type::soa);
        soa.data = Authority{zone.server, "hostmaster." + zone.name};
        reply.authorities.push_back(std::move(soa));
    }
    // First what merely comes along goes, then answers.
    while (print_message(reply).size() > max_udp_message) {
        if (!reply.additional.empty()) {
            reply.additional.pop_back();
        } else if (!reply.answers.empty()) {
            reply.truncated = true;
            reply.answers.pop_back();
        } else {
            break;
        }
    }
    return reply;
}

}  // namespace postack::dns
