#!/bin/sh
# Installs what the tests need, builds, and runs all of them.
# Usage: tests/run.sh [PRESET [ARGUMENT...]]      release (default), debug, asan-ubsan, tsan, coverage; arguments of ctest
set -eu
cd "$(dirname "$0")/.."
preset=${1:-release}
[ $# -eq 0 ] || shift

sh tests/support/packages.sh tests
cmake --preset "$preset" -G Ninja -DDEDUP_BUILD_TESTS=ON
cmake --build --preset "$preset"
ctest --preset "$preset" -j2 "$@"
