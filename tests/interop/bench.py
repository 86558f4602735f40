#!/usr/bin/env python3
"""`postack bench smtp` and `bench mail`: every mail is accepted, in any way of connecting, and each
line has what one reads off it. No time is judged here."""
import json
import sys
import pathlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import os  # noqa: E402

from _serve import run  # noqa: E402


def bench(*words):
    line = json.loads(run(os.environ["POSTACK"], "bench", *words))
    assert line["bad"] == 0, line
    return line


for options, connections in ((), 10), (("--reconnect",), 500), (("--pipelining",), 10):
    line = bench("smtp", "--messages", "500", "--size", "3000", "--sessions", "10", *options)
    assert line["connections"] == connections, line
    assert line["msgs_per_s"] > 0 and line["events"] > 0, line
# The envelope in one write: fewer packets a mail.
kept = bench("smtp", "--messages", "500", "--delay", "10ms")
piped = bench("smtp", "--messages", "500", "--delay", "10ms", "--pipelining")
assert piped["pkts_per_msg"] < kept["pkts_per_msg"] and piped["sim_s"] < kept["sim_s"], piped
# A text of a megabyte takes many segments.
large = bench("smtp", "--messages", "20", "--size", "1M", "--sessions", "3")
assert large["pkts_per_msg"] > 700, large

line = bench("mail", "--small")
assert all(c["ns"] > 0 and c["copy_ns"] > 0 for c in line["commands"].values()), line
assert {"fetch_flags", "search_subject", "sort_date"} <= set(line["growth"]), line
assert run(os.environ["POSTACK"], "bench", "smtp", "--messages", "3000", "--size", "1G", status=1) == b""
print("Every mail arrived.")
