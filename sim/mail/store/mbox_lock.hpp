// A mailbox file that is opened and locked against the other programs of the machine, the way they
// lock it against us. To change it: the file's name with ".lock" behind is made (dot-locking:
// Postfix, mutt, Dovecot), then fcntl locks all of it; to read it: fcntl alone. Debian builds or
// sets them so: Postfix mailbox_delivery_lock = fcntl, dotlock; Dovecot mbox_write_locks = fcntl
// dotlock, mbox_read_locks = fcntl; popa3d LOCK_FCNTL; mutt both.
//
// POSIX gives a process's locks up when it closes any descriptor of the file: whoever holds one of
// these opens the file in no other way.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "sim/core/result.hpp"
#include "sim/mail/store/disk.hpp"

namespace postack::mail::store {

class MboxLock {
   public:
    /// How long another program may hold it until we say that it is locked: our choice, short, as
    /// others wait for us meanwhile.
    static constexpr std::int64_t patience_ms = 2000;
    /// A dot-lock of an unknown program that is so old was forgotten (Postfix: stale_lock_time).
    static constexpr std::int64_t stale_s = 500;

    /// Error: no such file, or others hold it.
    static core::Result<MboxLock> to_read(const std::string& path);
    /// `create`: makes the file if it is not there, readable by its owner alone.
    static core::Result<MboxLock> to_write(const std::string& path, bool create = false);

    ~MboxLock() { release(); }
    MboxLock(MboxLock&& other) noexcept
        : file_(std::move(other.file_)), dot_(std::exchange(other.dot_, {})) {}
    MboxLock& operator=(MboxLock&&) = delete;
    MboxLock(const MboxLock&) = delete;
    MboxLock& operator=(const MboxLock&) = delete;

    [[nodiscard]] const disk::File& file() const { return file_; }

   private:
    MboxLock() = default;
    static core::Result<MboxLock> take(const std::string& path, bool to_write, bool create);
    core::Status open(const std::string& path, bool to_write, bool create);
    void release();

    disk::File file_;
    std::string dot_;  // empty: not held
};

/// What a dot-lock is called.
inline std::string dot_lock_of(const std::string& path) {
    return path + ".lock";
}

}  // namespace postack::mail::store
