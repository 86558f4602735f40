#include "sim/core/file.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fs = std::filesystem;
using namespace postack;

namespace {

// A new folder, removed at the end.
struct Folder {
    fs::path path;
    Folder() {
        std::string name = (fs::temp_directory_path() / "postack-test-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() {
        std::error_code ignored;
        fs::permissions(path, fs::perms::owner_all, ignored);
        fs::remove_all(path, ignored);
    }
    [[nodiscard]] std::string operator/(const std::string& name) const {
        return (path / name).string();
    }
    [[nodiscard]] std::ptrdiff_t files() const {
        return std::distance(fs::directory_iterator(path), fs::directory_iterator());
    }
};

bool mentions(const core::Status& status, std::string_view part) {
    return !status.ok() && status.error().message.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a file is written, read, and replaced") {
    const Folder folder;
    const std::string path = folder / "a.txt";
    std::string bytes = "Bonjour\n";
    bytes += '\0';
    bytes.append(200'000, 'x');
    REQUIRE(core::write_file_atomically(path, bytes));
    CHECK(core::read_file(path).value() == bytes);
    ::chmod(path.c_str(), 0640);
    REQUIRE(core::write_file_atomically(path, "short"));
    CHECK(core::read_file(path).value() == "short");
    CHECK(fs::status(path).permissions() == static_cast<fs::perms>(0640));
    CHECK(folder.files() == 1);
}

TEST_CASE("a symbolic link stays a link, and what it names is replaced") {
    const Folder folder;
    REQUIRE(core::write_file_atomically(folder / "real", "old"));
    fs::create_symlink("real", folder / "link");
    REQUIRE(core::write_file_atomically(folder / "link", "new"));
    CHECK(fs::is_symlink(folder / "link"));
    CHECK(core::read_file(folder / "real").value() == "new");
}

TEST_CASE("a FIFO is written in place") {
    const Folder folder;
    const std::string path = folder / "fifo";
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    std::string got;
    std::thread reader([&] {
        std::ifstream in(path, std::ios::binary);
        got.assign(std::istreambuf_iterator<char>(in), {});
    });
    const auto status = core::write_file_atomically(path, "through the pipe");
    reader.join();
    CHECK(status.ok());
    CHECK(got == "through the pipe");
    CHECK(fs::is_fifo(path));
}

TEST_CASE("what goes wrong names the file and the reason, and leaves nothing behind") {
    const Folder folder;
    CHECK(mentions(core::write_file_atomically(folder.path.string(), "x"), "directory"));
    CHECK(mentions(core::write_file_atomically("", "x"), "empty"));
    const auto missing = core::write_file_atomically(folder / "no/such/file", "x");
    CHECK(mentions(missing, "no/such/file"));
    CHECK(mentions(missing, "No such file or directory"));
    CHECK(mentions(core::write_file_atomically("/dev/full", "x"), "/dev/full: cannot write"));
    CHECK(folder.files() == 0);
    if (::geteuid() != 0) {  // root may write everywhere
        fs::permissions(folder.path, fs::perms::owner_read | fs::perms::owner_exec);
        CHECK(mentions(core::write_file_atomically(folder / "x", "x"), "Permission denied"));
    }
}

TEST_CASE("reading says what is wrong") {
    const Folder folder;
    const auto reason = [](const core::Result<std::string>& result) {
        return result.ok() ? std::string{} : result.error().message;
    };
    CHECK(reason(core::read_file(folder / "none")).find("cannot open") != std::string::npos);
    CHECK(reason(core::read_file(folder.path.string())).find("directory") != std::string::npos);
    REQUIRE(core::write_file_atomically(folder / "big", "12345"));
    CHECK(core::read_file(folder / "big", 5).value() == "12345");
    CHECK(reason(core::read_file(folder / "big", 4)).find("larger than 4") != std::string::npos);
    REQUIRE(core::write_file_atomically(folder / "nothing", ""));
    CHECK(core::read_file(folder / "nothing").value().empty());
}
