// Where the program's files are found: each place of the search, and the refusals.
#include "sim/core/assets.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <doctest/doctest.h>

namespace fs = std::filesystem;
using postack::core::data_directory;
using postack::core::find_asset;

namespace {

// A directory of its own that goes with the test.
class Scratch {
   public:
    Scratch() {
        std::string pattern = (fs::temp_directory_path() / "postack-assets-XXXXXX").string();
        REQUIRE(mkdtemp(pattern.data()) != nullptr);
        root_ = fs::canonical(pattern);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() { fs::remove_all(root_); }

    // Makes <root>/<where>/assets and .../scenarios, and says where.
    fs::path data_in(const fs::path& where) const {
        fs::create_directories(root_ / where / "assets");
        fs::create_directories(root_ / where / "scenarios");
        return (root_ / where).lexically_normal();
    }
    fs::path operator/(const fs::path& path) const { return root_ / path; }

   private:
    fs::path root_;
};

}  // namespace

TEST_CASE("POSTACK_DATA goes before every other place") {
    const Scratch scratch;
    const fs::path given = scratch.data_in("given");
    scratch.data_in("share/postack");
    const auto found = data_directory(given.string(), scratch / "bin/postack");
    REQUIRE(found.ok());
    CHECK(*found == given);
}

TEST_CASE("A wrong POSTACK_DATA is an error that names it, not a reason to look elsewhere") {
    const Scratch scratch;
    scratch.data_in("share/postack");
    const auto found = data_directory((scratch / "nowhere").string(), scratch / "bin/postack");
    REQUIRE_FALSE(found.ok());
    CHECK(found.error().message.find("POSTACK_DATA") != std::string::npos);
    CHECK(found.error().message.find("nowhere") != std::string::npos);
}

TEST_CASE("An installed program finds ../share/postack") {
    const Scratch scratch;
    const fs::path installed = scratch.data_in("share/postack");
    const auto found = data_directory(std::nullopt, scratch / "bin/postack");
    REQUIRE(found.ok());
    CHECK(*found == installed);
}

TEST_CASE("A program built inside the source tree finds it above itself") {
    const Scratch scratch;
    const fs::path tree = scratch.data_in("tree");
    const auto found = data_directory(std::nullopt, tree / "build/release/postack");
    REQUIRE(found.ok());
    CHECK(*found == tree);
}

TEST_CASE("A program built elsewhere follows the file that CMake left beside it") {
    const Scratch scratch;
    const fs::path tree = scratch.data_in("tree");
    fs::create_directories(scratch / "out/tests");
    std::ofstream(scratch / "out/postack-data-dir.txt") << tree.string() << '\n';
    for (const char* program : {"out/postack", "out/tests/test_core"}) {
        const auto found = data_directory(std::nullopt, scratch / program);
        REQUIRE(found.ok());
        CHECK(*found == tree);
    }
}

TEST_CASE("With no data anywhere the error lists what was tried") {
    const Scratch scratch;
    const auto found = data_directory(std::nullopt, scratch / "bin/postack");
    REQUIRE_FALSE(found.ok());
    const std::string& message = found.error().message;
    CHECK(message.find((scratch / "share/postack").string()) != std::string::npos);
    CHECK(message.find((scratch / "bin").string()) != std::string::npos);
}

TEST_CASE("An asset is found by its path inside the folder assets") {
    const Scratch scratch;
    const fs::path data = scratch.data_in("tree");
    fs::create_directories(data / "assets/fonts");
    std::ofstream(data / "assets/fonts/a.ttf") << "font";
    const auto found = find_asset(data, "fonts/a.ttf");
    REQUIRE(found.ok());
    CHECK(*found == data / "assets/fonts/a.ttf");

    const auto missing = find_asset(data, "fonts/b.ttf");
    REQUIRE_FALSE(missing.ok());
    CHECK(missing.error().message.find("fonts/b.ttf") != std::string::npos);
}

TEST_CASE("A path that leads out of the assets is refused") {
    const Scratch scratch;
    const fs::path data = scratch.data_in("tree");
    for (const char* path : {"", "/etc/hostname", "../scenarios", "fonts/../../scenarios"}) {
        CAPTURE(path);
        CHECK_FALSE(find_asset(data, path).ok());
    }
}

TEST_CASE("The real search finds the data of this source tree") {
    const auto found = data_directory();
    REQUIRE(found.ok());
    CHECK(fs::is_directory(*found / "scenarios"));
}
