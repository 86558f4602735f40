#include "sim/mail/store/mbox_lock.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <ctime>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace postack::mail::store {
namespace {

std::string this_host() {
    std::array<char, 256> buffer{};
    return ::gethostname(buffer.data(), buffer.size() - 1) == 0 ? buffer.data() : "localhost";
}

// Whose it is stands in it as "PID:HOST" (Dovecot: file-dotlock.c). One whose program has ended
// is taken away; so is one that says nothing and is old.
void remove_if_stale(const std::string& dot) {
    const disk::File file{::open(dot.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
    struct stat facts {};
    if (!file.is_open() || ::fstat(file.get(), &facts) != 0) return;
    std::array<char, 300> buffer{};
    const ssize_t size = ::read(file.get(), buffer.data(), buffer.size());
    pid_t pid = 0;
    const char* const end = buffer.data() + (size > 0 ? size : 0);
    const auto parsed = std::from_chars(buffer.data(), end, pid);
    const bool here =
        parsed.ptr != end && *parsed.ptr == ':' && std::string(parsed.ptr + 1, end) == this_host();
    const bool ended = pid > 0 && here && ::kill(pid, 0) != 0 && errno == ESRCH;
    // NOLINTNEXTLINE: the file system dates by the machine's clock, and so must who asks for ages.
    const bool old = ::time(nullptr) - facts.st_mtim.tv_sec > MboxLock::stale_s;
    if (ended || old) ::unlink(dot.c_str());
}

// The lock gets its name when it is written: an empty one, of a program that was killed in between,
// would tell nobody that it is stale.
core::Result<bool> make_dot_lock(const std::string& dot) {
    const std::string mine = fmt::format("{}.{}", dot, ::getpid());
    ::unlink(mine.c_str());  // of a program that was killed and had this number
    const disk::File file{::open(mine.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    if (!file.is_open()) return disk::error(mine);
    const auto written = disk::write_all(file, fmt::format("{}:{}", ::getpid(), this_host()), mine);
    const bool linked = written && ::link(mine.c_str(), dot.c_str()) == 0;
    const int why = errno;
    ::unlink(mine.c_str());
    if (!written) return written.error();
    errno = why;
    if (!linked && why != EEXIST) return disk::error(dot);
    return linked;
}

// Of the whole file, now or not at all.
bool lock_whole(const disk::File& file, bool to_write) {
    struct flock lock {};
    lock.l_type = static_cast<short>(to_write ? F_WRLCK : F_RDLCK);
    lock.l_whence = SEEK_SET;
    return ::fcntl(file.get(), F_SETLK, &lock) == 0;
}

bool same_file(const disk::File& file, const std::string& path) {
    struct stat opened {};
    struct stat named {};
    return ::fstat(file.get(), &opened) == 0 && ::stat(path.c_str(), &named) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

}  // namespace

core::Result<MboxLock> MboxLock::to_read(const std::string& path) {
    return take(path, false, false);
}

core::Result<MboxLock> MboxLock::to_write(const std::string& path, bool create) {
    return take(path, true, create);
}

core::Status MboxLock::open(const std::string& path, bool to_write, bool create) {
    const int flags = (to_write ? O_RDWR : O_RDONLY) | (create ? O_CREAT : 0) | O_CLOEXEC;
    file_ = disk::File{::open(path.c_str(), flags, 0600)};
    return file_.is_open() ? core::success() : core::Status{disk::error(path)};
}

// All that is needed at once, or nothing for a while: two programs that take the same locks in
// another order do not wait for each other for ever.
core::Result<MboxLock> MboxLock::take(const std::string& path, bool to_write, bool create) {
    constexpr std::int64_t pause_ms = 10;
    const std::string dot = dot_lock_of(path);
    for (std::int64_t waited = 0;; waited += pause_ms) {
        MboxLock lock;
        bool dotted = true;
        if (to_write) {
            const auto made = make_dot_lock(dot);
            if (!made) return made.error();
            dotted = *made;
            if (dotted) lock.dot_ = dot;
        }
        if (dotted) {
            if (auto opened = lock.open(path, to_write, create); !opened) return opened.error();
            // It may have been replaced between the opening and the lock.
            if (lock_whole(lock.file_, to_write) && same_file(lock.file_, path)) return lock;
        } else if (waited % 500 == 0) {
            remove_if_stale(dot);
        }
        if (waited >= patience_ms) {
            return core::Error{fmt::format("{}: another program has it locked{}", path,
                                           dotted ? std::string{} : fmt::format(" ({})", dot))};
        }
        const timespec pause{0, pause_ms * 1'000'000};
        ::nanosleep(&pause, nullptr);
    }
}

void MboxLock::release() {
    file_.close();
    if (!dot_.empty()) ::unlink(std::exchange(dot_, {}).c_str());
}

}  // namespace postack::mail::store
