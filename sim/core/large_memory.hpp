// Memory for tables that grow to hundreds of megabytes: taken from the system in large pages where
// it has them, since a page fault for every 4 KiB costs more than what is written there.
#pragma once

#include <cstddef>

namespace postack::core {

/// Uninitialised memory for `size` bytes, aligned to a cache line. Throws std::bad_alloc. It comes
/// in huge pages where the system has them (Linux: madvise(2), MADV_HUGEPAGE): blocks of up to 1
/// MiB share one, larger ones have their own, which are filled as they are touched.
void* allocate_large(std::size_t size);
/// Gives it back. Null is allowed.
void free_large(void* memory) noexcept;

}  // namespace postack::core
