#include "sim/core/large_memory.hpp"

#include <atomic>
#include <cstdint>
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

void* allocate_huge_pages(std::size_t size) {
    const std::size_t whole = (size + huge_page - 1) / huge_page * huge_page;
    void* memory = std::aligned_alloc(huge_page, whole);
    if (memory == nullptr) throw std::bad_alloc();
#if defined(__linux__)
    madvise(memory, whole, MADV_HUGEPAGE);  // a wish; without it, all works as before
#endif
    return memory;
}

// A huge page that smaller blocks share: one fault of the system, where pages of 4 KiB take one
// each (measured on a virtual machine: 4 microseconds a page, 40 times what clearing it costs).
// Blocks are cut off one after the other; a slab that nobody uses any more begins anew.
class Slab {
   public:
    static constexpr std::size_t alignment = 64;  // a cache line
    static constexpr std::size_t room = huge_page - alignment;

    static Slab* make() { return ::new (allocate_huge_pages(huge_page)) Slab; }
    static Slab& of(void* block) {
        const std::size_t into = reinterpret_cast<std::uintptr_t>(block) % huge_page;
        return *reinterpret_cast<Slab*>(static_cast<char*>(block) - into);
    }

    /// Null: what is left is too small. For the thread that made it.
    void* allocate(std::size_t size) {
        if (users_.load(std::memory_order_acquire) == 1) used_ = alignment;
        if (huge_page - used_ < size) return nullptr;
        void* block = reinterpret_cast<char*>(this) + used_;
        used_ += (size + alignment - 1) / alignment * alignment;
        users_.fetch_add(1, std::memory_order_relaxed);
        return block;
    }
    /// By the user of a block, from any thread, or by the thread that cuts off no more blocks.
    void release() {
        if (users_.fetch_sub(1, std::memory_order_acq_rel) == 1) std::free(this);
    }

   private:
    Slab() = default;

    std::atomic<std::uint32_t> users_{1};  // blocks, and the thread that cuts them off
    std::size_t used_ = alignment;
};

struct SlabOfThread {
    Slab* slab = nullptr;

    SlabOfThread() = default;
    SlabOfThread(const SlabOfThread&) = delete;
    SlabOfThread& operator=(const SlabOfThread&) = delete;
    ~SlabOfThread() { leave(); }

    void* allocate(std::size_t size) {
        if (slab != nullptr) {
            if (void* block = slab->allocate(size)) return block;
            leave();
        }
        slab = Slab::make();
        return slab->allocate(size);
    }
    void leave() {
        if (slab != nullptr) slab->release();
        slab = nullptr;
    }
};

}  // namespace

constexpr std::size_t largest_shared = huge_page / 2;
static_assert(largest_shared <= Slab::room);

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POSTACK_BLOCKS_APART
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define POSTACK_BLOCKS_APART
#endif
// AddressSanitizer sees who writes beyond a block only where each is an allocation of its own.
#if defined(POSTACK_BLOCKS_APART)
void* allocate_large(std::size_t size) {
    void* memory = std::malloc(size);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}
void free_large(void* memory) noexcept {
    std::free(memory);
}
#else
void* allocate_large(std::size_t size) {
    if (size > largest_shared) return allocate_huge_pages(size);
    static thread_local SlabOfThread own;
    return own.allocate(size);
}

void free_large(void* memory) noexcept {
    if (memory == nullptr) return;
    // A slab begins with itself: only what has pages of its own lies at the beginning of one.
    if (reinterpret_cast<std::uintptr_t>(memory) % huge_page == 0) {
        std::free(memory);
    } else {
        Slab::of(memory).release();
    }
}

#endif

}  // namespace postack::core
