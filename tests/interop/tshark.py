"""Wireshark reads what we write, and shows what we show.

For every scenario that ships: its pcapng has no malformed packet, no bad checksum and no expert warning;
tshark's packet list is ours, line by line; our reading of our own file is ours too. The first lab also has
the Info wording of a real capture (tests/golden/captures), numbers that must differ excepted.
"""
import difflib
import os
import re
import subprocess
import sys
import tempfile

POSTACK = os.environ["POSTACK"]
SOURCE = os.environ["POSTACK_SOURCE_DIR"]
CHECK = ["-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]
failures = []


def run(*words):
    done = subprocess.run(words, capture_output=True, text=True, encoding="utf-8",
                          env={**os.environ, "LC_ALL": "C.UTF-8"})
    if done.returncode != 0:
        failures.append(f"{' '.join(words)}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def same(what, ours, theirs):
    if ours != theirs:
        diff = difflib.unified_diff(theirs, ours, "tshark", "postack", lineterm="", n=0)
        failures.append(f"{what}:\n" + "\n".join(diff))


def squeeze(line):
    return re.sub(r" +", " ", line.strip())


def without_fate(line):  # what we add at the end of the line of a packet that did not arrive
    return re.sub(r"  \[(lost|corrupt|duplicate|a copy)[^]]*\]$", "", line)


def normal(line):  # what differs between two recordings of one lab
    line = re.sub(r"^(\d+) [\d.]+", r"\1", squeeze(line))
    line = re.sub(r"TS(val|ecr)=\d+", r"TS\1=", line)
    line = re.sub(r"\b(54473|40455)\b", "PORT", line)
    return line


def one_less_from_server(line):  # sequence numbers of the server, acknowledgments of the client
    field = "Seq" if line.split()[1] == "127.0.0.1" else "Ack"
    return re.sub(rf"{field}=(\d+)", lambda m: f"{field}={int(m[1]) - 1}", line)


scenarios = [line.split()[0] for line in run(POSTACK, "list").splitlines()]
if len(scenarios) < 4:
    failures.append(f"only {len(scenarios)} scenarios")
with tempfile.TemporaryDirectory() as folder:
    for name in scenarios:
        pcap = os.path.join(folder, name + ".pcapng")
        ours = run(POSTACK, "run", name, "--lang", "en", "--pcap", pcap).splitlines()[1:]
        theirs = run("tshark", "-r", pcap).splitlines()
        same(f"{name}: packet list", [squeeze(without_fate(x)) for x in ours], [squeeze(x) for x in theirs])
        again = run(POSTACK, "run", pcap).splitlines()[1:]
        same(f"{name}: our own file read again", again, [without_fate(x) for x in ours])
        # Packets that the link has spoilt are spoilt in the receiver's copy, not where we capture.
        bad = run("tshark", *CHECK, "-r", pcap, "-Y",
                  # What an ICMP error quotes is cut off, so its checksum cannot be right.
                  "_ws.malformed || (tcp.checksum.status == 0 && !icmp) || udp.checksum.status == 0 || "
                  "ip.checksum.status == 0 || icmp.checksum.status == 0")
        if bad:
            failures.append(f"{name}: malformed packets or bad checksums:\n{bad}")
        seen = run("tshark", *CHECK, "-r", pcap, "-Y", "tcp.checksum.status == 1 || udp.checksum.status == 1 || "
                   "icmp.checksum.status == 1").splitlines()
        if len(seen) != len(theirs):
            failures.append(f"{name}: {len(seen)} of {len(theirs)} checksums seen as good")

    # The first lab has nothing for Wireshark's expert to warn of, as the real capture has not.
    pcap = os.path.join(folder, "smtp-postfix.pcapng")
    expert = run("tshark", *CHECK, "-r", pcap, "-q", "-z", "expert,warn")
    if expert.strip():
        failures.append(f"smtp-postfix: expert warnings:\n{expert}")
    ours = [normal(x) for x in run("tshark", "-r", pcap).splitlines()]
    with open(os.path.join(SOURCE, "tests/golden/captures/smtp-postfix-sheet.txt"), encoding="utf-8") as file:
        real = [normal(x) for x in file.read().splitlines() if not x.startswith("No ")]
    for number, (a, b) in enumerate(zip(ours, real), 1):
        if number == 23:
            # The text of the mail: ours, of the same length. The real one has a colon, and tshark shows
            # nothing of a mail whose last line has one.
            a, b = a.split(" RCPT TO")[0], b
        if number == 25:  # the queue id of the sheet has a digit less: everything after it counts one less
            a, b = a.split(": queued")[0], b.replace("SMTP 103", "SMTP 102").split(": queued")[0]
        if number > 25:
            b = one_less_from_server(b)
        same(f"real capture, packet {number}", [a], [b])
    if len(ours) != len(real):
        failures.append(f"{len(ours)} packets, the real capture has {len(real)}")

for failure in failures:
    print(failure)
print(f"{len(scenarios)} scenarios, {len(failures)} failures")
sys.exit(1 if failures else 0)
