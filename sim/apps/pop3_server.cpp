#include "sim/apps/pop3_server.hpp"

#include <utility>

namespace postack::apps {

std::unique_ptr<StreamServer> make_pop3_server(StreamServerConfig config,
                                               std::shared_ptr<MailHost> host,
                                               mail::pop3::Personality personality) {
    // The sessions refer to the personality: it lives as long as what makes them.
    auto words = std::make_shared<const mail::pop3::Personality>(std::move(personality));
    auto& room = host->room;
    mail::pop3::ServerFacts facts{room.options().hostname, config.process};
    return std::make_unique<StreamServer>(
        std::move(config), std::move(host), [words, &room, facts](const wire::Endpoint&) mutable {
            ++facts.process;
            return std::make_unique<EngineSession<mail::pop3::ServerSession>>(*words, facts, room);
        });
}

}  // namespace postack::apps
