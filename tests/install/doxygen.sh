#!/bin/sh
# The public headers become pages without a warning. Usage: tests/install/doxygen.sh
set -eu
cd "$(dirname "$0")/../.."
command -v doxygen >/dev/null 2>&1 || { echo "doxygen is missing, passed over"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
said=$( (cat src/install/Doxyfile && echo "OUTPUT_DIRECTORY = $work") | doxygen - 2>&1) || { echo "$said"; exit 1; }
[ -z "$said" ] || { echo "$said"; exit 1; }
for header in include/dedup/*.h; do
    name=$(basename "$header" .h)
    [ -s "$work/html/${name}_8h.html" ] || { echo "no page for $name.h"; exit 1; }
done
# Every function has more than its name: the list of undocumented members is empty.
grep -hoE 'DEDUP_API [^;]*' include/dedup/*.h | grep -oE 'dedup_[a-z_]+\(' | tr -d '(' | sort -u | while read -r function; do
    grep -lq "\"memItemRight\".*>$function<" "$work"/html/*_8h.html || { echo "$function is on no page"; exit 1; }
done
echo "doxygen: good"
