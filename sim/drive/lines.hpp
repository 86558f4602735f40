// The line protocol of `postack drive`, protocol 1: a request a line in; output lines and one
// status line out. It reads nothing itself: the program and the tests hand it lines.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "sim/drive/host_driver.hpp"
#include "sim/drive/pcap_file.hpp"

namespace postack::drive {

class LineDriver final : public DriverOutput {
   public:
    LineDriver() = default;

    /// Carries out one request (without its LF) and appends what it prints to `out`. False: `quit`.
    bool line(std::string_view request, std::string& out);

   private:
    void packet(core::Instant now, const net::Departure& departure) override;
    void returned(core::Instant now, const Returned& returned) override;

    void refuse(const Refusal& refusal);
    void ok_now();
    void set(const std::vector<std::string_view>& words);
    void start();
    void inject(std::string_view hex);
    void advance(std::string_view time);
    void next();
    void call(std::vector<std::string_view> words);

    Settings settings_;
    std::unique_ptr<HostDriver> driver_;  // once started
    PcapFile pcap_;
    std::string* out_ = nullptr;  // of the present request
};

}  // namespace postack::drive
