#!/usr/bin/env python3
"""Goodput under loss, Postack beside the kernel: bytes a second from Postack to a kernel and from
that kernel's like to it, over one and the same link of this script's own.

    tests/measure/goodput.py [--program build/release/postack] [--seeds 40] [--bytes 500000]
                             [--loss 2% 10%] [--cc reno cubic] [--delay-ms 20] [--at-once 8]

The link is two TUN devices with this script between them: it holds every packet for the delay and
throws away a share of them, drawn by seed, direction and number, so that both senders meet the same
losses. Network namespaces keep runs apart:

    sender's: kernel TCP, or `postack tun` behind it ── tun ── link ── tun ── receiver's: kernel TCP

A run is timed by the receiver, from the connection to its end. Printed: the median of both and the
ratio for each loss and congestion control. Exit 1 if a run went wrong, or if Postack at 2 % is more
than 15 % away from the kernel. Needs root, /dev/net/tun and ip(8).
"""
import argparse
import concurrent.futures
import ctypes
import fcntl
import heapq
import itertools
import json
import os
import pathlib
import random
import select
import socket
import statistics
import struct
import subprocess
import sys
import threading
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
CLONE_NEWNET = 0x40000000
TCP_CONGESTION = 13
SENDER, RECEIVER, POSTACK = "10.9.1.1", "10.9.2.1", "10.9.0.2"
libc = ctypes.CDLL(None, use_errno=True)


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def enter(namespace):
    """This thread only."""
    with open(f"/run/netns/{namespace}") as f:
        if libc.setns(f.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")


def in_namespace(namespace, work):
    """work(), in a thread that lives in the namespace."""
    def run():
        enter(namespace)
        return work()
    with concurrent.futures.ThreadPoolExecutor(1) as threads:
        return threads.submit(run).result()


def tun(name):
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    return device


class Link(threading.Thread):
    """Between two devices; a packet is lost or not by (seed, direction, its number)."""

    def __init__(self, devices, delay, loss, seed):
        super().__init__(daemon=True)
        self.devices, self.delay, self.loss = devices, delay, loss
        self.chance = [random.Random(f"{seed}/{way}") for way in (0, 1)]
        self.end, self.ended = os.pipe()

    def run(self):
        flying, order = [], itertools.count()
        while True:
            wait = max(0, flying[0][0] - time.monotonic()) if flying else None
            ready, _, _ = select.select([*self.devices, self.end], [], [], wait)
            if self.end in ready:
                return
            now = time.monotonic()
            for way in (0, 1):
                if self.devices[way] not in ready:
                    continue
                packet = os.read(self.devices[way], 65536)
                # The kernel's IPv6 chatter counts for nothing.
                if packet[0] >> 4 == 4 and self.chance[way].random() >= self.loss:
                    heapq.heappush(flying, (now + self.delay, next(order), 1 - way, packet))
            while flying and flying[0][0] <= time.monotonic():
                _, _, way, packet = heapq.heappop(flying)
                os.write(self.devices[way], packet)

    def close(self):
        os.write(self.ended, b".")
        self.join()
        for descriptor in (self.end, self.ended):
            os.close(descriptor)


class Bench:
    """Two namespaces joined by devices; any number of runs, one after the other."""

    def __init__(self, number):
        self.names = [f"goodput-{os.getpid()}-{number}-{end}" for end in "ab"]
        self.devices = []
        for namespace, address, other in zip(self.names, (SENDER, RECEIVER), (RECEIVER, SENDER)):
            ip("netns", "add", namespace)
            self.devices.append(in_namespace(namespace, lambda: tun("way")))
            at = ["-n", namespace]
            ip(*at, "link", "set", "lo", "up")
            ip(*at, "addr", "add", address, "peer", other, "dev", "way")
            ip(*at, "link", "set", "way", "mtu", "1500", "up")
            # What one run learns of the path must not help the next.
            for key in ("net.ipv4.tcp_no_metrics_save=1", "net.ipv4.ip_forward=1"):
                subprocess.run(["ip", "netns", "exec", namespace, "sysctl", "-qw", key], check=True)
        ip("-n", self.names[0], "tuntap", "add", "mode", "tun", "name", "pst0")
        ip("-n", self.names[0], "addr", "add", "10.9.0.1/24", "dev", "pst0")
        ip("-n", self.names[0], "link", "set", "pst0", "up")
        ip("-n", self.names[1], "route", "add", "10.9.0.0/24", "dev", "way")

    def close(self):
        for device in self.devices:
            os.close(device)
        for namespace in self.names:
            subprocess.run(["ip", "netns", "del", namespace], check=False)

    def run(self, sender, options, cc, loss, seed):
        """Seconds from the connection to its end at the receiver."""
        link = Link(self.devices, options.delay_ms / 1000, loss, seed)
        listener = in_namespace(self.names[1], lambda: socket.create_server((RECEIVER, 0)))
        listener.settimeout(options.limit)
        port = listener.getsockname()[1]
        link.start()
        try:
            if sender == "kernel":
                words = ["ip", "netns", "exec", self.names[0], sys.executable, __file__, "--send",
                         cc, str(port), str(options.bytes)]
            else:
                # The way to the link through the sender's kernel counts for microseconds.
                words = ["ip", "netns", "exec", self.names[0], options.program, "tun", "pst0",
                         "--addr", POSTACK + "/24", "--connect", f"{RECEIVER}:{port}/source",
                         "--bytes", str(options.bytes), "--connections", "1", "--cc", cc,
                         "--seed", str(seed), "--for", f"{options.limit}s"]
            with subprocess.Popen(words, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, text=True) as process:
                try:
                    taken = receive(listener, options)
                finally:
                    process.terminate()
            return taken
        finally:
            listener.close()
            link.close()


def receive(listener, options):
    connection, _ = listener.accept()
    start = time.monotonic()
    with connection:
        connection.settimeout(options.limit)
        got = 0
        while data := connection.recv(65536):
            got += len(data)
        taken = time.monotonic() - start
    if got != options.bytes:
        raise RuntimeError(f"{got} bytes arrived, not {options.bytes}")
    return taken


def send(cc, port, count):
    """The kernel's side, a process of its own."""
    with socket.socket() as s:
        s.setsockopt(socket.IPPROTO_TCP, TCP_CONGESTION, cc.encode())
        s.connect((RECEIVER, port))
        s.sendall(bytes(count))
        s.shutdown(socket.SHUT_WR)
        s.recv(1)


def share(text):
    return float(text.rstrip("%")) / 100 if text.endswith("%") else float(text)


def main():
    if len(sys.argv) == 5 and sys.argv[1] == "--send":
        return send(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description="Goodput under loss, Postack beside the kernel.")
    parser.add_argument("--program", default=str(root / "build/release/postack"))
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--bytes", type=int, default=500_000)
    parser.add_argument("--loss", nargs="+", default=["2%", "10%"])
    parser.add_argument("--cc", nargs="+", default=["reno", "cubic"])
    parser.add_argument("--delay-ms", type=float, default=20)
    parser.add_argument("--at-once", type=int, default=8, help="runs side by side")
    parser.add_argument("--limit", type=int, default=300, help="seconds, of a run")
    parser.add_argument("--json", action="store_true", help="every run's seconds")
    options = parser.parse_args()
    os.environ.setdefault("POSTACK_DATA", str(root))

    benches = [Bench(number) for number in range(options.at_once)]
    free, lock = list(benches), threading.Lock()

    def one(job):
        with lock:
            bench = free.pop()
        try:
            return job, bench.run(job[0], options, *job[1:3], seed=job[3])
        finally:
            with lock:
                free.append(bench)

    # Both senders of a seed one after the other: they meet the same load of the machine.
    jobs = [(sender, cc, share(loss), seed) for loss in options.loss for cc in options.cc
            for seed in range(1, options.seeds + 1) for sender in ("postack", "kernel")]
    try:
        with concurrent.futures.ThreadPoolExecutor(options.at_once) as threads:
            seconds = dict(threads.map(one, jobs))
    finally:
        for bench in benches:
            bench.close()

    far = False
    print(f"{options.bytes} bytes, {options.delay_ms:g} ms each way, {options.seeds} seeds, "
          "medians in kB/s")
    print(f"{'loss':>5} {'cc':>6} {'postack':>9} {'kernel':>9} {'ratio':>6} {'of pairs':>9}")
    for loss in options.loss:
        for cc in options.cc:
            speeds = {sender: [options.bytes / seconds[sender, cc, share(loss), seed] / 1000
                               for seed in range(1, options.seeds + 1)]
                      for sender in ("postack", "kernel")}
            medians = {sender: statistics.median(all_) for sender, all_ in speeds.items()}
            ratio = medians["postack"] / medians["kernel"]
            pairs = statistics.median(a / b for a, b in zip(*speeds.values()))
            far |= share(loss) <= 0.02 and abs(ratio - 1) > 0.15
            print(f"{loss:>5} {cc:>6} {medians['postack']:9.1f} {medians['kernel']:9.1f} "
                  f"{ratio:6.2f} {pairs:9.2f}")
            if options.json:
                print(json.dumps({"loss": loss, "cc": cc, **speeds}))
    return 1 if far else 0


if __name__ == "__main__":
    sys.exit(main())
