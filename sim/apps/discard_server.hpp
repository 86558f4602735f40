// The discard service (RFC 863) on a host, over TCP or UDP: what arrives is read and thrown away,
// nothing is said. What a transport does by itself shows best when no application answers.
#pragma once

#include <memory>

#include "sim/apps/stream_server.hpp"

namespace postack::apps {

/// Over TCP it closes when the client has.
std::unique_ptr<StreamServer> make_discard_server(StreamServerConfig config,
                                                  std::shared_ptr<MailHost> host);

}  // namespace postack::apps
