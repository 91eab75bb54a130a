#!/bin/sh
# Fuzzes every target for SECONDS (default 60) each, with ASan and UBSan, or all of them for SECONDS together. Findings are left in
# build/fuzz/found; they become seeds in tests/fuzz/corpus, which every build replays as a test.
# Usage: tests/fuzz/run.sh [SECONDS[all]] [TARGET...]
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-60}
[ $# -eq 0 ] || shift
sh tests/support/packages.sh checks
CC=clang cmake -S . -B build/fuzz -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS_DEBUG="-g -O1" -DDEDUP_FUZZ=ON \
    -DDEDUP_SANITIZE=fuzzer-no-link,address,undefined >/dev/null
cmake --build build/fuzz --target fuzz >/dev/null
[ $# -gt 0 ] || set -- $(cd tests/fuzz && ls *_fuzz.c | sed 's/_fuzz\.c$//')
case $seconds in
*all) seconds=$(((${seconds%all} + $# - 1) / $#)) ;;
esac
mkdir -p build/fuzz/found
executed=0
for target in "$@"; do
    mkdir -p "build/fuzz/grown/$target" "tests/fuzz/corpus/$target"
    dictionary=tests/fuzz/$target.dict
    [ -f "$dictionary" ] || dictionary=tests/fuzz/text.dict
    echo "== $target"
    "build/fuzz/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 -print_final_stats=1 \
        -artifact_prefix="build/fuzz/found/$target-" "-dict=$dictionary" \
        "build/fuzz/grown/$target" "tests/fuzz/corpus/$target" samples/articles >build/fuzz/$target.log 2>&1 ||
        { tail -30 "build/fuzz/$target.log"; exit 1; }
    count=$(sed -n 's/^stat::number_of_executed_units: *//p' "build/fuzz/$target.log")
    echo "$count executions"
    executed=$((executed + count))
done
echo "$# targets, $seconds s each, $executed executions"
