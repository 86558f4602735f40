// The parts of a scenario with several mail servers: mail programs, relays, name servers and who
// types nslookup. Each reads the keys of its own table; host, start and the like are the parser's.
#pragma once

#include "sim/scenario/scenario.hpp"
#include "sim/scenario/table_reader.hpp"

namespace postack::scenario {

/// [[mailer]]: a mail program and the messages that it sends.
void read_mailer(TableReader& reader, MailerPart& part, std::int64_t start_unix_ns,
                 std::int32_t utc_offset_minutes, const std::string& zone);
/// [[relay]]: the sending half of an MTA.
void read_relay(TableReader& reader, RelayPart& part);
/// [[name_server]]: its zone, one record a line: "example.org MX 10 mail.example.org".
void read_name_server(TableReader& reader, NameServerPart& part);
/// [[lookup]]: a person at nslookup.
void read_lookup(TableReader& reader, LookupPart& part);

}  // namespace postack::scenario
