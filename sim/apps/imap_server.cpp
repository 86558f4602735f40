#include "sim/apps/imap_server.hpp"

#include <utility>

namespace postack::apps {

std::unique_ptr<StreamServer> make_imap_server(StreamServerConfig config,
                                               std::shared_ptr<MailHost> host,
                                               mail::imap::Personality personality,
                                               mail::imap::ServerFacts facts) {
    // The sessions refer to the personality: it lives as long as what makes them.
    auto words = std::make_shared<const mail::imap::Personality>(std::move(personality));
    auto& room = host->room;
    facts.hostname = room.options().hostname;
    return std::make_unique<StreamServer>(
        std::move(config), std::move(host),
        [words, &room, facts = std::move(facts)](const wire::Endpoint&) {
            return std::make_unique<EngineSession<mail::imap::ServerSession>>(*words, facts, room);
        });
}

}  // namespace postack::apps
