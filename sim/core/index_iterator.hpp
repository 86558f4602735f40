// The iterator of a table that keeps its rows in another form and gives them by value: it is an
// index. The standard's algorithms take it as a random access iterator, which it is but for
// `*it`, a value instead of a reference.
#pragma once

#include <compare>
#include <cstddef>
#include <iterator>
#include <utility>

namespace postack::core {

/// `Table` has a value_type and an operator[] that gives it. The table must outlive the iterator
/// and stay where it is.
template <typename Table>
class IndexIterator {
   public:
    using iterator_category = std::random_access_iterator_tag;
    using value_type = typename Table::value_type;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = value_type;

    IndexIterator() = default;
    IndexIterator(const Table* table, std::size_t index) : table_(table), index_(index) {}

    value_type operator*() const { return (*table_)[index_]; }
    value_type operator[](difference_type n) const { return *(*this + n); }
    IndexIterator& operator+=(difference_type n) {
        index_ += static_cast<std::size_t>(n);
        return *this;
    }
    IndexIterator& operator-=(difference_type n) { return *this += -n; }
    IndexIterator& operator++() { return *this += 1; }
    IndexIterator& operator--() { return *this += -1; }
    IndexIterator operator++(int) { return std::exchange(*this, *this + 1); }
    IndexIterator operator--(int) { return std::exchange(*this, *this - 1); }
    friend IndexIterator operator+(IndexIterator a, difference_type n) { return a += n; }
    friend IndexIterator operator+(difference_type n, IndexIterator a) { return a += n; }
    friend IndexIterator operator-(IndexIterator a, difference_type n) { return a -= n; }
    friend difference_type operator-(const IndexIterator& a, const IndexIterator& b) {
        return static_cast<difference_type>(a.index_) - static_cast<difference_type>(b.index_);
    }
    friend bool operator==(const IndexIterator& a, const IndexIterator& b) {
        return a.index_ == b.index_;
    }
    friend auto operator<=>(const IndexIterator& a, const IndexIterator& b) {
        return a.index_ <=> b.index_;
    }

   private:
    const Table* table_ = nullptr;
    std::size_t index_ = 0;
};

}  // namespace postack::core
