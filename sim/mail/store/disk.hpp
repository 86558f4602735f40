// What the stores on disk ask of the file system, so that nothing acknowledged is lost when the
// machine or the program stops: a name shows only what has been synchronized.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/stat.h>

#include "sim/core/result.hpp"

namespace postack::mail::store::disk {

/// An open file.
class File {
   public:
    File() = default;
    explicit File(int descriptor) : descriptor_(descriptor) {}
    ~File() { close(); }
    File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    File& operator=(File&& other) noexcept {
        if (this != &other) {
            close();
            descriptor_ = std::exchange(other.descriptor_, -1);
        }
        return *this;
    }
    [[nodiscard]] int get() const { return descriptor_; }
    [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
    void close();

   private:
    int descriptor_ = -1;
};

/// "PATH: what the system says".
core::Error error(const std::string& path);

/// Writes all of it. Error: disk full and the like.
core::Status write_all(const File& file, std::string_view bytes, const std::string& path);
/// The file is on the disk, also if the power fails.
core::Status synchronize(const File& file, const std::string& path);
/// The names in the folder are.
core::Status synchronize_folder(const std::string& folder);

/// Makes a folder, readable by its owner alone; it may be there.
core::Status make_folder(const std::string& path);
[[nodiscard]] bool is_folder(const std::string& path);
/// The names in a folder that are not "." and ".."; none if it cannot be read.
[[nodiscard]] std::vector<std::string> names_in(const std::string& folder);
/// When the names in a folder changed last; zero if it is not there.
[[nodiscard]] timespec changed_at(const std::string& folder);
inline bool same_time(const timespec& a, const timespec& b) {
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/// Makes the folder that a store keeps its mailboxes in, and locks it for one program, as long as
/// `lock` is open. Error: another postack has it.
core::Status take_mailboxes(const std::string& root, File& lock);
/// The names in a file of subscriptions. Dovecot's version 1 has a name a line; its version 2
/// begins "V\t2" and parts the levels of a name by tabs, which become `level` here.
[[nodiscard]] std::vector<std::string> parse_subscriptions(std::string_view file, char level);

}  // namespace postack::mail::store::disk
