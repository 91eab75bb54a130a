#!/bin/sh
# Command tests. Each tests/cli/cases/NAME.sh runs in an empty folder; what it prints on stdout and stderr and its exit code are
# compared with NAME.expected. A case that exits with 77 is skipped and its output says why.
# Usage: tests/cli/run.sh [--bless] [NAME...]
# Environment: DEDUP (the command, default build/release/src/cli/dedup), DEDUP_SHARED (default: shared/ beside the repository)
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
DEDUP=${DEDUP:-$root/build/release/src/cli/dedup}
SHARED=${DEDUP_SHARED:-$root/../shared}
SAMPLES=$root/samples/articles
SUPPORT=$root/tests/support
FUZZ=$root/tests/fuzz
export DEDUP SHARED SAMPLES SUPPORT FUZZ LC_ALL=C.UTF-8

bless=no
[ "${1:-}" = --bless ] && { bless=yes; shift; }
[ $# -gt 0 ] || set -- $(cd "$here/cases" && ls | sed -n 's/\.sh$//p')

# Times, speeds and the place of the temporary folder differ from run to run.
sanitize() {
    sed -E -e "s#$1#TMP#g" -e 's#[0-9]+\.[0-9]+ s\b#N s#g' -e 's#[0-9]+(\.[0-9]+)? MB/s#N MB/s#g'
}

passed=0 failed=0 skipped=0
for name in "$@"; do
    folder=$(mktemp -d) && folder=$(cd "$folder" && pwd -P)
    (cd "$folder" && sh -u "$here/cases/$name.sh" >"$folder.out" 2>"$folder.err" </dev/null)
    code=$?
    if [ $code = 77 ]; then
        echo "skipped $name: $(head -1 "$folder.out")"
        skipped=$((skipped + 1))
    else
        {
            echo "exit $code"
            echo "--- stdout"
            cat "$folder.out"
            echo "--- stderr"
            cat "$folder.err"
        } | sanitize "$folder" >"$folder.got"
        if [ $bless = yes ]; then
            cp "$folder.got" "$here/cases/$name.expected"
            echo "blessed $name"
        elif cmp -s "$folder.got" "$here/cases/$name.expected"; then
            passed=$((passed + 1))
        else
            echo "FAILED  $name"
            diff -u "$here/cases/$name.expected" "$folder.got" | head -60
            failed=$((failed + 1))
        fi
    fi
    chmod -R u+rwx "$folder" 2>/dev/null
    rm -rf "$folder" "$folder.out" "$folder.err" "$folder.got"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
