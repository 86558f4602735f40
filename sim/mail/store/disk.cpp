#include "sim/mail/store/disk.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

namespace postack::mail::store::disk {

void File::close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

core::Error error(const std::string& path) {
    return core::Error{fmt::format("{}: {}", path, std::strerror(errno))};
}

core::Status write_all(const File& file, std::string_view bytes, const std::string& path) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return error(path);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return core::success();
}

core::Status synchronize(const File& file, const std::string& path) {
    return ::fsync(file.get()) == 0 ? core::success() : core::Status{error(path)};
}

core::Status synchronize_folder(const std::string& folder) {
    const File file{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!file.is_open()) return error(folder);
    return synchronize(file, folder);
}

core::Status make_folder(const std::string& path) {
    if (::mkdir(path.c_str(), 0700) == 0 || (errno == EEXIST && is_folder(path))) {
        return core::success();
    }
    return error(path);
}

bool is_folder(const std::string& path) {
    struct stat facts {};
    return ::stat(path.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode);
}

std::vector<std::string> names_in(const std::string& folder) {
    std::vector<std::string> names;
    const std::unique_ptr<DIR, int (*)(DIR*)> open{::opendir(folder.c_str()), ::closedir};
    if (!open) return names;
    while (const dirent* entry = ::readdir(open.get())) {
        const std::string_view name{entry->d_name};
        if (name != "." && name != "..") names.emplace_back(name);
    }
    return names;
}

timespec changed_at(const std::string& folder) {
    struct stat facts {};
    if (::stat(folder.c_str(), &facts) != 0) return {};
    return facts.st_mtim;
}

core::Status take_mailboxes(const std::string& root, File& lock) {
    if (auto made = make_folder(root); !made) return made;
    const std::string path = root + "/postack.lock";
    lock = File{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
    if (!lock.is_open()) return error(path);
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        return core::Error{fmt::format("{}: another postack has these mailboxes", root)};
    }
    return core::success();
}

std::vector<std::string> parse_subscriptions(std::string_view file, char level) {
    std::vector<std::string> names;
    const bool tabs = file.starts_with("V\t2\n");
    if (tabs) file.remove_prefix(4);
    while (!file.empty()) {
        const std::size_t end = std::min(file.find('\n'), file.size());
        std::string name{file.substr(0, end)};
        file.remove_prefix(std::min(end + 1, file.size()));
        if (tabs) std::replace(name.begin(), name.end(), '\t', level);
        if (!name.empty()) names.push_back(std::move(name));
    }
    return names;
}

}  // namespace postack::mail::store::disk
