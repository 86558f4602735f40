#include "sim/mail/sasl/digest.hpp"

#include <array>

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace postack::mail::sasl {
namespace {

constexpr std::size_t digest_size = 32;
using Buffer = std::array<unsigned char, digest_size>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());  // NOLINT: OpenSSL's type of bytes.
}

std::string text_of(const Buffer& buffer) {
    return {buffer.begin(), buffer.end()};
}

}  // namespace

std::string sha256(std::string_view text) {
    Buffer buffer{};
    EVP_Digest(text.data(), text.size(), buffer.data(), nullptr, EVP_sha256(), nullptr);
    return text_of(buffer);
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
    Buffer buffer{};
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text), text.size(),
         buffer.data(), nullptr);
    return text_of(buffer);
}

std::string salted_password(std::string_view password, std::string_view salt,
                            std::uint32_t iterations) {
    Buffer buffer{};
    PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), bytes_of(salt),
                      static_cast<int>(salt.size()), static_cast<int>(iterations), EVP_sha256(),
                      static_cast<int>(buffer.size()), buffer.data());
    return text_of(buffer);
}

}  // namespace postack::mail::sasl
