#include "viz/diagram/font_file.hpp"

#include <string>

#include <doctest/doctest.h>

#include "sim/core/assets.hpp"
#include "sim/core/file.hpp"

using namespace postack;

TEST_CASE("the fonts that ship are whole; half of one, or one with a changed byte, is not") {
    for (const char* name : {"IBMPlexSans-Regular.ttf", "IBMPlexSans-SemiBold.ttf",
                             "IBMPlexSans-Italic.ttf", "IBMPlexMono-Regular.ttf"}) {
        CAPTURE(name);
        const auto path = core::find_asset(std::string{"fonts/"} + name);
        REQUIRE(path.ok());
        std::string bytes = core::read_file(path->string()).value();
        CHECK(diagram::check_truetype(bytes, name).ok());
        CHECK_FALSE(diagram::check_truetype(bytes.substr(0, bytes.size() / 2), name).ok());
        CHECK_FALSE(diagram::check_truetype({}, name).ok());
        bytes[bytes.size() / 2] ^= 1;
        CHECK(diagram::check_truetype(bytes, name).error().message.find("checksum") !=
              std::string::npos);
    }
    for (const char* name :
         {"postack-sans", "postack-sans-bold", "postack-sans-italic", "postack-mono"}) {
        const auto path = core::find_asset(std::string{"fonts/"} + name + ".woff2");
        REQUIRE(path.ok());
        const std::string bytes = core::read_file(path->string()).value();
        CHECK(diagram::check_woff2(bytes, name).ok());
        CHECK_FALSE(diagram::check_woff2(bytes.substr(0, bytes.size() - 1), name).ok());
    }
}
