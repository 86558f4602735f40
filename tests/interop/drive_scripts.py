#!/usr/bin/env python3
"""Runs scripts of packets and socket calls against `postack drive`.

    drive_scripts.py [SCRIPT|FOLDER]...      default: tests/drive/scripts

A script is lines of `TIME EVENT`. TIME is seconds from the start, or `+S` after the event before;
`A~B` allows a range (of an expected packet), `T1...T2` says that a call blocks from T1 to T2.
`set KEY VALUE` lines come first: they go to the driver as they are. `//` and `#` begin comments.

    +0 socket(...) = 3                     a call and what it must return (then an errno name)
    +0 < S 0:0(0) win 65535 <mss 1460>     a segment is injected
    +0 > S. 0:0(0) ack 1 <...>             the next packet of the host must be this one
    +0 nothing                             up to here the host has sent nothing more
    +0 < icmp unreachable frag_needed mtu 1200 [1:1461(1460)]
    +0 %{ assert tcpi_snd_cwnd == 10 }%    what info says of the last connection

Sequence numbers count from each side's own SYN. In `<...>` all TCP options are let through; without
a list there must be none. `win` and the options TS are checked when written. `[ect0]`, `[ce]` before
the flags are the codepoint of IP. `@PORT` after `<` or `>` is the other end's port, if not 8080.
Payload is a pattern by position: what arrives, either way, is compared with it.
Packets that nobody expected fail the script. `use NAME` stands for the lines of a beginning that many
share: server, server-sack, server-ts (a connection accepted as 4, segments of 1000 bytes), client
(connected as 3).
"""
import os
import re
import struct
import subprocess
import sys

HOST = "192.168.0.1"
PEER = "192.0.2.1"
PORT = 8080
TOLERANCE = 4_000_000  # ns
ISN = 0x3FFFF000  # of the injected side, on the wire
FLAGS = {"F": 1, "S": 2, "R": 4, "P": 8, ".": 16, "U": 32, "E": 64, "W": 128}
ECN = {"noecn": 0, "ect1": 1, "ect0": 2, "ce": 3}
ICMP_CODES = {"net_unreachable": 0, "host_unreachable": 1, "protocol_unreachable": 2,
              "port_unreachable": 3, "frag_needed": 4, "source_route_failed": 5,
              "net_unknown": 6, "host_unknown": 7, "source_host_isolated": 8,
              "net_prohibited": 9, "host_prohibited": 10, "net_unreachable_for_tos": 11,
              "host_unreachable_for_tos": 12, "packet_filtered": 13,
              "precedence_violation": 14, "precedence_cutoff": 15}
ICMP_TYPES = {"echo_reply": 0, "unreachable": 3, "source_quench": 4, "redirect": 5,
              "echo_request": 8, "time_exceeded": 11, "parameter_problem": 12,
              "timestamp_request": 13, "timestamp_reply": 14, "information_request": 15,
              "information_reply": 16, "address_mask_request": 17, "address_mask_reply": 18}

LISTENER = """0 socket(...) = 3
+0 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
"""
BEGINNINGS = {
    "listener": LISTENER,
    "server": LISTENER + """+0 < S 0:0(0) win 65535 <mss 1000>
+0 > S. 0:0(0) ack 1 <mss 1460>
+.1 < . 1:1(0) ack 1 win 65535
+0 accept(3, ..., ...) = 4
""",
    "server-sack": LISTENER + """+0 < S 0:0(0) win 65535 <mss 1000,sackOK>
+0 > S. 0:0(0) ack 1 <mss 1460,sackOK>
+.1 < . 1:1(0) ack 1 win 65535
+0 accept(3, ..., ...) = 4
""",
    "server-ts": LISTENER + """+0 < S 0:0(0) win 65535 <mss 1012,sackOK,TS val 1000 ecr 0,wscale 7>
+0 > S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 5000 ecr 1000,wscale 7>
+.1 < . 1:1(0) ack 1 win 1000 <TS val 1100 ecr 5000>
+0 accept(3, ..., ...) = 4
""",
    "client": """0 socket(...) = 3
+0...0.1 connect(3, ..., ...) = 0
+0 > S 0:0(0) <mss 1460,sackOK,TS val 100 ecr 0,wscale 7>
+.1 < S. 0:0(0) ack 1 win 65535 <mss 1000>
+0 > . 1:1(0) ack 1
""",
}


