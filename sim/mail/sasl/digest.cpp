#include "sim/mail/sasl/digest.hpp"

#include <array>

#include <nettle/hmac.h>
#include <nettle/pbkdf2.h>
#include <nettle/sha2.h>

#include "sim/core/bytes.hpp"

namespace postack::mail::sasl {
namespace {

using Buffer = std::array<std::uint8_t, SHA256_DIGEST_SIZE>;

const core::Byte* digest_input(std::string_view text) {
    return core::as_bytes(text).data();
}

std::string digest_text(const Buffer& buffer) {
    return {buffer.begin(), buffer.end()};
}

}  // namespace

std::string sha256(std::string_view text) {
    Buffer buffer{};
    sha256_ctx context{};
    sha256_init(&context);
    sha256_update(&context, text.size(), digest_input(text));
    sha256_digest(&context, buffer.size(), buffer.data());
    return digest_text(buffer);
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
    Buffer buffer{};
    hmac_sha256_ctx context{};
    hmac_sha256_set_key(&context, key.size(), digest_input(key));
    hmac_sha256_update(&context, text.size(), digest_input(text));
    hmac_sha256_digest(&context, buffer.size(), buffer.data());
    return digest_text(buffer);
}

std::string salted_password(std::string_view password, std::string_view salt,
                            std::uint32_t iterations) {
    Buffer buffer{};
    pbkdf2_hmac_sha256(password.size(), digest_input(password), iterations, salt.size(),
                       digest_input(salt), buffer.size(), buffer.data());
    return digest_text(buffer);
}

}  // namespace postack::mail::sasl
