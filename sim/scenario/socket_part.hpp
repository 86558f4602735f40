// [[socket]]: a program that connects or listens, writes, reads and closes at given times.
#pragma once

#include "sim/apps/socket_program.hpp"
#include "sim/scenario/table_reader.hpp"

namespace postack::scenario {

/// Reads the keys of a [[socket]] but for its host and the times of its process, with its
/// [[socket.step]]s. What is wrong goes to the reader's complaints.
void read_socket(TableReader& reader, apps::SocketProgramConfig& program);

/// What a scenario fixes about a connection that would otherwise be drawn at random.
net::ConnectionChoices read_choices(TableReader& reader);

}  // namespace postack::scenario
