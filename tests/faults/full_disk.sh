#!/bin/sh
# A disk that is full, for real: OUT on file systems of growing size until a run fits. Each that does not must end with exit 3,
# name a file and leave nothing that is not whole; with room, the same command then finishes. Needs root, for mount.
# Usage: full_disk.sh DEDUP
set -u
dedup=$1
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
disk=$folder/disk
mkdir "$disk"
if ! mount -t tmpfs -o size=64k none "$disk" 2>/dev/null; then
    rm -rf "$folder"
    echo "skipped: a small file system cannot be mounted here (root is needed)"
    exit 77
fi
trap 'umount "$disk"; rm -rf "$folder"' EXIT
PYTHONDONTWRITEBYTECODE=1 python3 -c "import sys; sys.path.insert(0, '$here'); import tree; tree.build('$folder/in')"
"$dedup" --in "$folder/in" --out "$folder/whole" --quiet --threads 1 || exit 1

check_same() {
    diff -r -I '<footer>' -x manifest.json -x report.json -x lock "$folder/whole" "$1" && [ -z "$(find "$1" -name '.dedup-tmp*')" ]
}

full=0 size=8
while :; do
    mount -o remount,size=${size}k "$disk" || exit 1
    "$dedup" --in "$folder/in" --out "$disk/out" --quiet --threads 1 --memory 1K 2>"$folder/said"
    code=$?
    [ $code != 0 ] || break
    full=$((full + 1))
    grep -q '^dedup: .*No space left on device' "$folder/said" && [ $code = 3 ] ||
        { echo "FAILED at $size KiB: exit $code: $(cat "$folder/said")"; exit 1; }
    for file in $(cd "$disk/out" 2>/dev/null && find . -type f -not -path './.dedup/*' -not -name '.dedup-tmp*'); do
        cmp "$folder/whole/$file" "$disk/out/$file" || exit 1
    done
    [ $((full % 2)) = 0 ] || rm -rf "$disk/out" # every other run goes on where the last one stopped
    size=$((size + 8))
done
check_same "$disk/out" || exit 1
echo "disks that were full $full, survived $full; $size KiB are enough"
[ $full -gt 3 ]
