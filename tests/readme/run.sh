#!/bin/sh
# The README is true: its list of options is the command's own, its commands run, its program compiles and says what it says.
# Usage: tests/readme/run.sh DEDUP BUILD_FOLDER      (environment: CLIENT_FLAGS, flags for the compiler)
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
dedup=$1 build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

sed -n '/<!-- options:/,/<!-- end of options -->/p' "$root/README.md" | sed '1d;$d' >"$work/listed"
"$dedup" --generate markdown | diff "$work/listed" - || {
    echo "the options in README.md are not those of --generate markdown"
    exit 1
}

# Every option that the text names is one; those of other programs are listed here.
others='--preset|--quick|--kills|--full|--install|--cflags|--libs|--bless|--mb|--runs|--no-peers|--cases'
grep -oE -- '--[a-z][a-z-]+' "$root/README.md" | sort -u | grep -vxE -- "$others" >"$work/named"
"$dedup" --generate markdown | grep -oE -- '`--[a-z-]+' | tr -d '`' | sort -u | comm -23 "$work/named" - >"$work/unknown"
[ ! -s "$work/unknown" ] || {
    echo "README.md names options that do not exist:" && cat "$work/unknown"
    exit 1
}

mkdir "$work/bin" && ln -s "$dedup" "$work/bin/dedup" && cp -r "$root/samples/articles" "$work/scraped"
cp "$root/samples/articles/feeds/wire.jsonl" "$work/articles.jsonl"
sed -n '/^```console$/,/^```$/p' "$root/README.md" | sed -n 's/^\$ //p' >"$work/commands"
[ -s "$work/commands" ]
(cd "$work" && PATH="$work/bin:$PATH" sh -eu commands >/dev/null)

sed -n '/^```c$/,/^```$/p' "$root/README.md" | sed '1d;$d' >"$work/example.c"
cmake --install "$build" --prefix "$work/prefix" >/dev/null
pc=$(dirname "$(find "$work/prefix" -name dedup.pc)")
# shellcheck disable=SC2046,SC2086
${CC:-cc} ${CLIENT_FLAGS:-} "$work/example.c" -o "$work/example" $(PKG_CONFIG_PATH="$pc" pkg-config --cflags --libs dedup)
said=$(LD_LIBRARY_PATH=$(dirname "$pc") "$work/example")
grep -qF "prints \`$said\`" "$root/README.md" || {
    echo "the example in README.md says \"$said\""
    exit 1
}
