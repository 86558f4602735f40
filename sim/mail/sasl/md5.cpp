#include "sim/mail/sasl/md5.hpp"

#include <nettle/hmac.h>
#include <nettle/md5.h>

#include "sim/core/bytes.hpp"

namespace postack::mail::sasl {

Digest md5(std::string_view text) {
    Digest digest{};
    md5_ctx context{};
    md5_init(&context);
    md5_update(&context, text.size(), core::as_bytes(text).data());
    md5_digest(&context, digest.size(), digest.data());
    return digest;
}

Digest hmac_md5(std::string_view key, std::string_view text) {
    Digest digest{};
    hmac_md5_ctx context{};
    hmac_md5_set_key(&context, key.size(), core::as_bytes(key).data());
    hmac_md5_update(&context, text.size(), core::as_bytes(text).data());
    hmac_md5_digest(&context, digest.size(), digest.data());
    return digest;
}

std::string hex(const Digest& digest) {
    return core::to_hex(digest);
}

}  // namespace postack::mail::sasl
