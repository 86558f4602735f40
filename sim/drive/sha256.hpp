// SHA-256 (FIPS 180-4) of a stream that comes in pieces: whether what arrived is what was sent.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "sim/core/bytes.hpp"

namespace postack::drive {

class Sha256 {
   public:
    void update(core::BytesView bytes);
    /// The digest of all bytes so far, 64 hexadecimal digits.
    [[nodiscard]] std::string hex() const;

   private:
    void block(const core::Byte* at);

    std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    std::array<core::Byte, 64> rest_{};  // bytes that do not fill a block yet
    std::uint64_t length_ = 0;
};

}  // namespace postack::drive
