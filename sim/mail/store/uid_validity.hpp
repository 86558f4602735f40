// UIDVALIDITY of new mailboxes on disk (RFC 9051, section 2.3.1.1).
#pragma once

#include <cstdint>
#include <string>

#include "sim/core/result.hpp"

namespace postack::mail::store {

/// A validity that no mailbox of the account had: the time in seconds, or one more than the last,
/// which stands in FOLDER/postack-uidvalidity; `at_least` so much. Error: it cannot be kept there.
core::Result<std::uint32_t> fresh_uid_validity(const std::string& folder, std::int64_t unix_ns,
                                               std::uint32_t at_least);

}  // namespace postack::mail::store
