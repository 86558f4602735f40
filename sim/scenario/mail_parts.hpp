// The parts of a scenario's [[service]] that are about mail: which engine with which personality,
// and the mailroom behind it.
#pragma once

#include <cstdint>

#include "sim/scenario/scenario.hpp"
#include "sim/scenario/table_reader.hpp"

namespace postack::scenario {

/// Reads protocol, program, pid, port, personality, the times of a server, and what is the
/// protocol's own. A protocol brings its usual port, program and personality.
void read_engine(TableReader& reader, ServicePart& service);

/// Reads what the services of a host have in common, into the host's mailroom: hostname (needed
/// once; a second service may repeat it), domains, [[service.account]], [[service.mail]] and so on.
/// What a later service says is added to what the ones before it said.
void read_mailroom(TableReader& reader, MailroomPart& room, std::int64_t start_unix_ns,
                   std::int32_t utc_offset_minutes);

}  // namespace postack::scenario
