// An SMTP server on a host: the engine of mail/smtp in a stream server.
#pragma once

#include <memory>

#include "sim/apps/stream_server.hpp"
#include "sim/mail/smtp/server_session.hpp"

namespace postack::apps {

/// `facts.client_address` is filled in for each session.
std::unique_ptr<StreamServer> make_smtp_server(StreamServerConfig config,
                                               std::shared_ptr<MailHost> host,
                                               mail::smtp::Personality personality,
                                               mail::smtp::ServerFacts facts,
                                               std::vector<wire::IpAddress> trusted = {});

}  // namespace postack::apps
