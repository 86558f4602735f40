// Recordings made by hand for tests of the views: what engines would record, without any engine.
// The SMTP session is that of the lab (32 packets, numbers and times as printed on its sheet).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/record/dissect.hpp"
#include "sim/record/recorder.hpp"

namespace postack::testing {

using namespace std::chrono_literals;

struct Sample {
    record::Recording recording;
    std::vector<record::Row> rows;
};

/// Tells a story packet by packet; rows are filled directly, frames stay empty.
class Story {
   public:
    explicit Story(core::Text title) { recorder_.recording().lesson.title = std::move(title); }

    record::HostId host(std::string name, core::Text title, std::uint32_t address) {
        record::Host h;
        h.name = std::move(name);
        h.title = std::move(title);
        h.addresses.push_back(wire::IpAddress::v4(address));
        return recorder_.add_host(std::move(h));
    }
    /// A connection; its two sockets are 2n and 2n+1.
    std::uint32_t connection(record::HostId client, std::uint16_t client_port,
                             record::HostId server, std::uint16_t server_port) {
        const auto& hosts = recorder_.recording().hosts;
        const wire::Endpoint a{hosts[client].addresses[0], client_port};
        const wire::Endpoint b{hosts[server].addresses[0], server_port};
        const auto ca = recorder_.add_socket({client, record::Transport::tcp, a, b, "client", {}});
        const auto sb = recorder_.add_socket({server, record::Transport::tcp, b, a, "server", {}});
        recorder_.join(ca, sb);
        return ca / 2;
    }
    void listening(record::HostId host, std::uint16_t port) {
        record::Listener l;
        l.host = host;
        l.local = {recorder_.recording().hosts[host].addresses[0], port};
        recorder_.listener_opened(core::epoch, l);
    }

    struct Segment {
        core::Duration at{0};
        bool from_client = true;
        wire::TcpFlags flags = wire::ACK;
        std::uint32_t seq = 0, ack = 0, len = 0, window = 65536;
        std::string application;
        tcp::Cause cause = tcp::Cause::none;
        core::Duration delay = 20us;
        record::Fate fate = record::Fate::arrived;
        record::PacketId original = record::none;
    };
    /// A segment leaves; it arrives when end() is told so (or at once with send()).
    record::PacketId begin(std::uint32_t connection, const Segment& s) {
        const auto& r = recorder_.recording();
        const record::SocketId from = connection * 2 + (s.from_client ? 0 : 1);
        const record::SocketId to = connection * 2 + (s.from_client ? 1 : 0);
        const auto id =
            recorder_.packet_sent(core::epoch + s.at, r.sockets[from].host, r.sockets[to].host,
                                  from, record::LinkType::ethernet, {}, s.cause, s.original);
        record::Row row;
        row.number = id + 1;
        row.time = s.at;
        row.source = r.sockets[from].local.address;
        row.destination = r.sockets[to].local.address;
        row.source_port = r.sockets[from].local.port;
        row.destination_port = r.sockets[to].local.port;
        row.protocol = s.application.empty() ? "TCP" : "SMTP";
        row.length = 66 + s.len;
        row.flags = s.flags;
        row.seq = s.seq;
        if ((s.flags & wire::ACK) != 0) row.ack = s.ack;
        row.len = s.len;
        row.window = s.window;
        row.stream = connection;
        row.fate = s.fate;
        row.cause = s.cause;
        row.application = s.application;
        row.from_client = s.from_client;
        row.info = s.application.empty() ? "[" + wire::flag_names(s.flags) + "]" : s.application;
        rows_.push_back(std::move(row));
        return id;
    }
    void end(core::Duration at, record::PacketId id) {
        recorder_.packet_ended(core::epoch + at, id, rows_[id].fate);
    }
    record::PacketId send(std::uint32_t connection, const Segment& s) {
        const auto id = begin(connection, s);
        end(s.at + s.delay, id);
        return id;
    }
    void state(core::Duration at, std::uint32_t connection, bool client, tcp::State state) {
        tcp::Variables v;
        v.state = state;
        recorder_.state(core::epoch + at, connection * 2 + (client ? 0 : 1), v);
    }
    record::Recorder& recorder() { return recorder_; }
    std::vector<record::Row>& rows() { return rows_; }
    Sample take() { return {std::move(recorder_).take(), std::move(rows_)}; }

