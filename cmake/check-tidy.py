#!/usr/bin/env python3
"""Lint test: clang-tidy, with the checks of .clang-tidy, finds nothing in sim/, viz/ and program/.

Argument: a build directory with compile_commands.json, built. Tests are left out: doctest's macros
set off many checks, and the time is better spent on what ships.

A file that was found clean is not looked at again until it, a header it includes, its compiler
command or .clang-tidy changes: build/<preset>/tidy/ holds one stamp a file.

Most of the time goes into the headers, which the files of a folder share. So a dozen files are
looked at as one, which includes them in turn: five times faster. A file that uses a name of its
own which an earlier one uses too goes into the next dozen. When there is a finding the dozen is
halved, and what counts in the end is what is said of a file by itself.
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("sim", "viz", "program")
TIDY = "clang-tidy-14"  # Findings differ between versions.
BATCH = 12  # files looked at as one


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


class File(NamedTuple):
    """A source file that has to be looked at."""

    path: pathlib.Path
    flags: tuple[str, ...]  # what decides how it is read: -I, -isystem, -D, -std
    stamp: pathlib.Path
    fingerprint: str


def flags_of(command: str) -> tuple[str, ...]:
    """Of a compiler's command what decides how a file is read."""
    words = iter(shlex.split(command))
    flags: list[str] = []
    for word in words:
        if word == "-isystem":
            flags += [word, next(words)]
        elif word.startswith(("-I", "-D", "-std=")):
            flags.append(word)
    return tuple(flags)


def joined(build: pathlib.Path, files: list[File], options: list[str]) -> tuple[int, str]:
    """clang-tidy's exit code and words on the files, read as one."""
    with tempfile.NamedTemporaryFile("w", suffix=".cpp", dir=build / "tidy") as one:
        path = str(files[0].path)
        if len(files) > 1:
            one.writelines(f'#include "{file.path}"\n' for file in files)
            one.flush()
            path = one.name
        done = subprocess.run([TIDY, "--quiet", *options, path, "--", *files[0].flags],
                              capture_output=True, text=True, cwd=build)
    return done.returncode, done.stdout + done.stderr


def batches(build: pathlib.Path, files: list[File]) -> list[list[File]]:
    """The files, all of one folder and with the same flags, in groups that can be read as one."""
    result = []
    while files:
        group, files = files[:BATCH], files[BATCH:]
        while len(group) > 1:
            # One cheap check: only whether it compiles matters here.
            _, said = joined(build, group, ["--checks=-*,readability-misleading-indentation"])
            wrong = set(re.findall(r"^(.+?):\d+:\d+: (?:fatal )?error: ", said, re.MULTILINE))
            clashing = [f for f in group[1:] if str(f.path) in wrong]
            if not clashing:
                break
            group = [f for f in group if f not in clashing]
            files = clashing + files
        result.append(group)
    return result


def tidy(build: pathlib.Path, files: list[File]) -> str:
    """What clang-tidy says of the files, read as one; empty if it finds nothing."""
    options = [f"--config-file={ROOT / '.clang-tidy'}"]
    if len(files) > 1:
        options.append("--checks=-bugprone-suspicious-include")
    code, said = joined(build, files, options)
    return said if code != 0 else ""


def main() -> int:
    build = pathlib.Path(sys.argv[1]).resolve()
    stamps = build / "tidy"
    stamps.mkdir(exist_ok=True)
    deps = dependencies(build)
    fingerprints = Fingerprints()
    common = fingerprints.of(str(ROOT / ".clang-tidy")) + subprocess.run(
        [TIDY, "--version"], check=True, capture_output=True).stdout

    work: list[File] = []
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
        work.append(File(path, flags_of(entry["command"]), stamp, fingerprint))

    def look(files: list[File]) -> list[tuple[File, str]]:
        """The files that have findings, with what was said of them."""
        said = tidy(build, files)
        if not said:
            for file in files:
                file.stamp.write_text(file.fingerprint)
            return []
        if len(files) == 1:
            return [(files[0], said)]
        half = len(files) // 2
        return look(files[:half]) + look(files[half:])

    groups: dict[tuple[pathlib.Path, tuple[str, ...]], list[File]] = {}
    for file in work:
        groups.setdefault((file.path.parent, file.flags), []).append(file)

    bad = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        found = pool.map(lambda files: batches(build, files), groups.values())
        for findings in pool.map(look, [batch for some in found for batch in some]):
            for file, said in findings:
                bad += 1
                print(f"--- {file.path.relative_to(ROOT)}\n{said}", flush=True)
    print(f"{total} files: {len(work)} looked at, {total - len(work)} unchanged since they were "
          f"clean, {bad} with findings.")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
