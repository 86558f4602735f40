#include "sim/mail/store/uid_validity.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include <fmt/format.h>

#include "sim/core/file.hpp"
#include "sim/mail/store/disk.hpp"

namespace postack::mail::store {

core::Result<std::uint32_t> fresh_uid_validity(const std::string& folder, std::int64_t unix_ns,
                                               std::uint32_t at_least) {
    const std::string path = folder + "/postack-uidvalidity";
    std::uint32_t last = 0;
    if (const auto text = core::read_file(path)) {
        std::from_chars(text->data(), text->data() + text->size(), last);
    }
    const auto seconds = static_cast<std::uint32_t>(std::clamp<std::int64_t>(
        unix_ns / 1'000'000'000, 1, std::numeric_limits<std::uint32_t>::max() - 1));
    const std::uint32_t validity = std::max({seconds, last + 1, at_least});
    if (auto kept = core::write_file_atomically(path, fmt::format("{}\n", validity)); !kept) {
        return kept.error();
    }
    if (auto synced = disk::synchronize_folder(folder); !synced) return synced.error();
    return validity;
}

}  // namespace postack::mail::store