   private:
    record::Recorder recorder_;
    std::vector<record::Row> rows_;
};

/// The SMTP session of the lab.
inline Sample smtp_session() {
    using tcp::Cause;
    using tcp::State;
    Story story({"Envoyer un courrier à la main", "Sending a mail by hand"});
    story.recorder().recording().lesson.summary = {
        "Un étudiant tape une session SMTP dans telnet ; le serveur Postfix répond. Chaque ligne "
        "tapée part dans un segment TCP, et chaque octet est acquitté.",
        "A student types an SMTP session into telnet; the Postfix server answers. Every typed "
        "line leaves in one TCP segment, and every byte is acknowledged."};
    const auto client = story.host("client", {"Client (telnet)", "Client (telnet)"}, 0xC0A83883);
    const auto server = story.host("server", {"Serveur (Postfix)", "Server (Postfix)"}, 0x7F000001);
    story.listening(server, 25);
    const auto c = story.connection(client, 54473, server, 25);
    constexpr auto SA = static_cast<wire::TcpFlags>(wire::SYN | wire::ACK);
    constexpr auto PA = static_cast<wire::TcpFlags>(wire::PSH | wire::ACK);
    constexpr auto FA = static_cast<wire::TcpFlags>(wire::FIN | wire::ACK);
    constexpr auto A = static_cast<wire::TcpFlags>(wire::ACK);
    constexpr auto S = static_cast<wire::TcpFlags>(wire::SYN);

    story.state(0ns, c, true, State::syn_sent);
    story.send(c, {0ns, true, S, 0, 0, 0, 65495, "", Cause::open, 20us});
    story.state(20us, c, false, State::syn_received);
    story.send(c, {20us, false, SA, 0, 1, 0, 65483, "", Cause::open_reply, 21us});
    story.state(41us, c, true, State::established);
    story.send(c, {41us, true, A, 1, 1, 0, 65536, "", Cause::handshake_done, 12us});
    story.state(53us, c, false, State::established);
    const auto talk = [&](core::Duration at, bool from_client, wire::TcpFlags flags,
                          std::uint32_t seq, std::uint32_t ack, std::uint32_t len, std::string said,
                          Cause cause) {
        story.send(c, {at, from_client, flags, seq, ack, len, 65536, std::move(said), cause, 20us});
    };
    talk(11200us, false, PA, 1, 1, 51, "220 debian-11-GNS3.lan ESMTP Postfix (Debian/GNU)",
         Cause::data);
    talk(11230us, true, A, 1, 52, 0, "", Cause::quick_ack);
    talk(54647367us, true, PA, 1, 52, 34, "HELO Bonjour je suis un etudiant", Cause::data);
    talk(54647413us, false, A, 52, 35, 0, "", Cause::quick_ack);
    talk(54647700us, false, PA, 52, 35, 24, "250 debian-11-GNS3.lan", Cause::data);
    talk(54647730us, true, A, 35, 76, 0, "", Cause::quick_ack);
    talk(63719714us, true, PA, 35, 76, 27, "MAIL FROM:<dupont@lab.fr>", Cause::data);
    talk(63730014us, false, PA, 76, 62, 14, "250 2.1.0 Ok", Cause::data_with_ack);
    talk(63730044us, true, A, 62, 90, 0, "", Cause::quick_ack);
    talk(75514290us, true, PA, 62, 90, 39, "RCPT TO:<etudiant@debian-11-GNS3.lan>", Cause::data);
    talk(75534390us, false, PA, 90, 101, 14, "250 2.1.5 Ok", Cause::data_with_ack);
    talk(75534420us, true, A, 101, 104, 0, "", Cause::quick_ack);
    talk(84334013us, true, PA, 101, 104, 6, "DATA", Cause::data);
    talk(84334143us, false, PA, 104, 107, 37, "354 End data with <CR><LF>.<CR><LF>",
         Cause::data_with_ack);
    talk(84334170us, true, A, 107, 141, 0, "", Cause::quick_ack);
    talk(92377276us, true, PA, 107, 141, 39, "RCPT TO:<etudiant@debian-11-GNS3.lan>", Cause::data);
    talk(92420356us, false, A, 141, 146, 0, "", Cause::delayed_ack);
    talk(102264211us, true, PA, 146, 141, 96,
         "Cher étudiant, vous êtes prié de réviser le protocole TCP avant l'examen de jeudi matin.",
         Cause::data);
    talk(102264253us, false, A, 141, 242, 0, "", Cause::quick_ack);
    talk(110739039us, true, PA, 242, 141, 3, ".", Cause::data);
    talk(110739095us, false, A, 141, 245, 0, "", Cause::quick_ack);
    talk(110755400us, false, PA, 141, 245, 36, "250 2.0.0 Ok: queued as A96A840F67", Cause::data);
    talk(110755430us, true, A, 245, 177, 0, "", Cause::quick_ack);
    talk(113114945us, true, PA, 245, 177, 6, "QUIT", Cause::data);
    talk(113115405us, false, PA, 177, 251, 15, "221 2.0.0 Bye", Cause::data_with_ack);
    talk(113115430us, true, A, 251, 192, 0, "", Cause::quick_ack);
    story.state(113115500us, c, false, State::fin_wait_1);
    talk(113115500us, false, FA, 192, 251, 0, "", Cause::fin);
    story.state(113115520us, c, true, State::close_wait);
    story.state(113115600us, c, true, State::last_ack);
    talk(113115600us, true, FA, 251, 193, 0, "", Cause::fin);
    story.state(113115620us, c, false, State::time_wait);
    talk(113115620us, false, A, 193, 252, 0, "", Cause::fin_ack);
    story.state(113115640us, c, true, State::closed);
    story.state(173115620us, c, false, State::closed);
    return story.take();
}

/// A lossy path of 20 ms: the SYN is lost, then data; both are sent again.
inline Sample lossy_session() {
    using tcp::Cause;
    using tcp::State;
    Story story({"Un segment se perd", "A segment is lost"});
    story.recorder().recording().lesson.summary = {
        "Deux paquets se perdent : TCP les renvoie, et le courrier arrive entier.",
        "Two packets are lost: TCP sends them again, and the mail arrives whole."};
    const auto client = story.host("client", {"Client", "Client"}, 0x0A000001);
    const auto server = story.host("server", {"Serveur", "Server"}, 0x0A000002);
    story.listening(server, 25);
    const auto c = story.connection(client, 40000, server, 25);
    constexpr auto SA = static_cast<wire::TcpFlags>(wire::SYN | wire::ACK);
    constexpr auto PA = static_cast<wire::TcpFlags>(wire::PSH | wire::ACK);
    constexpr auto A = static_cast<wire::TcpFlags>(wire::ACK);
    constexpr auto S = static_cast<wire::TcpFlags>(wire::SYN);
    constexpr auto R = static_cast<wire::TcpFlags>(wire::RST | wire::ACK);
    const auto lost = record::Fate::lost;

    story.state(0ns, c, true, State::syn_sent);
    story.send(c, {0ns, true, S, 0, 0, 0, 64240, "", Cause::open, 10ms, lost});
    story.send(c, {1s, true, S, 0, 0, 0, 64240, "", Cause::handshake_retransmit, 20ms,
                   record::Fate::arrived, 0});
    story.state(1020ms, c, false, State::syn_received);
    story.send(c, {1020ms, false, SA, 0, 1, 0, 65160, "", Cause::open_reply, 20ms});
    story.state(1040ms, c, true, State::established);
    const auto ack = story.begin(c, {1040ms, true, A, 1, 1, 0, 64256, "", Cause::handshake_done});
    const auto helo =
        story.begin(c, {1045ms, true, PA, 1, 1, 20, 64256, "EHLO poste.lab.fr", Cause::data});
    story.end(1060ms, ack);
    story.state(1060ms, c, false, State::established);
    story.end(1065ms, helo);
    story.send(
        c, {1066ms, false, PA, 1, 21, 40, 65536, "250 mail.lab.fr", Cause::data_with_ack, 20ms});
    const auto gone =
        story.begin(c, {1090ms, true, PA, 21, 41, 1460, 64256,
                        "Le corps du message, première partie", Cause::data, 10ms, lost});
    const auto second = story.begin(
        c, {1090ms + 100us, true, A, 1481, 41, 1460, 64256, "… deuxième partie", Cause::data});
    const auto third = story.begin(
        c, {1090ms + 200us, true, A, 2941, 41, 1460, 64256, "… troisième partie", Cause::data});
    story.end(1100ms, gone);
    story.end(1110ms + 100us, second);
    const auto dup1 =
        story.begin(c, {1110ms + 110us, false, A, 41, 21, 0, 65536, "", Cause::out_of_order_ack});
    story.end(1110ms + 200us, third);
    const auto dup2 =
        story.begin(c, {1110ms + 210us, false, A, 41, 21, 0, 65536, "", Cause::out_of_order_ack});
    story.end(1130ms + 110us, dup1);
    story.end(1130ms + 210us, dup2);
    story.send(c, {1310ms, true, PA, 21, 41, 1460, 64256, "Le corps du message, première partie",
                   Cause::retransmission_timeout, 20ms, record::Fate::arrived, gone});
    story.send(c, {1330ms, false, A, 41, 4401, 0, 63000, "", Cause::gap_filled_ack, 20ms});
    story.send(c, {1400ms, true, A, 4401, 41, 10, 64256, "abîmé", Cause::data, 20ms,
                   record::Fate::corrupt});
    story.state(1500ms, c, true, State::closed);
    story.send(c, {1500ms, true, R, 4411, 41, 0, 0, "", Cause::reset_abort, 20ms});
    story.state(1520ms, c, false, State::closed);
    return story.take();
}

/// A client, a relay and a mailbox server: three lifelines, two connections.
inline Sample relay_session() {
    using tcp::Cause;
    using tcp::State;
    Story story({"Un relais entre deux serveurs", "A relay between two servers"});
    const auto a = story.host("mua", {"Client de messagerie", "Mail client"}, 0x0A000001);
    const auto b = story.host("relay", {"Relais", "Relay"}, 0x0A000002);
    const auto d = story.host("mx", {"Serveur destinataire", "Destination server"}, 0x0A000003);
    story.listening(b, 25);
    story.listening(d, 25);
    constexpr auto SA = static_cast<wire::TcpFlags>(wire::SYN | wire::ACK);
    constexpr auto PA = static_cast<wire::TcpFlags>(wire::PSH | wire::ACK);
    constexpr auto A = static_cast<wire::TcpFlags>(wire::ACK);
    constexpr auto S = static_cast<wire::TcpFlags>(wire::SYN);
    const auto c1 = story.connection(a, 50001, b, 25);
    const auto c2 = story.connection(b, 50002, d, 25);
    const auto open = [&](core::Duration t, std::uint32_t c) {
        story.state(t, c, true, State::syn_sent);
        story.send(c, {t, true, S, 0, 0, 0, 64240, "", Cause::open, 5ms});
        story.state(t + 5ms, c, false, State::syn_received);
        story.send(c, {t + 5ms, false, SA, 0, 1, 0, 65160, "", Cause::open_reply, 5ms});
        story.state(t + 10ms, c, true, State::established);
        story.send(c, {t + 10ms, true, A, 1, 1, 0, 64256, "", Cause::handshake_done, 5ms});
        story.state(t + 15ms, c, false, State::established);
    };
    open(0ms, c1);
    story.send(c1, {20ms, false, PA, 1, 1, 30, 65536, "220 relais.lab.fr ESMTP", Cause::data, 5ms});
    story.send(c1,
               {30ms, true, PA, 1, 31, 40, 64256, "MAIL FROM:<alice@lab.fr>", Cause::data, 5ms});
    open(50ms, c2);
    story.send(c2,
               {80ms, true, PA, 1, 1, 123456, 64256,
                "MAIL FROM:<alice@lab.fr> SIZE=123456789012 BODY=8BITMIME RET=HDRS ENVID=QQ314159",
                Cause::data, 5ms});
    story.send(c2, {90ms, false, PA, 4294967295U, 4294967290U, 65535, 4294967295U, "250 2.1.0 Ok",
                    Cause::data_with_ack, 5ms});
    return story.take();
}

/// Datagrams and the ICMP answer of a closed port.
inline Sample udp_session() {
    Story story({"Le même courrier en UDP", "The same mail over UDP"});
    const auto a = story.host("client", {"Client", "Client"}, 0x0A000001);
    const auto b = story.host("server", {"Serveur", "Server"}, 0x0A000002);
    const auto c = story.connection(a, 40000, b, 2525);
    const auto datagram = [&](core::Duration at, std::uint32_t len, std::string said,
                              record::Fate fate) {
        Story::Segment s;
        s.at = at;
        s.len = len;
        s.application = std::move(said);
        s.delay = 10ms;
        s.fate = fate;
        const auto id = story.send(c, s);
        record::Row& row = story.rows()[id];
        row.flags.reset();
        row.seq.reset();
        row.ack.reset();
        row.window.reset();
        row.protocol = "UDP";
    };
    datagram(0ms, 19, "HELO poste.lab.fr", record::Fate::arrived);
    datagram(30ms, 27, "MAIL FROM:<alice@lab.fr>", record::Fate::lost);
    datagram(60ms, 39, "RCPT TO:<bob@lab.fr>", record::Fate::arrived);
    Story::Segment s;
    s.at = 75ms;
    s.from_client = false;
    s.delay = 10ms;
    const auto id = story.send(c, s);
    record::Row& row = story.rows()[id];
    row.flags.reset();
    row.seq.reset();
    row.ack.reset();
    row.window.reset();
    row.len.reset();
    row.source_port.reset();
    row.destination_port.reset();
    row.stream = record::none;
    row.protocol = "ICMP";
    row.info = "Destination unreachable (Port unreachable)";
    return story.take();
}

/// `count` packets, all at one microsecond: nothing may depend on times being apart.
inline Sample crowd(std::uint32_t count) {
    Story story({"Foule", "Crowd"});
    const auto a = story.host("a", {"A", "A"}, 0x0A000001);
    const auto b = story.host("b", {"B", "B"}, 0x0A000002);
    const auto c = story.connection(a, 40000, b, 25);
    for (std::uint32_t i = 0; i < count; ++i) {
        story.send(c, {1us, i % 3 != 2, wire::PSH | wire::ACK, i, i, 10, 65536,
                       i % 2 == 0 ? "une ligne" : "", tcp::Cause::data, 0us});
    }
    return story.take();
}

}  // namespace postack::testing
