// What a store says of a mailbox or message that is not there: the same words from every store.
#pragma once

#include <string_view>

#include <fmt/format.h>

#include "sim/core/result.hpp"
#include "sim/mail/store/mailbox_store.hpp"

namespace postack::mail::store {

inline core::Error no_mailbox(std::string_view name) {
    return core::Error{fmt::format("no mailbox {}", name)};
}

inline core::Error no_message(std::string_view name, Uid uid) {
    return core::Error{fmt::format("no message {} in mailbox {}", uid, name)};
}

}  // namespace postack::mail::store
