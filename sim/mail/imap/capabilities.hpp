// What this engine masters: a capability is announced if and only if it stands here, except by a
// personality that must print its server's line.
#pragma once

#include <string_view>

namespace postack::mail::imap {

/// Whether the engine does what the capability promises.
bool works(std::string_view capability);

}  // namespace postack::mail::imap
