// A POP3 server on a host: the engine of mail/pop3 in a stream server.
#pragma once

#include <memory>

#include "sim/apps/stream_server.hpp"
#include "sim/mail/pop3/server_session.hpp"

namespace postack::apps {

/// The process in the stamp of a greeting is the server's, one more for each session, as a server
/// that forks has it.
std::unique_ptr<StreamServer> make_pop3_server(StreamServerConfig config,
                                               std::shared_ptr<MailHost> host,
                                               mail::pop3::Personality personality);

}  // namespace postack::apps
