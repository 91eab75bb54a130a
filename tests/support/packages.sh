#!/bin/sh
# packages.sh build|tests|bench|checks|browser : installs what is missing of the Debian or Ubuntu packages for that purpose, and nothing else.
set -eu

build="gcc make cmake ninja-build pkg-config libc6-dev libxxhash-dev libpcre2-dev libzstd-dev liblz4-dev zlib1g-dev liblzma-dev libbz2-dev"
tests="$build libcmocka-dev libutf8proc-dev libopencc-dev opencc python3 python3-numpy gzip zstd xz-utils bzip2 lz4 valgrind"
bench="$tests xxhash python3-venv"
browser="python3 chromium fonts-noto-cjk" # half a gigabyte; tests/browser is skipped without it
checks="$tests clang clang-format clang-tidy cppcheck gcovr libclang-rt-dev mandoc zsh fish doxygen dpkg-dev file"

case "${1:-}" in
build) wanted=$build ;;
tests) wanted=$tests ;;
bench) wanted=$bench ;;
checks) wanted=$checks ;;
browser) wanted=$browser ;;
*) echo "usage: packages.sh build|tests|bench|checks|browser" >&2; exit 2 ;;
esac

if ! command -v apt-get >/dev/null 2>&1; then
    echo "This is not Debian or Ubuntu. Please see to it that these packages, or their likes, are there:" >&2
    echo "  $wanted" >&2
    exit 0
fi

missing=
for package in $wanted; do
    if ! dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q 'ok installed'; then
        missing="$missing $package"
    fi
done
[ -n "$missing" ] || exit 0

run=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null 2>&1 || { echo "Please install as root:$missing" >&2; exit 1; }
    run=sudo
fi
echo "Installing:$missing"
export DEBIAN_FRONTEND=noninteractive
$run apt-get update -qq
# Ubuntu 22.04 has what Debian 12 and later call libclang-rt-dev inside of clang.
apt-cache show libclang-rt-dev >/dev/null 2>&1 || missing=$(echo "$missing" | sed 's/ libclang-rt-dev//')
# shellcheck disable=SC2086
$run apt-get install -y -qq --no-install-recommends $missing >/dev/null
