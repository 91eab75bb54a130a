#!/bin/sh
# Builds dedup and shows it at work on samples/articles: what went in, what came out, what was taken and why.
# Usage: samples/run.sh [DIRECTORY]      cleans a copy of DIRECTORY instead
set -eu
export LC_ALL=C.UTF-8
cd "$(dirname "$0")/.."

sh tests/support/packages.sh build
echo "Building ..."
cmake --preset release -G Ninja -DDEDUP_BUILD_TESTS=OFF >build.log 2>&1 && cmake --build --preset release >>build.log 2>&1 ||
    { cat build.log; exit 1; }
rm -f build.log
dedup=build/release/src/cli/dedup

in=${1:-samples/articles}
out=$(mktemp -d "${TMPDIR:-/tmp}/dedup-sample.XXXXXX")/clean

echo
echo "\$ dedup --in $in --out $out"
echo
"$dedup" --in "$in" --out "$out"

[ $# -eq 0 ] || exit 0

echo
echo "One article before ..."
echo
sed -n '1,200p' "$in/harbour/001.txt" | sed 's/^/    /'
echo
echo "... and after:"
echo
sed 's/^/    /' "$out/harbour/001.txt"
echo
echo "What was removed, and why (dedup log $out):"
echo
"$dedup" log "$out" | sed -E 's/^(.{150}).+/\1.../' | head -20
echo
echo "Which duplicates were found ($out/.dedup/duplicates.jsonl):"
echo
cat "$out/.dedup/duplicates.jsonl"

echo
echo "The same for a stream, line by line as it comes (dedup --in - --out -):"
echo
"$dedup" --in - --out - --quiet <"$in/feeds/wire.jsonl" | sed -E 's/^(.{100}).+/\1.../'
echo
echo "samples/scrapy/run.sh shows a Scrapy crawl whose items pass through dedup."
