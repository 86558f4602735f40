// SHA-256 (FIPS 180-4) of a stream that comes in pieces: whether what arrived is what was sent.
// Nettle computes it.
#pragma once

#include <string>

#include <nettle/sha2.h>

#include "sim/core/bytes.hpp"

namespace postack::drive {

class Sha256 {
   public:
    Sha256();
    void update(core::BytesView bytes);
    /// The digest of all bytes so far, 64 hexadecimal digits.
    [[nodiscard]] std::string hex() const;

   private:
    sha256_ctx context_{};
};

}  // namespace postack::drive