class Wrong(Exception):
    """The host did other than the script says."""


def ones(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def checksum(data):
    return ~ones(data) & 0xFFFF


def address(text):
    return bytes(int(part) for part in text.split("."))


def pattern(position, length):
    """Bytes of a stream from a position on; period 251, no multiple of anything usual."""
    table = bytes(range(251))
    start = position % 251
    return (table * (length // 251 + 2))[start:start + length]


def ip(protocol, source, destination, payload, ecn=0):
    header = struct.pack("!BBHHHBBH4s4s", 0x45, ecn, 20 + len(payload), 7, 0x4000, 64, protocol, 0,
                         source, destination)
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + payload


class Segment:
    """A TCP segment as a script writes it, or as the host sent it."""

    def __init__(self):
        self.flags = 0
        self.seq = self.length = self.ack = 0
        self.end = None
        self.win = None
        self.options = []  # (name, value)
        self.any_options = False
        self.ecn = None
        self.port = PORT
        self.payload = b""

    def __str__(self):
        names = "".join(letter for letter, bit in FLAGS.items() if self.flags & bit)
        text = f"{names or '-'} {self.seq}:{self.seq + self.length}({self.length})"
        if self.flags & 16:
            text += f" ack {self.ack}"
        if self.win is not None:
            text += f" win {self.win}"
        if self.any_options:
            text += " <...>"
        elif self.options:
            text += " <" + ",".join(f"{n} {v}" if v is not None else n
                                    for n, v in self.options) + ">"
        if self.ecn:
            text += f" ecn {self.ecn}"
        return text


def parse_segment(text):
    s = Segment()
    m = re.match(r"@(\d+)\s+", text)
    if m:
        s.port = int(m[1])
        text = text[m.end():]
    m = re.match(r"\[(\w+)\]\s*", text)
    if m:
        s.ecn = ECN[m[1]]
        text = text[m.end():]
    m = re.match(r"([FSRPUEW.\-]+)\s+(\d+):(\d+)\((\d+)\)(?:\s+ack\s+(\d+))?(?:\s+win\s+(\d+))?"
                 r"(?:\s+urg\s+\d+)?\s*(?:<(.*)>)?\s*$", text)
    if not m:
        raise ValueError(f"not a segment: {text}")
    for letter in m[1]:
        s.flags |= FLAGS.get(letter, 0)
    s.seq, s.length = int(m[2]), int(m[4])
    s.ack = int(m[5] or 0)
    s.win = int(m[6]) if m[6] else None
    if m[7] == "...":
        s.any_options = True
    elif m[7]:
        for part in m[7].split(","):
            part = part.strip()
            if part in ("nop", "eol"):
                continue
            name, _, value = part.partition(" ")
            if name in ("mss", "wscale"):
                s.options.append((name, int(value)))
            elif name == "sackOK":
                s.options.append((name, None))
            elif name == "TS":
                n = re.match(r"val (\d+) ecr (\d+)", value)
                s.options.append((name, (int(n[1]), int(n[2]))))
            elif name == "sack":
                blocks = tuple(tuple(int(x) for x in b.split(":")) for b in value.split())
                s.options.append((name, blocks))
            else:
                raise ValueError(f"unknown option: {part}")
    return s


class Flow:
    """What maps script numbers to wire numbers, for one port of the other end."""

    def __init__(self):
        self.isn = None       # the host's
        self.peer_isn = None  # script number of our SYN; on the wire ISN + that
        self.host_port = None
        self.ts_base = None


class Runner:
    def __init__(self, program, path):
        self.path = path
        self.process = subprocess.Popen([program, "drive"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.now = 0
        self.queue = []    # (time, packet) not yet expected
        self.returns = {}  # id -> (time, value, errno, extra)
        self.flows = {}
        self.fds = {}
        self.calls = 0
        self.sent = {}     # live fd -> position in the stream it sends
        self.read = {}     # live fd -> position in the stream it reads
        self.last_fd = None
        self.bound_port = PORT
        self.default_port = PORT

    def request(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        while True:
            answer = self.process.stdout.readline()
            if not answer:
                raise Wrong("the driver has ended")
            words = answer.split()
            if words[0] == "tx":
                self.queue.append((int(words[1]), bytes.fromhex(words[2])))
            elif words[0] == "ret":
                self.returns[words[1]] = (int(words[2]), int(words[3]), words[4], words[5:])
            elif words[0] == "ok":
                return words[1:]
            else:
                raise Wrong(f"{line[:80]}: {answer.strip()}")

    def advance(self, until):
        while self.now < until:
            self.now = int(self.request(f"advance {until}")[0])
        self.request(f"advance {until}")

    # --- packets in
    def flow(self, port):
        return self.flows.setdefault(port, Flow())

    def inject(self, s):
        flow = self.flow(s.port)
        if s.flags & 2 and flow.peer_isn is None:
            flow.peer_isn = s.seq
        seq = (ISN + s.seq) & 0xFFFFFFFF
        ack = 0
        if s.flags & 16:
            ack = ((flow.isn or 0) + s.ack) & 0xFFFFFFFF
        options = b""
        for name, value in s.options:
            if name == "mss":
                options += struct.pack("!BBH", 2, 4, value)
            elif name == "wscale":
                options += struct.pack("!BBBB", 1, 3, 3, value)
            elif name == "sackOK":
                options += b"\4\2"
            elif name == "TS":
                echo = value[1]
                if echo and flow.ts_base is not None:
                    echo = (echo + flow.ts_base) & 0xFFFFFFFF
                options += struct.pack("!BBII", 8, 10, value[0], echo)
            elif name == "sack":
                options += struct.pack("!BB", 5, 2 + 8 * len(value))
                for left, right in value:
                    options += struct.pack("!II", (flow.isn + left) & 0xFFFFFFFF,
                                           (flow.isn + right) & 0xFFFFFFFF)
        options += b"\1" * (-len(options) % 4)
        payload = pattern(s.seq - 1 + bool(s.flags & FLAGS["S"]), s.length) if s.length else b""
        port = flow.host_port or self.bound_port
        tcp = struct.pack("!HHIIBBHHH", s.port, port, seq, ack, (20 + len(options)) // 4 << 4,
                          s.flags, s.win if s.win is not None else 65535, 0, 0) + options + payload
        pseudo = address(PEER) + address(HOST) + struct.pack("!BBH", 0, 6, len(tcp))
        tcp = tcp[:16] + struct.pack("!H", checksum(pseudo + tcp)) + tcp[18:]
        packet = ip(6, address(PEER), address(HOST), tcp, s.ecn or 0)
        self.request("inject " + packet.hex())

    def inject_icmp(self, text):
        m = re.match(r"(\w+)(?:\s+(\w+))?(?:\s+mtu\s+(\d+))?(?:\s*\[(?:@(\d+)\s+)?"
                     r"(\d+):(\d+)\(\d+\)\])?\s*$", text)
        kind = ICMP_TYPES.get(m[1])
        if kind is None:
            kind = int(m[1].removeprefix("type_"))
        code = ICMP_CODES.get(m[2] or "", None)
        if code is None:
            code = int(m[2].removeprefix("code_")) if m[2] else 0
        port = int(m[4]) if m[4] else self.default_port
        flow = self.flow(port)
        seq = ((flow.isn or 0) + int(m[5] or 0)) & 0xFFFFFFFF
        quoted = ip(6, address(HOST), address(PEER),
                    struct.pack("!HHII", flow.host_port or self.bound_port, port, seq, 0))
        message = struct.pack("!BBHHH", kind, code, 0, 0, int(m[3] or 0)) + quoted
        message = message[:2] + struct.pack("!H", checksum(message)) + message[4:]
        self.request("inject " + ip(1, address(PEER), address(HOST), message).hex())

    # --- packets out
    def read_packet(self, packet):
        if ones(packet[:20]) != 0xFFFF:
            raise Wrong("bad IP checksum")
        if struct.unpack("!H", packet[2:4])[0] != len(packet):
            raise Wrong("IP length is not the packet's")
        tcp = packet[20:]
        pseudo = packet[12:20] + struct.pack("!BBH", 0, packet[9], len(tcp))
        if packet[9] != 6:
            raise Wrong(f"a packet of protocol {packet[9]}")
        if ones(pseudo + tcp) != 0xFFFF:
            raise Wrong("bad TCP checksum")
        s = Segment()
        host_port, s.port, seq, ack, offset, s.flags, s.win = struct.unpack("!HHIIBBH", tcp[:16])
        s.ecn = packet[1] & 3
        size = (offset >> 4) * 4
        s.payload = tcp[size:]
        s.length = len(s.payload)
        flow = self.flow(s.port)
        if s.flags & 2 and flow.isn is None:
            flow.isn = seq
            flow.host_port = host_port
        s.seq = (seq - (flow.isn or 0)) & 0xFFFFFFFF
        s.ack = (ack - ISN) & 0xFFFFFFFF if s.flags & 16 else 0
        options = tcp[20:size]
        while options:
            kind = options[0]
            if kind == 0:
                break
            if kind == 1:
                options = options[1:]
                continue
            body = options[2:options[1]]
            options = options[options[1]:]
            if kind == 2:
                s.options.append(("mss", struct.unpack("!H", body)[0]))
            elif kind == 3:
                s.options.append(("wscale", body[0]))
            elif kind == 4:
                s.options.append(("sackOK", None))
            elif kind == 8:
                s.options.append(("TS", struct.unpack("!II", body)))
            elif kind == 5:
                words = struct.unpack(f"!{len(body) // 4}I", body)
                words = [(w - ISN) & 0xFFFFFFFF for w in words]
                s.options.append(("sack", tuple(zip(words[::2], words[1::2]))))
        return s

    def next_packet(self, wanted, earliest, latest):
        if not self.queue and self.now < latest:
            self.now = int(self.request(f"advance {latest}")[0])
            while not self.queue and self.now < latest:
                self.now = int(self.request(f"advance {latest}")[0])
        if not self.queue:
            raise Wrong(f"expected {wanted}: nothing was sent")
        time, packet = self.queue.pop(0)
        got = self.read_packet(packet)
        if not earliest <= time <= latest:
            raise Wrong(f"expected {wanted} from {earliest / 1e9:.6f} to {latest / 1e9:.6f}: "
                        f"{got} came at {time / 1e9:.6f}")
        return got

    def expect(self, wanted, earliest, latest):
        got = self.next_packet(wanted, earliest, latest)
        # A script may write several segments of one burst as one.
        while got.length < wanted.length and got.port == wanted.port and self.queue:
            more = self.read_packet(self.queue[0][1])
            if more.seq != got.seq + got.length or more.length == 0 or more.flags & 7:
                break
            self.queue.pop(0)
            got.payload += more.payload
            got.length += more.length
            got.flags |= more.flags
        self.compare(wanted, got)

    def compare(self, wanted, got):
        flow = self.flow(wanted.port)
        problems = []
        for name in ("port", "flags", "seq", "length"):
            if getattr(wanted, name) != getattr(got, name):
                problems.append(name)
        if wanted.flags & 16 and wanted.ack != got.ack:
            problems.append("ack")
        if wanted.win is not None and wanted.win != got.win:
            problems.append("win")
        if wanted.ecn is not None and wanted.ecn != got.ecn:
            problems.append("ecn")
        if not wanted.any_options:
            mine, theirs = dict(wanted.options), dict(got.options)
            if "TS" in mine and "TS" in theirs:
                value, echo = mine.pop("TS")
                real_value, real_echo = theirs.pop("TS")
                if flow.ts_base is None:
                    flow.ts_base = (real_value - value) & 0xFFFFFFFF
                if abs(real_value - flow.ts_base - value) & 0xFFFFFFFF > 4 or echo != real_echo:
                    problems.append(f"TS (val {(real_value - flow.ts_base) & 0xFFFFFFFF} "
                                    f"ecr {real_echo})")
            if mine != theirs:
                problems.append("options")
        if got.length and not problems and got.payload != pattern(got.seq - 1, got.length):
            problems.append("payload")
        if problems:
            raise Wrong(f"expected {wanted}\n      came {got}\n    differs: {', '.join(problems)}")

    # --- calls
    def start_call(self, text):
        self.calls += 1
        number = str(self.calls)
        self.request(f"call {number} {text}")
        return number

    def call(self, text, end):
        m = re.match(r"(\w+)\((.*)\)\s*=\s*(-?\w+|\?)\s*(?:(E\w+)\b)?.*$", text)
        if not m:
            raise ValueError(f"not a call: {text}")
        name, value, error = m[1], m[3], m[4]
        value = None if value == "?" else int(value, 0)
        arguments = [a.strip() for a in re.split(r",(?![^\[{]*[\]}])", m[2])]
        line, check = self.translate(name, arguments, value)
        if line is None:
            return
        number = self.start_call(line)
        if end is not None:
            if number in self.returns:
                raise Wrong(f"{name} did not block: it gave {self.returns[number][1:3]}")
            self.pending.append((number, name, value, error, check, end))
            return
        self.finish(number, name, value, error, check, None)

    def finish(self, number, name, value, error, check, end):
        if number not in self.returns:
            raise Wrong(f"{name} blocks")
        time, got, got_error, extra = self.returns.pop(number)
        if end is not None and abs(time - end) > TOLERANCE:
            raise Wrong(f"{name} returned at {time / 1e9:.6f}, not {end / 1e9:.6f}")
        if name in ("socket", "accept") and got >= 0 and value is not None and value >= 0:
            self.fds[value] = got
        elif value is not None and got != value:
            raise Wrong(f"{name} gave {got} {got_error}, not {value} {error or ''}")
        if error and error != got_error:
            raise Wrong(f"{name} gave {got_error}, not {error}")
        check(got, dict(word.split("=", 1) for word in extra))

    def translate(self, name, a, value):
        def nothing(got, extra):
            del got, extra

        fd = self.fds.get(int(a[0]), int(a[0])) if a and re.fullmatch(r"-?\d+", a[0]) else None
        number = (lambda i: int(a[i].strip("[]"), 0))
        if name == "socket":
            return "socket", nothing
        if name == "bind":
            if len(a) > 2 and a[2].isdigit() and a[1] != "...":
                self.bound_port = int(a[2])
            return f"bind {fd} {a[1] if a[1] != '...' else '0.0.0.0'} {self.bound_port}", nothing
        if name == "listen":
            return f"listen {fd} {a[1]}", nothing
        if name == "connect":
            port = int(a[2]) if len(a) > 2 and a[2].isdigit() and a[1] != "..." else self.default_port
            self.last_fd = fd
            address = a[1] if len(a) > 1 and re.fullmatch(r"[\d.]*\d", a[1]) else PEER
            return f"connect {fd} {address} {port}", nothing
        if name == "accept":
            def check(got, extra):
                self.last_fd = got
                if got >= 0 and not extra["peer"].startswith(PEER + ":"):
                    raise Wrong(f"accept: peer {extra['peer']}")
            return f"accept {fd}", check
        if name in ("write", "send", "sendto"):
            length = int(a[2])
            flags = a[3] if len(a) > 3 else "0"
            flags = "|".join(f for f in flags.split("|") if f != "MSG_NOSIGNAL")
            position = self.sent.get(fd, 0)
            data = pattern(position, length).hex() or "-"

            def check(got, extra):
                del extra
                if got > 0:
                    self.sent[fd] = position + got
            return f"send {fd} {data} {flags or '0'}", check
        if name in ("read", "recv", "recvfrom"):
            flags = a[3] if len(a) > 3 else "0"

            def check(got, extra):
                if got < 0:
                    return
                position = self.read.get(fd, 0)
                if bytes.fromhex(extra["data"]) != pattern(position, got):
                    raise Wrong("recv: other bytes than were sent")
                if "MSG_PEEK" not in flags:
                    self.read[fd] = position + got
            return f"recv {fd} {a[2]} {flags}", check
        if name == "close":
            return f"close {fd}", nothing
        if name == "shutdown":
            return f"shutdown {fd} {a[1].removeprefix('SHUT_')}", nothing
        if name == "nonblock":
            return f"nonblock {fd} {a[1]}", nothing
        if name == "fcntl":
            if a[1] == "F_GETFL":
                return None, nothing
            return f"nonblock {fd} {1 if 'O_NONBLOCK' in a[2] else 0}", nothing
        if name in ("setsockopt", "getsockopt"):
            level = {"IPPROTO_TCP": "SOL_TCP", "IPPROTO_IP": "SOL_IP"}.get(a[1], a[1])
            raw = a[3] if len(a) > 3 else "?"
            m = re.match(r"\{\s*onoff\s*=\s*(\d+)\s*,\s*linger\s*=\s*(\d+)\s*\}", raw.strip("[]"))
            given = f"{m[1]},{m[2]}" if m else raw.strip("[]")
            if name == "setsockopt":
                return f"setsockopt {fd} {level} {a[2]} {given}", nothing

            def check(got, extra):
                if got == 0 and given != "?" and extra.get("val") != given:
                    raise Wrong(f"{a[2]} is {extra.get('val')}, not {given}")
            return f"getsockopt {fd} {level} {a[2]}", check
        if name == "ioctl":
            wanted = number(2) if len(a) > 2 else None

            def check(got, extra):
                if got == 0 and wanted is not None and int(extra["val"]) != wanted:
                    raise Wrong(f"{a[1]} is {extra['val']}, not {wanted}")
            return f"ioctl {fd} {a[1]}", check
        if name == "poll":
            entries, expected = [], {}
            for m in re.finditer(r"\{fd=(\d+),\s*events=([\w|]+)(?:,\s*revents=([\w|]+))?\}", a[0]):
                live = self.fds.get(int(m[1]), int(m[1]))
                entries.append(f"{live}:{m[2]}")
                if m[3] and m[3] != "0":
                    expected[live] = set(m[3].split("|"))

            def check(got, extra):
                found = {}
                if extra["revents"] not in ("-", ""):
                    for part in extra["revents"].split(","):
                        live, events = part.split(":")
                        found[int(live)] = set(events.split("|"))
                if found != expected:
                    raise Wrong(f"poll gave {extra['revents']}")
            return f"poll {','.join(entries)} {a[2]}", check
        if name == "info":
            expected = dict(word.split("=") for word in a[1:])

            def check(got, extra):
                for key, wanted in expected.items():
                    if extra.get(key) != wanted:
                        raise Wrong(f"info: {key} is {extra.get(key)}, not {wanted}")
            return f"info {fd}", check
        raise ValueError(f"unknown call {name}")

    def python(self, code):
        number = self.start_call(f"info {self.last_fd}")
        extra = dict(word.split("=", 1) for word in self.returns.pop(number)[3])
        names = {f"tcpi_{k}": int(v) if v.isdigit() else v for k, v in extra.items()}
        names.update({f"TCP_CA_{n}": n for n in ("Open", "Disorder", "CWR", "Recovery", "Loss")})
        try:
            exec(code.strip(), {}, names)  # pylint: disable=exec-used
        except AssertionError as error:
            raise Wrong(f"{code.strip()}: {error} of {extra}") from error

    # --- the script
    def run(self, lines):
        self.pending = []
        self.request("hello 1")
        self.request(f"set addr {HOST}/16")
        started = False
        for where, line in lines:
            if line.startswith("set "):
                self.request(line)
                continue
            if not started:
                self.request("start")
                started = True
            try:
                self.event(line)
            except (Wrong, ValueError, KeyError) as error:
                raise Wrong(f"{self.path}:{where}: {line}\n    {error}") from error
        try:
            for entry in list(self.pending):
                self.advance(entry[5])
                self.finish(*entry)
        except Wrong as error:
            raise Wrong(f"{self.path}: at the end: {error}") from error
        if self.queue:
            time, packet = self.queue[0]
            raise Wrong(f"{self.path}: at the end, unexpected at {time / 1e9:.6f}: "
                        f"{self.read_packet(packet)}")

    def moment(self, text):
        if text.startswith("+"):
            return self.base + round(float(text[1:]) * 1e9)
        return round(float(text) * 1e9)

    base = 0

    def event(self, line):
        when, rest = line.split(None, 1)
        end = latest = None
        if when == "*":
            earliest, latest = 0, self.now + 10 ** 12
        elif "..." in when:
            first, last = when.split("...")
            earliest = self.moment(first)
            self_base, self.base = self.base, earliest
            end = self.moment(last)
            self.base = self_base
        elif "~" in when:
            first, last = when.split("~")
            earliest, latest = self.moment(first), self.moment(last)
        else:
            earliest = self.moment(when)
        if latest is None:
            latest = earliest
        if rest.startswith(">"):
            wanted = parse_segment(rest[1:].strip())
            self.expect(wanted, earliest - TOLERANCE, latest + TOLERANCE)
            self.base = earliest if when != "*" else self.now
        else:
            self.advance(earliest)
            self.base = earliest
            if rest.startswith("< icmp"):
                self.inject_icmp(rest[6:].strip())
            elif rest.startswith("<"):
                self.inject(parse_segment(rest[1:].strip()))
            elif rest.startswith("%{"):
                self.python(rest[2:rest.rindex("}%")])
            elif rest == "nothing":
                if self.queue:
                    got = self.read_packet(self.queue[0][1])
                    raise Wrong(f"unexpected at {self.queue[0][0] / 1e9:.6f}: {got}")
            else:
                self.call(rest, end)
        self.base = max(self.base, 0)
        for entry in list(self.pending):
            if entry[0] in self.returns:
                self.pending.remove(entry)
                self.finish(*entry)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def read_script(path):
    lines = []
    with open(path, encoding="utf-8") as file:
        text = file.read()
    text = re.sub(r"/\*.*?\*/", lambda m: "\n" * m[0].count("\n"), text, flags=re.S)
    text = re.sub(r"%\{(.*?)\}%",
                  lambda m: "%{" + "; ".join(x.strip() for x in m[1].strip().splitlines()
                                             if x.strip()) + "}%" + "\n" * m[1].count("\n"),
                  text, flags=re.S)
    for number, line in enumerate(text.splitlines(), 1):
        line = re.sub(r"(//|#).*", "", line).strip()
        if line.startswith("use "):
            lines += [(number, one) for one in BEGINNINGS[line[4:].strip()].splitlines()]
            continue
        if line.startswith("--") or line.startswith("`") or not line:
            continue
        lines.append((number, line))
    return lines


def main():
    program = os.environ.get("POSTACK") or "build/release/postack"
    here = os.path.dirname(os.path.abspath(__file__))
    paths = []
    for argument in sys.argv[1:] or [os.path.join(here, "..", "drive", "scripts")]:
        if os.path.isdir(argument):
            paths += [os.path.join(folder, name) for folder, _, names in os.walk(argument)
                      for name in names if name.endswith(".pkt")]
        else:
            paths.append(argument)
    failed = 0
    for path in sorted(paths):
        runner = Runner(program, os.path.relpath(path))
        try:
            runner.run(read_script(path))
        except Wrong as error:
            failed += 1
            print(f"FAIL {error}")
        finally:
            runner.close()
    print(f"{len(paths) - failed} of {len(paths)} scripts passed")
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
