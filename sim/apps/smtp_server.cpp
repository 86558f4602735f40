#include "sim/apps/smtp_server.hpp"

#include <utility>

namespace postack::apps {

std::unique_ptr<StreamServer> make_smtp_server(StreamServerConfig config,
                                               std::shared_ptr<MailHost> host,
                                               mail::smtp::Personality personality,
                                               mail::smtp::ServerFacts facts) {
    // The sessions refer to the personality: it lives as long as what makes them.
    auto words = std::make_shared<const mail::smtp::Personality>(std::move(personality));
    auto& room = host->room;
    return std::make_unique<StreamServer>(
        std::move(config), std::move(host),
        [words, &room, facts = std::move(facts)](const wire::Endpoint& client) {
            mail::smtp::ServerFacts mine = facts;
            mine.client_address = client.address.version() == 6
                                      ? "IPv6:" + wire::to_string(client.address)
                                      : wire::to_string(client.address);
            return std::make_unique<EngineSession<mail::smtp::ServerSession>>(
                *words, std::move(mine), room);
        });
}

}  // namespace postack::apps
