#!/bin/sh
# Installs a build into a temporary prefix, moves it, and builds a client against it: by the CMake package and by pkg-config.
# Usage: tests/install/run.sh BUILD_DIRECTORY
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$1
cc=${CC:-cc}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --prefix "$work/first" >"$work/log"
mv "$work/first" "$work/prefix"
prefix=$work/prefix

check() {
    got=$("$1")
    [ "$got" = "汉字abc" ] || { echo "$2: the client printed: $got"; exit 1; }
    echo "$2: good"
}

cmake -S "$here" -B "$work/cmake" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_FLAGS="${CLIENT_FLAGS:-}" >"$work/log" 2>&1 &&
    cmake --build "$work/cmake" >>"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
check "$work/cmake/client" "CMake package"

pc=$(find "$prefix" -name dedup.pc)
PKG_CONFIG_PATH=$(dirname "$pc") && export PKG_CONFIG_PATH
# shellcheck disable=SC2046
$cc ${CLIENT_FLAGS:-} $(pkg-config --cflags dedup) "$here/client.c" -o "$work/client" $(pkg-config --libs dedup)
LD_LIBRARY_PATH=$(pkg-config --variable=libdir dedup) && export LD_LIBRARY_PATH
check "$work/client" "pkg-config"

if [ -e "$prefix/bin/dedup" ]; then
    "$prefix/bin/dedup" --version
    bash -n "$prefix/share/bash-completion/completions/dedup"
    ! command -v mandoc >/dev/null 2>&1 || mandoc -T lint "$prefix/share/man/man1/dedup.1"
    echo "command: good"
fi
