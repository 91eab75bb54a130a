#!/bin/bash
# Checks what `COMMAND --generate` prints with the programs that read it; those that are missing are named and passed over.
# Usage: documents.sh COMMAND
set -eu
command=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for form in man bash zsh fish markdown; do
    "$command" --generate $form >"$work/$form"
done

# check PROGRAM ARGUMENT...: runs it when it is there; it must succeed and print nothing.
check() {
    if ! command -v "$1" >/dev/null 2>&1; then
        echo "$1 is missing, passed over"
    elif ! said=$("$@" 2>&1) || [ -n "$said" ]; then
        echo "$*: $said"
        exit 1
    fi
}
mv "$work/man" "$work/dedup.1" # mandoc takes the end of a name, of a folder even, for a section
check mandoc -T lint "$work/dedup.1"
check bash -n "$work/bash"
check zsh -n "$work/zsh"
check fish --no-execute "$work/fish"

# complete WORD... : what bash offers for the last word.
complete() {
    bash -c 'compopt() { :; }
        source "$1"; shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
        _dedup
        echo "${COMPREPLY[*]}"' bash "$work/bash" "$@"
}
expect() {
    [ "$1" = "$2" ] || { echo "completion: expected \"$1\", got \"$2\""; exit 1; }
}
expect "--threshold --threads" "$(complete dedup --thr)"
expect "safe standard" "$(complete dedup --clean s)"
expect "newest" "$(complete dedup --in a -k n)"
expect "log" "$(complete dedup lo)"
expect "" "$(complete dedup --in '')"
expect "" "$(complete dedup log '')"
expect "rules" "$(complete dedup ru)"
expect "list test explain learned" "$(complete dedup rules '')"
expect "--rules" "$(complete dedup rules test --ru)"
expect "--measure" "$(complete dedup plan --me)"
expect "--log --log-file" "$(complete dedup --lo)"
expect "json" "$(complete dedup --progress j)"

# What fish offers.
offers() {
    fish --no-config -c "source '$work/fish'; complete -C '$1'" | cut -f 1 | sort | tr '\n' ' '
}
if command -v fish >/dev/null 2>&1; then
    expect "--threads --threshold " "$(offers 'dedup --thr')"
    expect "safe standard " "$(offers 'dedup --clean s')"
fi

# The table has every option that a document names, and every document names every option of the table.
"$command" --generate markdown | grep -oE -- '`--[a-z-]+' | tr -d '`' | sort -u >"$work/table"
[ "$(wc -l <"$work/table")" -gt 30 ]
for form in bash zsh; do
    grep -oE -- '--[a-z][a-z-]+' "$work/$form" | sort -u | diff "$work/table" - || { echo "$form and the table differ"; exit 1; }
done
sed -n 's/^complete -c dedup -l \([a-z-]*\).*/--\1/p' "$work/fish" | sort -u | diff "$work/table" - || { echo "fish differs"; exit 1; }
sed -nE 's/^\.It (Fl . , )?Fl Fl ([a-z-]+).*/--\2/p' "$work/dedup.1" | sort -u | diff "$work/table" - || { echo "man differs"; exit 1; }
"$command" --help-all | grep -oE -- '^ +(-., )?--[a-z-]+' | grep -oE -- '--[a-z-]+' | sort -u | diff "$work/table" - || { echo "help differs"; exit 1; }
"$command" --help | grep -oE -- '^ +(-., )?--[a-z-]+' | grep -oE -- '--[a-z-]+' | sort -u | comm -23 - "$work/table" | grep . && exit 1
[ "$("$command" --help | wc -l)" -le 50 ] && [ "$("$command" --help | wc -L)" -le 80 ] || { echo "help: more than a screen"; exit 1; }
echo "documents: good"
