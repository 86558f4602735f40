// What this engine masters, and what it does not yet: a capability is announced if and only if it
// is mastered, except by a personality that must print its server's line.
#pragma once

#include <optional>
#include <string_view>

namespace postack::mail::imap {

/// Whether the engine does what the capability promises.
bool works(std::string_view capability);

/// What to say of a word that is right in IMAP and that nothing stands behind yet; nothing for all
/// others. A command, upper case, or the part of one: "THREAD REFS", "FETCH SNIPPET". The answer is
/// NO [CANNOT] and this text.
std::optional<std::string_view> not_there_yet(std::string_view upper);

}  // namespace postack::mail::imap
