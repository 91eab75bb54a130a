#!/bin/sh
# Counts the instructions of whole runs with valgrind, which neither the clock nor other programs disturb, and compares
# them with instructions.txt: more than 10 % above it fails.
# Usage: tests/bench/instructions.sh [--bless]
#   --bless   writes instructions.txt
# Environment: BUILD, the folder of a release build (build/release).
# Ends with 77 when valgrind is missing, or when instructions.txt is of another compiler.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=${BUILD:-$here/../../build/release}
expected=$here/instructions.txt

command -v valgrind >/dev/null 2>&1 || { echo "skipped: no valgrind"; exit 77; }
cc=$(sed -n 's/^CMAKE_C_COMPILER:[A-Z]*=//p' "$build/CMakeCache.txt")
kind=gcc
if "$cc" --version | grep -q clang; then
    kind=clang
fi
compiler="$kind $("$cc" -dumpversion | cut -d. -f1), $(uname -m)"
if [ "${1:-}" != --bless ] && ! grep -qx "# $compiler" "$expected"; then
    echo "skipped: $expected is not of $compiler"
    exit 77
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/dedup-instructions.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$work/full" "$work/empty"
"$build/tests/bench/bench_corpus" -m 2 -s 1 -j "$work/full/corpus.jsonl"
: >"$work/empty/corpus.jsonl"

# count CORPUS OPTION...: instructions of a run. AVX2, since valgrind may not know AVX-512.
count()
{
    corpus=$1
    shift
    rm -rf "$work/out"
    DEDUP_ISA=avx2 valgrind --tool=callgrind --callgrind-out-file="$work/profile" --log-file="$work/log" \
        "$build/src/cli/dedup" --in "$work/$corpus" --out "$work/out" --threads 1 --quiet "$@" >&2
    sed -n 's/^totals: //p' "$work/profile"
}

# measure NAME OPTION...: millions of instructions for nothing, then instructions for each character of the corpus.
measure()
{
    name=$1
    shift
    start=$(count empty "$@")
    full=$(count full "$@")
    characters=$(sed -n 's/.*"in": {.*"characters": \([0-9]*\).*/\1/p' "$work/out/.dedup/report.json")
    awk -v name="$name" -v start="$start" -v full="$full" -v characters="$characters" \
        'BEGIN { printf "%s-start %.2f\n%s %.1f\n", name, start / 1e6, name, (full - start) / characters }'
}

{
    echo "# $compiler"
    echo "# Millions of instructions of a run on an empty corpus (start); instructions for each character."
    measure clean-off --clean off
    measure default
} >"$work/measured"

if [ "${1:-}" = --bless ]; then
    cp "$work/measured" "$expected"
    cat "$expected"
    exit 0
fi
awk '$1 == "#" { next }
     NR == FNR { expected[$1] = $2; next }
     {
         ratio = expected[$1] ? $2 / expected[$1] : 2
         printf "%-18s %8s, expected %8s: %+.1f %%\n", $1, $2, expected[$1], (ratio - 1) * 100
         bad += ratio > 1.1
         less += ratio < 0.9
     }
     END {
         if (less)
             print "Far fewer than expected: tests/bench/instructions.sh --bless keeps it so."
         exit bad > 0
     }' "$expected" "$work/measured"
