#include "sim/record/serialize.hpp"

#include <iterator>

#include <fmt/format.h>

namespace postack::record {
namespace {

// Text is handed on in pieces of about this size.
constexpr std::size_t piece_size = std::size_t{64} * 1024;

std::int64_t ns(core::Instant t) {
    return t.time_since_epoch().count();
}

struct Keep {
    std::string text;
    void take(std::string_view piece) { text += piece; }
};

// FNV-1a (Fowler, Noll, Vo; draft-eastlake-fnv).
struct Hash {
    std::uint64_t value = 0xcbf29ce484222325U;
    void take(std::string_view piece) {
        for (const char c : piece) {
            value ^= static_cast<unsigned char>(c);
            value *= 0x100000001b3U;
        }
    }
};

// Every struct is taken apart by a structured binding that names all its members: one that gets a
// new member no longer compiles here, so none can be forgotten.
template <typename Sink>
class Writer {
   public:
    explicit Writer(Sink& sink) : sink_(sink) {}

    void write(const Recording& recording) {
        const auto& [lesson, seed, start_unix_ns, hosts, sockets, events, packets, verdicts, states,
                     timers, lines, mailbox_changes, listeners, host_changes, bytes, from_capture] =
            recording;
        begin("postack-recording", 1);
        end();
        write(lesson);
        begin("seed", seed);
        end();
        begin("start", start_unix_ns);
        end();
        begin("from_capture", from_capture);
        end();
        table("host", hosts);
        table("socket", sockets);
        table("event", events);
        core::Bytes room;
        for (std::size_t id = 0; id < packets.size(); ++id) {
            begin("packet", id);
            write(packets[id]);
            put(" bytes=");
            hex(recording.frame(packets[id], room));
            end();
        }
        table("verdict", verdicts);
        table("state", states);
        table("timer", timers);
        table("line", lines);
        table("mailbox", mailbox_changes);
        table("listener", listeners);
        table("host_change", host_changes);
        begin("bytes", bytes.size());
        end();
        flush();
    }

   private:
    template <typename Rows>
    void table(std::string_view kind, const Rows& rows) {
        for (std::size_t id = 0; id < rows.size(); ++id) {
            begin(kind, id);
            write(rows[id]);
            end();
        }
    }

    void write(const Lesson& lesson) {
        const auto& [name, title, summary, chapters, questions, absolute_numbers] = lesson;
        begin("lesson", 0);
        field("name", name);
        field("title", title);
        field("summary", summary);
        field("absolute_numbers", absolute_numbers);
        end();
        table("chapter", chapters);
        table("question", questions);
    }
    void write(const Chapter& chapter) {
        const auto& [first, last, title, text] = chapter;
        field("first", first);
        field("last", last);
        field("title", title);
        field("text", text);
    }
    void write(const Question& q) {
        const auto& [question, answer, packet] = q;
        field("question", question);
        field("answer", answer);
        field("packet", packet);
    }
    void write(const Host& host) {
        const auto& [name, title, addresses, profile] = host;
        field("name", name);
        field("title", title);
        for (const auto& address : addresses)
            field("address", wire::to_string(address));
        field("profile", profile);
    }
    void write(const Socket& socket) {
        const auto& [host, transport, local, remote, application, peer] = socket;
        field("host", host);
        field("transport", number(transport));
        field("local", wire::to_string(local));
        field("remote", wire::to_string(remote));
        field("application", application);
        field("peer", peer);
    }
    void write(const Event& event) {
        const auto& [time, kind, subject] = event;
        field("time", ns(time));
        field("kind", number(kind));
        field("subject", subject);
    }
    void write(const Packet& packet) {
        // Where its bytes are kept is no part of what happened.
        const auto& [sent, ended, from, to, socket, place, length, link_type, fate, cause, verdict,
                     original, sent_event, ended_event, lost_at] = packet;
        static_cast<void>(place);
        field("sent", ns(sent));
        field("ended", ns(ended));
        field("from", from);
        field("to", to);
        field("socket", socket);
        field("length", length);
        field("link_type", number(link_type));
        field("fate", name(fate));
        field("cause", tcp::name(cause));
        field("verdict", verdict);
        field("original", original);
        field("sent_event", sent_event);
        field("ended_event", ended_event);
        field("lost_at", lost_at);
    }
    void write(const Verdict& verdict) {
        const auto& [packet, reason] = verdict;
        field("packet", packet);
        field("reason", reason);
    }
    void write(const StateChange& change) {
        const auto& [socket, event, variables, rule] = change;
        field("socket", socket);
        field("event", event);
        write(variables);
        field("rule", rule);
    }
    void write(const HostChange& change) {
        const auto& [host, event, up] = change;
        field("host", host);
        field("event", event);
        field("up", up);
    }
    void write(const tcp::Variables& variables) {
        const tcp::KeptVariables& kept = variables;
        const auto& [deadlines, bytes_sent, snd_una, snd_nxt, bytes_received, rcv_nxt, snd_wl1,
                     snd_wl2, snd_wnd, ts_recent, duplicate_acks, iss, irs, segments_sent_again,
                     retransmissions, probes, keep_alive_probes, state, snd_wind_shift,
                     rcv_wind_shift, sack_permitted, timestamps, ecn, fin_sent, fin_received] =
            kept;
        const tcp::ComputedVariables& computed = variables;
        const auto& [srtt, rttvar, rto, reordering_window, pipe, outstanding_segments, unsent,
                     in_flight, cwnd, ssthresh, recovery_point, effective_mss, sacked_segments,
                     lost_segments, retransmitted_segments, out_of_order, unread, rcv_wnd,
                     ack_pending, quick_acks, pingpong, congestion_state, in_recovery,
                     reordering_seen, tail_loss_probe_pending, congestion_echo] = computed;
        field("state", tcp::name(state));
        field("iss", iss.raw());
        field("irs", irs.raw());
        field("snd_una", snd_una.raw());
        field("snd_nxt", snd_nxt.raw());
        field("snd_wl1", snd_wl1.raw());
        field("snd_wl2", snd_wl2.raw());
        field("rcv_nxt", rcv_nxt.raw());
        field("snd_wnd", snd_wnd);
        field("rcv_wnd", rcv_wnd);
        field("snd_wind_shift", snd_wind_shift);
        field("rcv_wind_shift", rcv_wind_shift);
        field("sack_permitted", sack_permitted);
        field("timestamps", timestamps);
        field("ts_recent", ts_recent);
        field("effective_mss", effective_mss);
        field("cwnd", cwnd);
        field("ssthresh", ssthresh);
        field("duplicate_acks", duplicate_acks);
        field("in_recovery", in_recovery);
        field("congestion_state", tcp::name(congestion_state));
        field("recovery_point", recovery_point.raw());
        field("pipe", pipe);
        field("outstanding_segments", outstanding_segments);
        field("sacked_segments", sacked_segments);
        field("lost_segments", lost_segments);
        field("retransmitted_segments", retransmitted_segments);
        field("reordering_seen", reordering_seen);
        field("reordering_window", reordering_window.count());
        field("tail_loss_probe_pending", tail_loss_probe_pending);
        field("ecn", ecn);
        field("congestion_echo", congestion_echo);
        field("srtt", srtt.count());
        field("rttvar", rttvar.count());
        field("rto", rto.count());
        field("retransmissions", retransmissions);
        field("probes", probes);
        field("keep_alive_probes", keep_alive_probes);
        field("unsent", unsent);
        field("in_flight", in_flight);
        field("unread", unread);
        field("out_of_order", out_of_order);
        field("bytes_sent", bytes_sent);
        field("bytes_received", bytes_received);
        field("segments_sent_again", segments_sent_again);
        field("quick_acks", quick_acks);
        field("pingpong", pingpong);
        field("ack_pending", ack_pending);
        field("fin_sent", fin_sent);
        field("fin_received", fin_received);
        for (std::size_t i = 0; i < deadlines.size(); ++i) {
            if (deadlines[i] != core::never) {
                field(tcp::name(static_cast<tcp::Timer>(i)), ns(deadlines[i]));
            }
        }
    }
    void write(const TimerChange& change) {
        const auto& [socket, event, timer, action, deadline] = change;
        field("socket", socket);
        field("event", event);
        field("timer", tcp::name(timer));
        field("action", number(action));
        field("deadline", ns(deadline));
    }
    void write(const Line& line) {
        const auto& [host, socket, event, kind, text] = line;
        field("host", host);
        field("socket", socket);
        field("event", event);
        field("kind", number(kind));
        field("text", text);
    }
    void write(const MailboxChange& change) {
        const auto& [host, event, mailbox, text, size_after, replaced] = change;
        field("host", host);
        field("event", event);
        field("mailbox", mailbox);
        field("text", text);
        field("size_after", size_after);
        field("replaced", replaced);
    }
    void write(const Listener& listener) {
        const auto& [host, local, transport, application, process, opened, closed] = listener;
        field("host", host);
        field("local", wire::to_string(local));
        field("transport", number(transport));
        field("application", application);
        field("process", process);
        field("opened", opened);
        field("closed", closed);
    }

