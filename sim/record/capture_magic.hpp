// Whether a file is a capture, told without libpcap: who only asks need not load it.
#pragma once

#include <string>

namespace postack::record {

/// True for a regular file that begins with the magic number of pcap or pcapng.
bool looks_like_capture(const std::string& path);

}  // namespace postack::record
