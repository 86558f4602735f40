#include "tests/mail/memory_watch.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

#include <malloc.h>

namespace {

std::atomic<std::size_t> held{0};
std::atomic<std::size_t> most{0};

}  // namespace

void* operator new(std::size_t size) {
    void* const memory = std::malloc(size == 0 ? 1 : size);
    if (memory == nullptr) throw std::bad_alloc{};
    const std::size_t now = held += ::malloc_usable_size(memory);
    if (now > most) most = now;
    return memory;
}

// What std::stable_sort takes its buffer with; it gives it back with the operator below.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    try {
        return operator new(size);
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}

void operator delete(void* memory) noexcept {
    if (memory != nullptr) held -= ::malloc_usable_size(memory);
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
    operator delete(memory);
}

namespace postack::mail::test {

MemoryWatch::MemoryWatch() : before_(held) {
    most = before_;
}

std::size_t MemoryWatch::peak() const {
    return most > before_ ? most - before_ : 0;
}

}  // namespace postack::mail::test
