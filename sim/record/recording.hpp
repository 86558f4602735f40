// The recording: an append-only list of what happened in a world, with virtual times and stable
// ids. It is the only thing that a view reads (a capture from outside becomes a recording too, with
// packets only). Ids are indices and never change; nothing is ever removed.
//
//   events   ──► packets · states · timers · lines · mailbox changes · listeners · marks
//   cursor   ──► a number of events; "at step N" means: just before packet N+1 was sent
//
// Stepping back is reading at an earlier cursor: see cursor.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/bytes.hpp"
#include "sim/core/language.hpp"
#include "sim/core/time.hpp"
#include "sim/record/event_log.hpp"
#include "sim/record/frame_store.hpp"
#include "sim/record/ids.hpp"
#include "sim/record/packet_log.hpp"
#include "sim/record/state_log.hpp"
#include "sim/record/timer_log.hpp"
#include "sim/tcp/cause.hpp"
#include "sim/tcp/variables.hpp"
#include "sim/wire/address.hpp"

namespace postack::record {

struct Host {
    std::string name;  ///< as the scenario names it: "client"
    core::Text title;  ///< what a lifeline shows: "Client (telnet)"
    std::vector<wire::IpAddress> addresses;
    std::string profile;  ///< name of the stack profile: "linux"
};

enum class Transport : std::uint8_t { tcp, udp };

/// One end of a conversation, known to a host of the simulation.
struct Socket {
    HostId host = none;
    Transport transport = Transport::tcp;
    wire::Endpoint local, remote;  ///< remote.port 0 for a UDP socket that talks to anyone
    std::string application;       ///< "telnet", "smtpd"
    SocketId peer = none;          ///< the other end, once it exists in this recording
};

/// What a fault rule decided, in words for both languages ("lost: rule 1, packet 19").
struct Verdict {
    PacketId packet = none;
    core::Text reason;
};

/// A line that an application said or showed. A terminal view is the lines of one host in order.
enum class LineKind : std::uint8_t {
    typed,     ///< by a person at a terminal
    received,  ///< text that came from the other side, as it came (may be part of a line)
    local,     ///< written by the program itself: "Trying 127.0.0.1..."
};
struct Line {
    HostId host = none;
    SocketId socket = none;
    EventIndex event = none;
    LineKind kind{};
    std::string text;  ///< UTF-8, line end included when there was one (LF)
};

/// A mailbox file changed: a message was appended, or messages went and the file was written anew.
struct MailboxChange {
    HostId host = none;
    EventIndex event = none;
    std::string mailbox;           ///< "/var/mail/etudiant"
    std::string text;              ///< the bytes appended to it, as in its file
    std::uint64_t size_after = 0;  ///< of the whole file
    bool replaced = false;         ///< text is the whole file, what was before is gone
};

/// A machine stopped without a word, or came back with an empty memory.
struct HostChange {
    HostId host = none;
    EventIndex event = none;
    bool up = false;
};

/// A port that a program listens on from `opened` to `closed` (none: to the end).
struct Listener {
    HostId host = none;
    wire::Endpoint local;
    Transport transport = Transport::tcp;
    std::string application;
    std::uint32_t process = 0;  ///< pid, as netstat shows it
    EventIndex opened = none, closed = none;
};

/// A part of the lesson: from packet `first` to packet `last` (1-based numbers; 0 = before all).
struct Chapter {
    std::uint32_t first = 0, last = 0;
    core::Text title, text;
};
struct Question {
    core::Text question, answer;
    std::uint32_t packet = 0;  ///< number of the packet that it is about, 0 = all
};
struct Lesson {
    std::string name;  ///< "smtp-postfix"
    core::Text title, summary;
    std::vector<Chapter> chapters;
    std::vector<Question> questions;
    /// Drawings show sequence numbers as they are on the wire, as the figures of RFC 9293 do;
    /// otherwise relative to the first, as the packet list.
    bool absolute_numbers = false;
};

struct Recording {
    Lesson lesson;
    std::uint64_t seed = 0;
    std::int64_t start_unix_ns = 0;  ///< wall time that stands for virtual zero (pcapng, Date)
    std::vector<Host> hosts;
    std::vector<Socket> sockets;
    EventLog events;
    PacketLog packets;
    std::vector<Verdict> verdicts;
    StateLog states;
    TimerLog timers;
    std::vector<Line> lines;
    std::vector<MailboxChange> mailbox_changes;
    std::vector<Listener> listeners;
    std::vector<HostChange> host_changes;
    FrameStore frames;
    bool from_capture = false;

    /// The bytes of a packet, as FrameStore::find.
    [[nodiscard]] core::BytesView frame(const Packet& p, core::Bytes& room) const {
        return frames.find(p.place, p.length, room);
    }
    /// A copy of them, for who looks at few.
    [[nodiscard]] core::Bytes frame(const Packet& p) const;
};

}  // namespace postack::record
