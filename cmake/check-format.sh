#!/usr/bin/env bash
# Lint test: every source file of ours is laid out as .clang-format says. To mend what it finds:
#   cmake/check-format.sh --fix
set -euo pipefail

cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/.."
# Another version lays out differently, so that a finding of it says nothing.
tool=clang-format-14
command -v "$tool" >/dev/null || {
    echo "$tool is not installed: see packaging/packages-test.txt" >&2
    exit 1
}

action=(--dry-run --Werror)
[[ ${1:-} != --fix ]] || action=(-i)
find sim viz program tests -type f \( -name '*.cpp' -o -name '*.hpp' -o -name '*.cc' \) -print0 |
    sort -z | xargs -0 "$tool" "${action[@]}"
echo "The layout is as .clang-format says."
