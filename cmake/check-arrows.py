#!/usr/bin/env python3
"""Lint test: a folder includes only headers of the libraries it names under DEPENDS.

Argument: arrows.txt of a build directory, one library a line: name, folder, what it may include.
All headers are reachable from every file (the include root is the source tree), so the compiler
would not notice an arrow that runs the wrong way.
"""

import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+"((?:sim|viz|program|tests)/[^"]+)"', re.M)
SUFFIXES = {".cpp", ".hpp"}


def main() -> int:
    root = pathlib.Path(__file__).resolve().parent.parent
    folders: dict[str, str] = {}  # folder -> library
    allowed: dict[str, set[str]] = {}
    for line in pathlib.Path(sys.argv[1]).read_text().splitlines():
        name, folder, *depends = line.split()
        folders[folder] = name
        allowed[name] = {name, *depends}

    findings = 0
    files = 0
    for folder, name in sorted(folders.items()):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in SUFFIXES:
                continue
            files += 1
            text = path.read_text(encoding="utf-8")
            for match in INCLUDE.finditer(text):
                target = next((folders[f] for f in folders if match[1].startswith(f + "/")), None)
                if target in allowed[name]:
                    continue
                line = text.count("\n", 0, match.start(1)) + 1
                known = " ".join(sorted(allowed[name] - {name})) or "nothing"
                print(f"{path.relative_to(root)}:{line}: {name} may not include {match[1]}; "
                      f"it DEPENDS on {known}")
                findings += 1
    print(f"{files} files, {findings} includes against the arrows.")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
