#include "sim/apps/smtp_server.hpp"

#include <algorithm>
#include <utility>

namespace postack::apps {

std::unique_ptr<StreamServer> make_smtp_server(StreamServerConfig config,
                                               std::shared_ptr<MailHost> host,
                                               mail::smtp::Personality personality,
                                               mail::smtp::ServerFacts facts,
                                               std::vector<wire::IpAddress> trusted) {
    // The sessions refer to the personality: it lives as long as what makes them.
    auto words = std::make_shared<const mail::smtp::Personality>(std::move(personality));
    auto& room = host->room;
    return std::make_unique<StreamServer>(
        std::move(config), std::move(host),
        [words, &room, facts = std::move(facts),
         trusted = std::move(trusted)](const wire::Endpoint& client) {
            mail::smtp::ServerFacts mine = facts;
            mine.client_address = client.address.version() == 6
                                      ? "IPv6:" + wire::to_string(client.address)
                                      : wire::to_string(client.address);
            mine.access.trusted_client =
                std::find(trusted.begin(), trusted.end(), client.address) != trusted.end();
            return std::make_unique<EngineSession<mail::smtp::ServerSession>>(
                *words, std::move(mine), room);
        });
}

}  // namespace postack::apps