    template <typename Enum>
    static unsigned number(Enum value) {
        return static_cast<unsigned>(value);
    }

    template <typename Value>
    void begin(std::string_view kind, Value value) {
        fmt::format_to(std::back_inserter(buffer_), "{} {:d}", kind, value);
    }
    void end() {
        put("\n");
        if (buffer_.size() >= piece_size) flush();
    }
    void put(std::string_view text) { buffer_.append(text); }

    template <typename Value>
    void field(std::string_view key, const Value& value) {
        if constexpr (std::is_integral_v<Value>) {
            fmt::format_to(std::back_inserter(buffer_), " {}={:d}", key, value);
        } else {
            put(" ");
            put(key);
            put("=");
            quoted(value);
        }
    }
    void field(std::string_view key, const core::Text& text) {
        put(" ");
        put(key);
        put("=");
        quoted(text.fr);
        quoted(text.en);
    }

    void quoted(std::string_view text) {
        put("\"");
        for (const char c : text) {
            const auto byte = static_cast<unsigned char>(c);
            if (c == '\n') {
                put("\\n");
            } else if (c == '\t') {
                put("\\t");
            } else if (c == '\\' || c == '"') {
                put("\\");
                buffer_.push_back(c);
            } else if (byte < 0x20 || byte == 0x7f) {
                fmt::format_to(std::back_inserter(buffer_), "\\x{:02x}", byte);
            } else {
                buffer_.push_back(c);
            }
        }
        put("\"");
    }

    void hex(core::BytesView bytes) {
        static constexpr std::string_view digits = "0123456789abcdef";
        for (const core::Byte b : bytes) {
            buffer_.push_back(digits[b >> 4U]);
            buffer_.push_back(digits[b & 0xfU]);
        }
    }

    void flush() {
        sink_.take({buffer_.data(), buffer_.size()});
        buffer_.clear();
    }

    Sink& sink_;
    fmt::memory_buffer buffer_;
};

}  // namespace

std::string serialize(const Recording& recording) {
    Keep keep;
    Writer{keep}.write(recording);
    return std::move(keep.text);
}

std::uint64_t digest(const Recording& recording) {
    Hash hash;
    Writer{hash}.write(recording);
    return hash.value;
}

}  // namespace postack::record
