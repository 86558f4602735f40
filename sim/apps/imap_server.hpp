// An IMAP server on a host: the engine of mail/imap in a stream server.
#pragma once

#include <memory>

#include "sim/apps/stream_server.hpp"
#include "sim/mail/imap/server_session.hpp"

namespace postack::apps {

/// `facts.hostname` is the mailroom's. Sessions on one mailbox tell each other's changes.
std::unique_ptr<StreamServer> make_imap_server(StreamServerConfig config,
                                               std::shared_ptr<MailHost> host,
                                               mail::imap::Personality personality,
                                               mail::imap::ServerFacts facts);

}  // namespace postack::apps
