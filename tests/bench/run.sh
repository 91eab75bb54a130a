#!/bin/sh
# Measures dedup against XXH3, against other tools and against libraries with the same purpose, and prints a table.
# Usage: tests/bench/run.sh [options] [DIR]
#   DIR         make the corpus of the paragraphs of the text files below DIR (default: of invented text)
#   --mb N      size of the corpus in MB of text (200)
#   --runs N    runs of each measurement, of which the median counts (5)
#   --quick     3 runs, no large corpus
#   --no-peers  no other libraries; they would be installed by pip into a folder that is deleted at the end
#   --seed N    another corpus (1)
# Environment: BUILD, the build folder (build/release), made when it is missing; TMPDIR, with 6 GB free (/tmp).
# The machine should have two cores and nothing else to do; a quarter of an hour.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${BUILD:-$root/build/release}

for tool in xxhsum python3 taskset; do
    command -v $tool >/dev/null 2>&1 || { echo "$tool is missing: sh tests/support/packages.sh bench" >&2; exit 1; }
done
[ -d "$build" ] || cmake -S "$root" --preset release -G Ninja >/dev/null
cmake --build "$build" >&2
work=$(mktemp -d "${TMPDIR:-/tmp}/dedup-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
PYTHONDONTWRITEBYTECODE=1 python3 "$root/tests/bench/measure.py" --build "$build" --work "$work" "$@"
