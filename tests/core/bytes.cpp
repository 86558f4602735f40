#include "sim/core/bytes.hpp"

#include <doctest/doctest.h>

using namespace postack::core;

TEST_CASE("hexadecimal there and back") {
    const Bytes bytes{0x00, 0x1f, 0xff, 0xa0};
    CHECK(to_hex(bytes) == "001fffa0");
    CHECK(from_hex("001FffA0").value() == bytes);
    CHECK(from_hex("").value().empty());
    CHECK_FALSE(from_hex("0").ok());
    CHECK(from_hex("0g").error().message.find("character 2") != std::string::npos);
}

TEST_CASE("network byte order") {
    Bytes bytes(6);
    store_u16(bytes.data(), 0x1234);
    store_u32(bytes.data() + 2, 0xdeadbeef);
    CHECK(to_hex(bytes) == "1234deadbeef");
    CHECK(load_u16(bytes.data()) == 0x1234);
    CHECK(load_u32(bytes.data() + 2) == 0xdeadbeef);
}
