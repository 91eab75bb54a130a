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
echo "documents: good"
