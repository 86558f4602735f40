// A table that only grows: elements never move, so growing copies nothing and a reference stays
// good. The first chunk is small, each holds twice as many elements as the one before, and from
// 64 KiB on all are alike: what a table has and does not use is memory that the system cleared for
// nothing.
#pragma once

#include <algorithm>
#include <bit>
#include <compare>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/core/large_memory.hpp"

namespace postack::core {

template <typename T>
class AppendLog {
    template <typename Element, typename Log>
    class Iterator {
       public:
        using iterator_category = std::random_access_iterator_tag;
        using value_type = T;
        using difference_type = std::ptrdiff_t;
        using pointer = Element*;
        using reference = Element&;

        Iterator() = default;
        Iterator(Log* log, std::size_t index) : log_(log), index_(index) {}

        reference operator*() const { return (*log_)[index_]; }
        pointer operator->() const { return &(*log_)[index_]; }
        reference operator[](difference_type n) const { return *(*this + n); }
        Iterator& operator+=(difference_type n) {
            index_ += static_cast<std::size_t>(n);
            return *this;
        }
        Iterator& operator-=(difference_type n) { return *this += -n; }
        Iterator& operator++() { return *this += 1; }
        Iterator& operator--() { return *this += -1; }
        Iterator operator++(int) { return std::exchange(*this, *this + 1); }
        Iterator operator--(int) { return std::exchange(*this, *this - 1); }
        friend Iterator operator+(Iterator a, difference_type n) { return a += n; }
        friend Iterator operator+(difference_type n, Iterator a) { return a += n; }
        friend Iterator operator-(Iterator a, difference_type n) { return a -= n; }
        friend difference_type operator-(const Iterator& a, const Iterator& b) {
            return static_cast<difference_type>(a.index_) - static_cast<difference_type>(b.index_);
        }
        friend bool operator==(const Iterator& a, const Iterator& b) {
            return a.index_ == b.index_;
        }
        friend auto operator<=>(const Iterator& a, const Iterator& b) {
            return a.index_ <=> b.index_;
        }

       private:
        Log* log_ = nullptr;
        std::size_t index_ = 0;
    };

   public:
    using value_type = T;
    using iterator = Iterator<T, AppendLog>;
    using const_iterator = Iterator<const T, const AppendLog>;

    AppendLog() = default;
    AppendLog(std::initializer_list<T> values) {
        for (const T& value : values)
            push_back(value);
    }
    AppendLog(const AppendLog& other) {
        for (const T& value : other)
            push_back(value);
    }
    AppendLog(AppendLog&& other) noexcept { swap(other); }
    AppendLog& operator=(AppendLog other) noexcept {
        swap(other);
        return *this;
    }
    ~AppendLog() {
        if constexpr (!std::is_trivially_destructible_v<T>) {
            for (T& value : *this)
                std::destroy_at(&value);
        }
        for (T* chunk : chunks_)
            free_large(chunk);
    }
    void swap(AppendLog& other) noexcept {
        chunks_.swap(other.chunks_);
        std::swap(next_, other.next_);
        std::swap(chunk_end_, other.chunk_end_);
        std::swap(size_, other.size_);
    }

    /// Throws std::bad_alloc and leaves the table as it was. The argument may be of this table.
    T& push_back(const T& value) { return emplace_back(value); }
    T& push_back(T&& value) { return emplace_back(std::move(value)); }
    template <typename... Arguments>
    T& emplace_back(Arguments&&... arguments) {
        if (next_ == chunk_end_) next_chunk();
        T* made = std::construct_at(next_, std::forward<Arguments>(arguments)...);
        ++next_;
        ++size_;
        return *made;
    }

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    T& operator[](std::size_t index) { return *at(index); }
    const T& operator[](std::size_t index) const { return *at(index); }
    T& front() { return *at(0); }
    const T& front() const { return *at(0); }
    T& back() { return next_[-1]; }
    const T& back() const { return next_[-1]; }

    iterator begin() { return {this, 0}; }
    iterator end() { return {this, size_}; }
    const_iterator begin() const { return {this, 0}; }
    const_iterator end() const { return {this, size_}; }

   private:
    static constexpr unsigned bits_for(std::size_t bytes) {
        return static_cast<unsigned>(std::bit_width(std::max<std::size_t>(bytes / sizeof(T), 1))) -
               1;
    }
    // The first chunk is about a page; and the largest.
    static constexpr unsigned first_bits = bits_for(4096);
    static constexpr unsigned last_bits = bits_for(std::size_t{64} * 1024);
    static constexpr std::size_t first_size = std::size_t{1} << first_bits;
    static constexpr std::size_t last_size = std::size_t{1} << last_bits;

    [[nodiscard]] T* at(std::size_t index) const {
        const std::size_t shifted = index + first_size;
        if (shifted >= last_size) {
            const std::size_t rest = shifted - last_size;
            return chunks_[last_bits - first_bits + (rest >> last_bits)] + rest % last_size;
        }
        const auto top = static_cast<unsigned>(std::bit_width(shifted)) - 1;
        return chunks_[top - first_bits] + (shifted - (std::size_t{1} << top));
    }
    void next_chunk() {
        const auto doubled = static_cast<unsigned>(
            std::min<std::size_t>(chunks_.size(), std::size_t{last_bits - first_bits}));
        const std::size_t count = first_size << doubled;
        // Nothing may fail once the chunk is there.
        if (chunks_.size() == chunks_.capacity()) {
            chunks_.reserve(std::max<std::size_t>(8, 2 * chunks_.size()));
        }
        T* chunk = static_cast<T*>(allocate_large(count * sizeof(T)));
        chunks_.push_back(chunk);
        next_ = chunk;
        chunk_end_ = chunk + count;
    }

    std::vector<T*> chunks_;
    T* next_ = nullptr;
    T* chunk_end_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace postack::core
