#!/usr/bin/env python3
"""Lint test: clang-tidy, with the checks of .clang-tidy, finds nothing in sim/, viz/ and program/.

Argument: a build directory with compile_commands.json, built. Tests are left out: doctest's macros
set off many checks, and the time is better spent on what ships.

A file that was found clean is not looked at again until it, a header it includes, its compiler
command or .clang-tidy changes: build/<preset>/tidy/ holds one stamp a file.
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("sim", "viz", "program")
TIDY = "clang-tidy-14"  # Findings differ between versions.


def dependencies(build: pathlib.Path) -> dict[str, list[str]]:
    """Object file -> the files it was built from, as ninja recorded them."""
    text = subprocess.run(["ninja", "-C", str(build), "-t", "deps"], check=True,
                          capture_output=True, text=True).stdout
    result: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text.splitlines():
        if line.startswith(" "):
            current.append(line.strip())
        elif ": #deps" in line:
            current = result.setdefault(line.split(": #deps")[0], [])
    return result


class Fingerprints:
    """The digests of files, each read once."""

    def __init__(self) -> None:
        self.known: dict[str, bytes] = {}

    def of(self, path: str) -> bytes:
        if path not in self.known:
            try:
                self.known[path] = hashlib.sha256(pathlib.Path(path).read_bytes()).digest()
            except OSError:
                self.known[path] = b"missing"
        return self.known[path]


def main() -> int:
    build = pathlib.Path(sys.argv[1]).resolve()
    stamps = build / "tidy"
    stamps.mkdir(exist_ok=True)
    deps = dependencies(build)
    fingerprints = Fingerprints()
    common = fingerprints.of(str(ROOT / ".clang-tidy")) + subprocess.run(
        [TIDY, "--version"], check=True, capture_output=True).stdout

    work: list[tuple[str, pathlib.Path, str]] = []
    total = 0
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"])
        if not path.is_relative_to(ROOT) or path.relative_to(ROOT).parts[0] not in FOLDERS:
            continue
        total += 1
        digest = hashlib.sha256(common + entry["command"].encode() + fingerprints.of(str(path)))
        compiled = entry["command"].split(" -o ")[1].split()[0] if " -o " in entry["command"] else ""
        # Without ninja's record the headers are not known: the file is always looked at.
        headers = deps.get(compiled)
        for header in headers or []:
            if not header.startswith("/usr/"):
                digest.update(fingerprints.of(str((build / header).resolve())))
        name = str(path.relative_to(ROOT)).replace("/", "+")
        fingerprint = digest.hexdigest() if headers is not None else ""
        stamp = stamps / name
        if fingerprint and stamp.exists() and stamp.read_text() == fingerprint:
            continue
        work.append((str(path), stamp, fingerprint))

    def check(item: tuple[str, pathlib.Path, str]) -> tuple[bool, str]:
        path, stamp, fingerprint = item
        done = subprocess.run(
            [TIDY, "-p", str(build), "--quiet", "--extra-arg=-Wno-unknown-warning-option", path],
            capture_output=True, text=True)
        if done.returncode == 0:
            stamp.write_text(fingerprint)
        return done.returncode == 0, done.stdout + (done.stderr if done.returncode else "")

    bad = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for (path, _, _), (clean, said) in zip(work, pool.map(check, work)):
            if not clean:
                bad += 1
                print(f"--- {pathlib.Path(path).relative_to(ROOT)}\n{said}", flush=True)
    print(f"{total} files: {len(work)} looked at, {total - len(work)} unchanged since they were "
          f"clean, {bad} with findings.")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
