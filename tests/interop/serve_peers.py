#!/usr/bin/env python3
"""Who may connect to `postack serve`, and that nobody holds up another: silent peers, slow readers,
floods, hundreds at once, half-closed and reset connections; wrong use is told."""
import os
import select
import socket
import struct
import subprocess

import _serve
from _serve import Serve, message

POSTACK = os.environ["POSTACK"]


def connect(serve, protocol):
    s = socket.create_connection(("127.0.0.1", serve.ports[protocol]), timeout=60)
    return s, s.makefile("rb")


def not_loopback():
    """This machine's own address that is not loopback; None if it has none."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.connect(("192.0.2.1", 9))  # sends nothing
            address = s.getsockname()[0]
    except OSError:
        return None
    return None if address.startswith("127.") else address


def only_loopback(serve):
    address = not_loopback()
    if address is None:
        # An address of our own, in a namespace of our own, would need privileges: then at least
        # what decides is tested (tests/bridge/admission.cpp).
        print("this machine has no address but loopback")
        return
    for port in serve.ports.values():
        with socket.create_connection((address, port), timeout=60) as s:
            assert s.recv(1) == b"", "a peer that is not loopback was greeted"
    allowed = Serve("--allow", address + "/32")
    with socket.create_connection((address, allowed.ports["smtp"]), timeout=60) as s:
        assert s.recv(4) == b"220 "
    allowed.end()


def many_at_once(serve):
    """Hundreds of silent peers; each is greeted, and a newcomer is served beside them."""
    silent = []
    for i in range(600):
        silent.append(connect(serve, ("smtp", "pop3", "imap")[i % 3]))
    for _, f in silent:
        assert f.readline()
    serve.send()
    # All of them go on where they stand.
    for s, _ in silent:
        s.sendall(b"NOOP\r\n")
    for _, f in silent:
        assert f.readline()
    for s, f in silent:
        f.close()
        s.close()


def slow_reader(serve):
    """One that asks for much and reads nothing holds up nobody."""
    s, f = connect(serve, "imap")
    f.readline()
    s.sendall(b"a LOGIN anne secret\r\nb SELECT INBOX\r\n")
    while not f.readline().startswith(b"b "):
        pass
    s.setblocking(False)
    try:
        for i in range(1000000):
            s.sendall(b"c%d FETCH 1:* BODY.PEEK[]\r\n" % i)
    except BlockingIOError:
        pass  # neither does the server take more than it can answer
    else:
        raise SystemExit("unread answers without bound")
    serve.send()
    c = serve.pop3()
    assert c.stat()[0] >= 2
    c.quit()
    # A reset in the middle.
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    f.close()
    s.close()


def flood(serve):
    """A line without an end, and an announced literal of a gigabyte: an error, and life goes on."""
    s, f = connect(serve, "smtp")
    f.readline()
    for _ in range(64):
        s.sendall(b"x" * 65536)
    s.sendall(b"\r\nNOOP\r\nQUIT\r\n")
    answers = f.read()
    assert answers.startswith(b"500") and b"\r\n221" in answers, answers
    s, f = connect(serve, "imap")
    f.readline()
    s.sendall(b"a LOGIN anne secret\r\nb APPEND INBOX {1073741824}\r\n")
    assert f.readline().startswith(b"a OK")
    assert f.readline().startswith(b"b NO [TOOBIG]")
    s.sendall(b"c NOOP\r\n")
    assert f.readline().startswith(b"c OK")
    s.close()


def half_close(serve):
    """All at once and FIN: everything is answered, then the server closes."""
    s, f = connect(serve, "smtp")
    s.sendall(b"EHLO moi\r\nMAIL FROM:<a@b.fr>\r\nRCPT TO:<bob>\r\nDATA\r\n")
    s.sendall(b"Subject: vite\r\n\r\nx\r\n.\r\nQUIT\r\n")
    s.shutdown(socket.SHUT_WR)
    answers = f.read()
    assert answers.count(b"\r\n250 ") >= 3 and b"\r\n221 " in answers, answers
    # The last answer arrives although more was sent than is read.
    s, f = connect(serve, "pop3")
    s.sendall(b"QUIT\r\n" + b"NOOP\r\n" * 10000)
    assert b"signing off" in f.read()


def one_byte_at_a_time(serve):
    s, f = connect(serve, "pop3")
    for byte in b"USER anne\r\nPASS secret\r\nSTAT\r\nQUIT\r\n":
        s.sendall(bytes([byte]))
    answers = f.read().split(b"\r\n")
    assert len([a for a in answers if a.startswith(b"+OK")]) == 5, answers


def wrong_use():
    def says(*options, status):
        done = subprocess.run([POSTACK, "serve", *options], capture_output=True, text=True,
                              timeout=60)
        assert done.returncode == status, (options, done)
        return done.stderr

    assert "--direct" in says("--smtp", "0", "--user", "a:b", status=2)
    assert "--user" in says("--direct", "--smtp", "0", status=1)
    assert "NAME:PASSWORD" in says("--direct", "--smtp", "0", "--user", "a", status=1)
    assert "--user" in says("--direct", "--smtp", "0", "--user", "../a:b", status=1)
    assert "rfc" in says("--direct", "--smtp", "0", "--user", "a:b", "--personality", "xy",
                         status=1)
    assert "192.168.0.0/24" in says("--direct", "--smtp", "0", "--user", "a:b", "--allow",
                                    "192.168.0.7/24", status=1)
    says("--direct", "--user", "a:b", status=2)
    serve = Serve()
    taken = str(serve.ports["smtp"])
    assert taken in says("--direct", "--smtp", taken, "--user", "a:b", status=1)
    serve.end()
    place = _serve.folder()
    serve = Serve(mail_dir=place)
    assert "another" in says("--direct", "--smtp", "0", "--user", "a:b", "--mail-dir", place,
                             status=1)
    serve.end()


wrong_use()
serve = Serve()
serve.send()
only_loopback(serve)
many_at_once(serve)
slow_reader(serve)
flood(serve)
half_close(serve)
one_byte_at_a_time(serve)
serve.end()

# It ends by itself, and with sessions open.
serve = Serve("--for", "0.3s")
held, _ = connect(serve, "smtp")
assert serve.process.wait(timeout=60) == 0

# --discard takes mail and keeps none; another personality speaks its own words.
serve = Serve("--discard", "--personality", "postfix")
s, f = connect(serve, "smtp")
assert b"Postfix" in f.readline()
serve.send(message())
c = serve.pop3()
assert c.stat() == (0, 0)
c.quit()
serve.end()
print("ok")
