#!/usr/bin/env python3
"""`postack compare` as people and array jobs call it.

Equal output on any number of threads; shards merge into the bytes of the one run, in every format
and in the picture; a progress bar on a terminal and nowhere else; wrong use and wrong input told
apart, with what would be right.
"""

import json
import os
import pathlib
import pty
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

POSTACK = os.environ["POSTACK"]
ASKED = ["smtp-postfix", "--loss", "0%..20%", "--step", "10%", "--trials", "9", "--lang", "fr"]


def compare(*arguments: str, status: int = 0) -> subprocess.CompletedProcess:
    done = subprocess.run([POSTACK, "compare", *arguments], capture_output=True, text=True)
    if done.returncode != status:
        sys.exit(f"compare {' '.join(arguments)}: exit {done.returncode}, not {status}\n{done.stderr}")
    return done


def check(holds: bool, what: str) -> None:
    if not holds:
        sys.exit(what)


def same_everywhere(folder: pathlib.Path) -> None:
    whole = {}
    for how in ("table", "tsv", "json"):
        one = compare(*ASKED, "--format", how, "--threads", "1", "-o", str(folder / "one.svg"))
        five = compare(*ASKED, "--format", how, "--threads", "5", "-o", str(folder / "five.svg"))
        check(one.stdout == five.stdout, f"{how}: one thread and five differ")
        check(one.stderr == "", "there is something on standard error, which is no terminal")
        whole[how] = one.stdout
    picture = (folder / "one.svg").read_bytes()
    check(picture == (folder / "five.svg").read_bytes(), "svg: one thread and five differ")

    parts = []
    for number in (2, 3, 1):
        part = str(folder / f"part-{number}.tsv")
        done = compare(*ASKED, "--shard", f"{number}/3", "-o", part)
        check(done.stdout == "", "a shard's file is named, and yet something is printed")
        parts.append(part)
    check(compare(*ASKED, "--shard", "1/3").stdout == pathlib.Path(parts[2]).read_text(),
          "a shard on standard output and in a file differ")
    for how, expected in whole.items():
        merged = compare("--merge", *parts, "--format", how, "--lang", "fr",
                         "-o", str(folder / "merged.svg"))
        check(merged.stdout == expected, f"{how}: merged shards are not the one run")
    check(picture == (folder / "merged.svg").read_bytes(), "svg: merged shards are not the one run")

    rows = json.loads(whole["json"])["rows"]
    check(len(rows) == 9, f"{len(rows)} rows, not three rates of three transports")
    for row in rows:
        shares = row["intact"] + row["damaged"] + row["never"]
        check(abs(shares - 1) < 1e-9, f"shares do not add up: {row}")
        if row["loss"] == 0:
            check(row["intact"] == 1, f"without loss a mail is not intact: {row}")
    check(len(whole["tsv"].splitlines()) == 10, "tsv: a header and nine rows")


def pictures(folder: pathlib.Path) -> None:
    for arguments in (["--lang", "en"], ["--print"], ["--loss", "10%"], ["--loss", "100%"]):
        out = folder / "page.svg"
        compare("udp-lost-line", "--trials", "3", *arguments, "-o", str(out))
        root = xml.etree.ElementTree.parse(out).getroot()
        check(root.tag.endswith("svg"), "no SVG")
        check(not re.search(r'["\s,(]-?(nan|inf)\b', out.read_text()), "a place that is no number")
    out = folder / "page.png"
    compare("udp-lost-line", "--trials", "3", "-o", str(out))
    check(out.read_bytes().startswith(b"\x89PNG"), "no PNG")


def progress() -> None:
    main, side = pty.openpty()
    done = subprocess.run([POSTACK, "compare", *ASKED], stdout=subprocess.PIPE, stderr=side)
    os.close(side)
    written = b""
    try:
        while piece := os.read(main, 65536):
            written += piece
    except OSError:  # nobody writes any more
        pass
    os.close(main)
    shown = written.decode()
    check(done.returncode == 0 and "%" in shown and "#" in shown, "no progress bar on a terminal")
    check(shown.endswith("\x1b[K"), "the progress bar stays on the screen")


def errors(folder: pathlib.Path) -> None:
    for name in ("udp-closed-port", "smtp-closed-port"):
        told = compare(name, status=1).stderr
        check("smtp-postfix" in told and "imap-dovecot" in told,
              f"{name}: it is not said which labs can be compared: {told}")
    check("did you mean 'smtp-postfix'" in compare("smtp-postfox", status=1).stderr, "no nearest name")
    for wrong in ([], ["smtp-postfix", "--loss", "30%..0%"], ["smtp-postfix", "--shard", "4/3"],
                  ["smtp-postfix", "--trials", "0"], ["smtp-postfix", "-o", "page.gif"],
                  ["smtp-postfix", "--merge", "x.tsv"], ["smtp-postfix", "--pause", "3"],
                  ["smtp-postfix", "--loss", "0%..100%", "--step", "1%", "--trials", "100000"]):
        compare(*wrong, status=2)
    bad = folder / "bad.tsv"
    bad.write_text("loss\ttrial\n")
    check("bad.tsv:1:" in compare("--merge", str(bad), status=1).stderr, "no line of the wrong file")
    compare("--merge", str(folder / "none.tsv"), status=1)
    one = folder / "one.tsv"
    compare(*ASKED, "--shard", "1/2", "-o", str(one))
    check("shard 2/2 is missing" in compare("--merge", str(one), status=1).stderr,
          "a missing shard is not named")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        same_everywhere(folder)
        pictures(folder)
        progress()
        errors(folder)


if __name__ == "__main__":
    main()
