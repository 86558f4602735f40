// What a name server knows, and its answer to a question (RFC 1034, section 4.3.2). One list of
// records stands for all zones: the server is asked by everybody and has authority for all of it.
#pragma once

#include <vector>

#include "sim/dns/message.hpp"

namespace postack::dns {

struct Zone {
    std::string name;    ///< "example.org": what its SOA is of
    std::string server;  ///< of the SOA
    std::vector<Record> records;
};

/// A CNAME is followed; the addresses of mail and name servers come along as additional records; a
/// name of which nothing is known gets NXDOMAIN with the SOA. An answer that would not fit into a
/// datagram is cut and marked as truncated.
Message answer(const Zone& zone, const Message& query);

}  // namespace postack::dns
