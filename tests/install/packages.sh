#!/bin/sh
# Makes the packages of a build by cpack, and uses them: what they hold, what they need, the command and a client of the library.
# Usage: tests/install/packages.sh BUILD_DIRECTORY
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$1
cc=${CC:-cc}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
command -v cpack >/dev/null 2>&1 || { echo "cpack is missing, passed over"; exit 77; }
fail() {
    echo "$*"
    exit 1
}

(cd "$build" && cpack -B "$work/packages") >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }

# use NAME ROOT PREFIX: an unpacked package.
use() {
    prefix=$2$3
    for file in bin/dedup share/man/man1/dedup.1 share/bash-completion/completions/dedup share/zsh/site-functions/_dedup \
        share/fish/vendor_completions.d/dedup.fish share/doc/dedup/copyright share/doc/dedup/README.md; do
        [ -s "$prefix/$file" ] || fail "$1: no $file"
    done
    pc=$(dirname "$(find "$prefix" -name dedup.pc)")
    libraries=$(dirname "$pc")
    LD_LIBRARY_PATH=$libraries "$prefix/bin/dedup" --version | head -n 1
    mkdir -p "$work/in" && printf '同一句话写了两遍。\n' >"$work/in/a.txt" && cp "$work/in/a.txt" "$work/in/b.txt"
    LD_LIBRARY_PATH=$libraries "$prefix/bin/dedup" --in "$work/in" --out "$work/$1.out" --quiet
    [ "$(find "$work/$1.out" -name '*.txt' | wc -l)" = 1 ] || fail "$1: the command does not work"
    # shellcheck disable=SC2046,SC2086
    $cc ${CLIENT_FLAGS:-} $(PKG_CONFIG_PATH=$pc pkg-config --cflags dedup) "$here/client.c" -o "$work/client" \
        $(PKG_CONFIG_PATH=$pc pkg-config --libs dedup)
    [ "$(LD_LIBRARY_PATH=$libraries "$work/client")" = "汉字abc" ] || fail "$1: the client does not work"
    ! grep -rIl "$build" "$prefix" | grep . || fail "$1: names the folder of the build"
    [ -z "$(find "$prefix" -type f -perm /022)" ] || fail "$1: files that others may write"
    echo "$1: good"
}

mkdir "$work/tar" && tar -xzf "$work"/packages/*.tar.gz -C "$work/tar" --strip-components=1
use tar "$work/tar" ""

deb=$(find "$work/packages" -maxdepth 1 -name '*.deb')
if [ -z "$deb" ] || ! command -v dpkg-deb >/dev/null 2>&1; then
    echo "no tools for .deb, passed over"
    exit 0
fi
field() { dpkg-deb -f "$deb" "$1"; }
[ "$(field Package)" = dedup ] && [ "$(field Version)" = "$("$work/tar/bin/dedup" --version | sed -n '1s/dedup //p')" ] ||
    fail "deb: package or version"
[ "$(field Architecture)" = "$(dpkg --print-architecture)" ] || fail "deb: architecture"
for need in libc6 libpcre2-8-0 libzstd1 zlib1g; do
    field Depends | grep -q "$need" || fail "deb: does not depend on $need"
done
[ "$(field Description | wc -l)" -gt 2 ] || fail "deb: no description"
! dpkg-deb -c "$deb" | awk '$2 != "root/root" || ($6 !~ /^\.\/$|^\.\/usr\//)' | grep . || fail "deb: owners or places"
mkdir "$work/deb" && dpkg-deb -x "$deb" "$work/deb"
use deb "$work/deb" /usr
