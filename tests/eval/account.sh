#!/bin/sh
# Every byte of real sets accounted for, by an independent program.
# Usage: tests/eval/account.sh      (environment: DEDUP, DEDUP_SHARED as for tests/cli/run.sh)
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
dedup=${DEDUP:-$root/build/release/src/cli/dedup}
shared=${DEDUP_SHARED:-$root/../shared}
[ -d "$shared/eval" ] || { echo "skipped: no $shared/eval"; exit 77; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for set in weekly revisions/docs; do
    for options in "" "--paragraphs corpus"; do
        echo "== $set $options"
        # shellcheck disable=SC2086
        "$dedup" --in "$shared/eval/$set" --out "$work/out" --quiet $options
        python3 "$root/tests/cli/account.py" "$shared/eval/$set" "$work/out" "$dedup"
        rm -rf "$work/out"
    done
done
