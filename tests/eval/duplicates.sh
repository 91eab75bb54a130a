#!/bin/sh
# Every removal proved and every survivor joined, by an independent program, on real sets with known duplicates.
# Usage: tests/eval/duplicates.sh SET...   (cross_script, revisions)
# Environment: DEDUP, DEDUP_SHARED as for tests/cli/run.sh
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
dedup=${DEDUP:-$root/build/release/src/cli/dedup}
shared=${DEDUP_SHARED:-$root/../shared}
[ -d "$shared/eval" ] || { echo "skipped: no $shared/eval"; exit 77; }
/usr/bin/python3 -c 'import numpy' 2>/dev/null || { echo "skipped: no python3-numpy"; exit 77; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for set in "$@"; do
    "$dedup" --in "$shared/eval/$set/docs" --out "$work/$set" --clean off --paragraphs keep --color never
    echo "== $set"
    PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$shared/eval/score_dups.py" "$shared/eval/$set/docs" "$work/$set"
done
