#include "sim/drive/sha256.hpp"

#include <array>

namespace postack::drive {

Sha256::Sha256() {
    sha256_init(&context_);
}

void Sha256::update(core::BytesView bytes) {
    sha256_update(&context_, bytes.size(), bytes.data());
}

std::string Sha256::hex() const {
    sha256_ctx ended = context_;
    std::array<core::Byte, SHA256_DIGEST_SIZE> digest{};
    sha256_digest(&ended, digest.size(), digest.data());
    return core::to_hex(digest);
}

}  // namespace postack::drive
