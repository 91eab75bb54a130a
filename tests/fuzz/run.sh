#!/bin/sh
# Fuzzes every target for SECONDS (default 60) each, with ASan and UBSan. Findings are left in build/fuzz/found.
# Usage: tests/fuzz/run.sh [SECONDS] [TARGET...]
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-60}
[ $# -eq 0 ] || shift
sh tests/support/packages.sh checks
CC=clang cmake -S . -B build/fuzz -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS_DEBUG="-g -O1" -DDEDUP_FUZZ=ON \
    -DDEDUP_SANITIZE=fuzzer-no-link,address,undefined >/dev/null
cmake --build build/fuzz --target fuzz >/dev/null
[ $# -gt 0 ] || set -- $(cd tests/fuzz && ls *_fuzz.c | sed 's/_fuzz\.c$//')
mkdir -p build/fuzz/found
for target in "$@"; do
    mkdir -p "build/fuzz/grown/$target" "tests/fuzz/corpus/$target"
    dictionary=
    [ ! -f "tests/fuzz/$target.dict" ] || dictionary="-dict=tests/fuzz/$target.dict"
    echo "== $target"
    # shellcheck disable=SC2086
    "build/fuzz/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 -print_final_stats=1 \
        -artifact_prefix="build/fuzz/found/$target-" $dictionary \
        "build/fuzz/grown/$target" "tests/fuzz/corpus/$target" samples/articles >build/fuzz/$target.log 2>&1 ||
        { tail -30 "build/fuzz/$target.log"; exit 1; }
    grep -E 'stat::number_of_executed_units' "build/fuzz/$target.log"
done
