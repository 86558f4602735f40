#!/usr/bin/env bash
# One fuzz target under libFuzzer: run.sh TARGET SECONDS FOUND CORPUS...
# $POSTACK_FUZZ_SECONDS says a shorter or longer time for all targets. What makes a target fail is left
# in FOUND, with the command that shows it again.
set -euo pipefail

target=$1 seconds=${POSTACK_FUZZ_SECONDS:-$2} found=$3
shift 3
mkdir -p "$found"
# One second of libFuzzer's clock is one of the wall; an input that takes 25 s or 2 GB is a finding.
exec "$target" -max_total_time="$seconds" -timeout=25 -rss_limit_mb=2048 -max_len=20000 \
    -print_final_stats=1 -verbosity=0 -artifact_prefix="$found/" "$found" "$@"
