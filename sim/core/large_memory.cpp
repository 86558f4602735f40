#include "sim/core/large_memory.hpp"

#include <cstdlib>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace postack::core {

namespace {
// The size of a huge page on x86-64 and on ARM64 with 4 KiB pages; elsewhere it is a good
// alignment.
constexpr std::size_t huge_page = std::size_t{2} << 20U;
constexpr std::size_t page = 4096;
constexpr std::size_t least_populated = std::size_t{256} << 10U;
}  // namespace

void* allocate_large(std::size_t size) {
    if (size < huge_page) {
        const bool whole_pages = size >= least_populated && size % page == 0;
        void* memory = whole_pages ? std::aligned_alloc(page, size) : std::malloc(size);
        if (memory == nullptr) throw std::bad_alloc();
#if defined(MADV_POPULATE_WRITE)
        if (whole_pages)
            madvise(memory, size, MADV_POPULATE_WRITE);  // one call, not a fault a page
#endif
        return memory;
    }
    const std::size_t whole = (size + huge_page - 1) / huge_page * huge_page;
    void* memory = std::aligned_alloc(huge_page, whole);
    if (memory == nullptr) throw std::bad_alloc();
#if defined(__linux__)
    madvise(memory, whole, MADV_HUGEPAGE);  // a wish; without it, all works as before
#endif
    return memory;
}

void free_large(void* memory) noexcept {
    std::free(memory);
}

}  // namespace postack::core
