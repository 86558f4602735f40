// Personalities are files: a mistake in one is named with its place and what would be right.
#include <algorithm>

#include "tests/mail/lab.hpp"

using namespace postack;
using namespace postack::mail;
using namespace postack::mail::test;

namespace {

// The error of postfix.toml with one text replaced by another.
std::string error_with(std::string_view text, std::string_view other) {
    std::string toml =
        read_file(std::string{POSTACK_SOURCE_DIR} + "/assets/personalities/postfix.toml");
    const std::size_t at = toml.find(text);
    REQUIRE(at != std::string::npos);
    toml.replace(at, text.size(), other);
    const auto line = 1 + std::count(toml.begin(), toml.begin() + static_cast<long>(at), '\n');
    const auto loaded = smtp::load_personality(toml, "mine.toml");
    if (loaded) return "";
    const std::string message = loaded.error().message;
    const std::string place = "mine.toml:" + std::to_string(line) + ": ";
    return message.starts_with(place) ? message.substr(place.size()) : message;
}

}  // namespace

TEST_CASE("the personalities that ship are sound") {
    CHECK(personality("postfix").name == "postfix");
    CHECK(personality("rfc").name == "rfc");
    CHECK(personality("argosoft").name == "argosoft");
    CHECK(personality("kerio").name == "kerio");
}

TEST_CASE("every mistake is named with file, line and what would be right") {
    CHECK(error_with("rcpt_too_many =", "rcpt_to_many =") ==
          "unknown key \"rcpt_to_many\"; the nearest known key is \"rcpt_too_many\"");
    CHECK(error_with("idle_timeout = \"300s\"", "idle_timout = \"300s\"") ==
          "unknown key \"idle_timout\"; the nearest known key is \"idle_timeout\"");
    CHECK(error_with("{queue_id}", "{queueid}") ==
          "unknown placeholder {queueid}; the nearest known one is {queue_id}");
    CHECK(error_with("\"221 2.0.0 Bye\"", "\"Bye\"").starts_with("\"quit\": not an SMTP reply"));
    CHECK(error_with("command_line = 2048", "command_line = 5") ==
          "\"command_line\" must be a whole number from 512 to 32768");
    CHECK(error_with("delay = \"1s\"", "delay = \"1\"").starts_with("\"delay\": "));
    CHECK(error_with("helo_required = false", "helo_required = 0") ==
          "\"helo_required\" must be true or false");
    CHECK(error_with("name = \"postfix\"", "name = postfix") != "");
    CHECK(error_with("quit = \"221 2.0.0 Bye\"\n", "").find("the key \"quit\" is missing") !=
          std::string::npos);
    CHECK_FALSE(smtp::load_personality("", "empty.toml"));
}
