// How much memory the engines hold at most while something bad is done to them: this test's own
// operator new counts (memory_watch.cpp).
#pragma once

#include <cstddef>

namespace postack::mail::test {

/// The most bytes held at once since it was made, above what was held then.
class MemoryWatch {
   public:
    MemoryWatch();
    [[nodiscard]] std::size_t peak() const;

   private:
    std::size_t before_;
};

}  // namespace postack::mail::test
