#include "sim/core/file.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace postack::core {
namespace {

std::string reason(int error) {
    return std::generic_category().message(error);
}

// A file descriptor with an owner.
class Descriptor {
   public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() { close_now(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    [[nodiscard]] int number() const { return number_; }
    [[nodiscard]] bool valid() const { return number_ >= 0; }
    // 0, or the error of close(): a file system over the network may say only then that it is full.
    int close_now() {
        const int number = std::exchange(number_, -1);
        return number >= 0 && ::close(number) != 0 ? errno : 0;
    }

   private:
    int number_;
};

// 0, or errno.
int write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0) {
            if (errno == EINTR) continue;
            return errno;
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return 0;
}

Status write_in_place(const std::string& path, int descriptor, std::string_view bytes) {
    if (const int error = write_all(descriptor, bytes); error != 0) {
        return Error{fmt::format("{}: cannot write: {}", path, reason(error))};
    }
    return success();
}

// The file that a path stands for, links followed. A link to nothing gives the place it names.
std::string resolved(const std::string& path) {
    std::error_code failed;
    const auto target = std::filesystem::weakly_canonical(path, failed);
    if (failed || !std::filesystem::is_symlink(path, failed)) return path;
    return target.string();
}

// Creates a new file in `folder`, with the permissions that the umask leaves, and says its name.
// The number of the process keeps two programs apart, the count two files of one program. -1 and
// errno on failure.
int create_in(const std::filesystem::path& folder, std::string& name) {
    constexpr int most_tries = 100;
    for (int i = 0; i < most_tries; ++i) {
        name = (folder / fmt::format(".postack-{}-{}", ::getpid(), i)).string();
        const int file = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file >= 0 || errno != EEXIST) return file;
    }
    return -1;
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t limit) {
    Descriptor file{path == "-" ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    const std::string name = path == "-" ? "standard input" : path;
    if (!file.valid()) return Error{fmt::format("{}: cannot open: {}", name, reason(errno))};
    struct stat info {};
    std::string bytes;
    if (::fstat(file.number(), &info) == 0) {
        if (S_ISDIR(info.st_mode)) {
            return Error{fmt::format("{}: this is a directory, a file was expected", name)};
        }
        if (S_ISREG(info.st_mode) && info.st_size > 0) {
            bytes.reserve(std::min(static_cast<std::size_t>(info.st_size), limit) + 1);
        }
    }
    constexpr std::size_t piece = std::size_t{64} * 1024;
    while (true) {
        const std::size_t before = bytes.size();
        bytes.resize(before + piece);
        const ssize_t got = ::read(file.number(), bytes.data() + before, piece);
        const int error = errno;
        bytes.resize(before + (got > 0 ? static_cast<std::size_t>(got) : 0));
        if (got < 0 && error == EINTR) continue;
        if (got < 0) return Error{fmt::format("{}: cannot read: {}", name, reason(error))};
        if (got == 0) return bytes;
        if (bytes.size() > limit) {
            return Error{
                fmt::format("{}: larger than {} bytes, the most that is read here", name, limit)};
        }
    }
}

Status write_file_atomically(const std::string& path, std::string_view bytes) {
    if (path == "-") return write_in_place("standard output", STDOUT_FILENO, bytes);
    if (path.empty()) return Error{"the name of the file to write is empty"};

    struct stat info {};
    const bool exists = ::stat(path.c_str(), &info) == 0;
    if (exists && S_ISDIR(info.st_mode)) {
        return Error{fmt::format("{}: this is a directory, a file was expected", path)};
    }
    if (exists && !S_ISREG(info.st_mode)) {
        Descriptor file{::open(path.c_str(), O_WRONLY | O_CLOEXEC)};
        if (!file.valid()) return Error{fmt::format("{}: cannot open: {}", path, reason(errno))};
        return write_in_place(path, file.number(), bytes);
    }
    if (exists && ::access(path.c_str(), W_OK) != 0) {
        // A rename would get round the protection that somebody gave the file.
        return Error{fmt::format("{}: cannot write: {}", path, reason(errno))};
    }

    const std::string target = resolved(path);
    std::filesystem::path folder = std::filesystem::path(target).parent_path();
    if (folder.empty()) folder = ".";
    std::string temporary;
    Descriptor file{create_in(folder, temporary)};
    if (!file.valid()) {
        const int failed = errno;
        return Error{fmt::format("{}: cannot create a file in the folder {}: {}", path,
                                 folder.string(), reason(failed))};
    }
    int error = write_all(file.number(), bytes);
    if (error == 0 && exists && ::fchmod(file.number(), info.st_mode & 07777) != 0) error = errno;
    // EINVAL: a file system that cannot sync; the data is as safe there as it gets.
    if (error == 0 && ::fsync(file.number()) != 0 && errno != EINVAL) error = errno;
    if (const int closing = file.close_now(); error == 0) error = closing;
    if (error == 0 && ::rename(temporary.c_str(), target.c_str()) != 0) error = errno;
    if (error != 0) {
        ::unlink(temporary.c_str());
        return Error{fmt::format("{}: cannot write: {}", path, reason(error))};
    }
    return success();
}

}  // namespace postack::core
