// The line protocol: framing, refusals, settings, and the example of its specification.
#include "sim/drive/lines.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace postack;

namespace {

std::string say(drive::LineDriver& driver, std::string_view request) {
    std::string out;
    CHECK(driver.line(request, out));
    return out;
}

void begin(drive::LineDriver& driver) {
    CHECK(say(driver, "hello 1") == "ok stack-driver 1 postack\n");
    CHECK(say(driver, "set addr 192.168.0.1/16") == "ok\n");
    CHECK(say(driver, "start") == "ok 0\n");
}

}  // namespace

TEST_CASE("drive: the example of the protocol") {
    drive::LineDriver driver;
    begin(driver);
    CHECK(say(driver, "call 1 socket") == "ret 1 0 3 -\nok 0\n");
    const std::string syn = say(driver, "call 2 connect 3 192.0.2.1 8080");
    CHECK(syn.substr(0, 13) == "tx 0 4500003c");
    CHECK(syn.substr(syn.find('\n') + 1) == "ok 0\n");
    CHECK(say(driver, "next") == "ok 1000000000\n");
    const std::string again = say(driver, "advance 5000000000");
    CHECK(again.substr(0, 14) == "tx 1000000000 ");
    CHECK(again.substr(again.find('\n') + 1) == "ok 1000000000\n");
    std::string out;
    CHECK_FALSE(driver.line("quit", out));
    CHECK(out.empty());
}

TEST_CASE("drive: what is not understood is refused and harms nothing") {
    drive::LineDriver driver;
    CHECK(say(driver, "advance 5").substr(0, 10) == "err EINVAL");  // not started
    CHECK(say(driver, "set colour blue").substr(0, 10) == "err EINVAL");
    CHECK(say(driver, "set mtu 5").substr(0, 10) == "err EINVAL");
    CHECK(say(driver, "set addr 300.1.1.1/8").substr(0, 10) == "err EINVAL");
    CHECK(say(driver, "set wscale 15").substr(0, 10) == "err EINVAL");
    begin(driver);
    CHECK(say(driver, "set mtu 1400").substr(0, 10) == "err EINVAL");  // too late
    CHECK(say(driver, "start").substr(0, 10) == "err EINVAL");
    CHECK(say(driver, "fly").substr(0, 10) == "err ENOSYS");
    CHECK(say(driver, "call 1 fork").substr(0, 10) == "err ENOSYS");
    for (const char* request : {"call",
                                "call 1",
                                "call 1 bind 3",
                                "call 1 bind x 1.2.3.4 5",
                                "call 1 bind 3 1.2.3.4 70000",
                                "call 1 connect 3 ::1 80",
                                "call 1 send 3 abc 0",
                                "call 1 send 3 ab MSG_OOB",
                                "call 1 recv 3 -1 0",
                                "call 1 shutdown 3 BOTH",
                                "call 1 nonblock 3 2",
                                "call 1 setsockopt 3 SOL_TCP TCP_NODELAY yes",
                                "call 1 setsockopt 3 SOL_X TCP_NODELAY 1",
                                "call 1 poll 3 0",
                                "call 1 poll 3:POLLIN -2",
                                "call 1 ioctl 3 SIOCFOO",
                                "inject",
                                "inject 4",
                                "inject zz",
                                "advance -1",
                                "advance 99999999999999999999",
                                "next 3"}) {
        CAPTURE(request);
        CHECK(say(driver, request).substr(0, 10) == "err EINVAL");
    }
    CHECK(say(driver, "# a comment").empty());
    CHECK(say(driver, "").empty());
    CHECK(say(driver, "inject 4500") == "ok 0\n");  // no packet: dropped as a host drops it
    CHECK(say(driver, "call 1 close 99") == "ret 1 0 -1 EBADF\nok 0\n");
    CHECK(say(driver, "next") == "ok never\n");
}

TEST_CASE("drive: the same requests and seed give the same output") {
    const auto run = [](const char* seed) {
        drive::LineDriver driver;
        std::string out;
        for (const std::string& request :
             {std::string{"set seed "} + seed, std::string{"start"}, std::string{"call 1 socket"},
              std::string{"call 2 connect 3 198.51.100.7 25"},
              std::string{"advance 40000000000"}}) {
            driver.line(request, out);
        }
        return out;
    };
    CHECK(run("7") == run("7"));
    CHECK(run("7") != run("8"));  // another initial sequence number
}

TEST_CASE("drive: the host talks to itself, and calls wait for each other") {
    drive::LineDriver driver;
    begin(driver);
    say(driver, "call 1 socket");
    say(driver, "call 2 bind 3 0.0.0.0 4000");
    say(driver, "call 3 listen 3 5");
    CHECK(say(driver, "call 4 accept 3") == "ok 0\n");
    say(driver, "call 5 socket");
    const std::string connected = say(driver, "call 6 connect 4 192.168.0.1 4000");
    CHECK(connected.find("ret 4 0 5 - peer=192.168.0.1:") != std::string::npos);
    CHECK(connected.find("ret 6 0 0 -\n") != std::string::npos);
    CHECK(connected.find("tx ") == std::string::npos);
    CHECK(say(driver, "call 7 recv 5 100 0") == "ok 0\n");
    const std::string sent = say(driver, "call 8 send 4 686921 0");
    CHECK(sent == "ret 8 0 3 -\nret 7 0 3 - data=686921\nok 0\n");
    CHECK(say(driver, "call 9 recv 5 100 MSG_DONTWAIT") == "ret 9 0 -1 EAGAIN\nok 0\n");
    // A call that waits keeps its id.
    say(driver, "call 10 recv 5 100 0");
    CHECK(say(driver, "call 10 info 5").substr(0, 10) == "err EINVAL");
    CHECK(say(driver, "call 11 close 5").find("ret 10 0 -1 EBADF") != std::string::npos);
}

TEST_CASE("drive: advance stops at the first instant with output") {
    drive::LineDriver driver;
    begin(driver);
    say(driver, "call 1 socket");
    say(driver, "call 2 poll 3:POLLIN|POLLRDHUP 250");  // a fresh socket is POLLHUP at once
    CHECK(say(driver, "call 3 bind 3 0.0.0.0 4000") == "ret 3 0 0 -\nok 0\n");
    say(driver, "call 4 listen 3 1");
    CHECK(say(driver, "call 5 poll 3:POLLIN 250") == "ok 0\n");
    CHECK(say(driver, "call 6 poll 3:POLLIN 300") == "ok 0\n");
    CHECK(say(driver, "advance 100000000") == "ok 100000000\n");
    CHECK(say(driver, "advance 900000000") == "ret 5 250000000 0 - revents=-\nok 250000000\n");
    CHECK(say(driver, "advance 900000000") == "ret 6 300000000 0 - revents=-\nok 300000000\n");
    CHECK(say(driver, "advance 900000000") == "ok 900000000\n");
    CHECK(say(driver, "advance 5") == "ok 900000000\n");  // time never goes back
}
