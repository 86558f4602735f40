// A pcap file of raw IP packets with nanosecond times, written as they come.
#pragma once

#include <fstream>
#include <string>

#include "sim/core/bytes.hpp"
#include "sim/core/result.hpp"
#include "sim/core/time.hpp"

namespace postack::drive {

class PcapFile {
   public:
    /// Error: the file cannot be written.
    core::Status open(const std::string& path);
    [[nodiscard]] bool is_open() const { return file_.is_open(); }
    void packet(core::Instant now, core::BytesView ip_packet);
    void flush() { file_.flush(); }

   private:
    std::ofstream file_;
};

}  // namespace postack::drive
