// Memory for tables that grow to hundreds of megabytes: taken from the system in large pages where
// it has them, since a page fault for every 4 KiB costs more than what is written there.
#pragma once

#include <cstddef>

namespace postack::core {

/// Uninitialised memory for `size` bytes, aligned for every fundamental type. Throws
/// std::bad_alloc. Large blocks ask for huge pages (Linux: madvise(2), MADV_HUGEPAGE), which are
/// filled as they are touched: what is never written takes no memory.
void* allocate_large(std::size_t size);
/// Gives it back. Null is allowed.
void free_large(void* memory) noexcept;

}  // namespace postack::core
