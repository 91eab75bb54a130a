# The input comes back byte for byte: by the command, and by a program that shares no code with it. And verify agrees.
# Sizes of packed files, and whether one comes out the same, depend on the versions of the packing libraries.
uncertain() {
    sed -E -e '/^(Compared|Restored)/s/[0-9]+/N/g' -e 's/[0-9]+ bytes/N bytes/' \
        -e 's/^[0-9]* compressed files* identical, [0-9]* with/Some compressed files with/'
}
back() {
    rm -rf out to other
    echo "== $*"
    in=$1
    shift
    "$DEDUP" --in "$in" --out out --quiet "$@"
    "$DEDUP" verify --in "$in" --out out
    "$DEDUP" restore --out out --to to
    python3 "$SUPPORT/same_tree.py" "$in" to
    python3 "$SUPPORT/../cli/restore.py" out other "$in"
}
all() {
    python3 "$SUPPORT/odd_tree.py" odd
    back odd
    back odd --paragraphs corpus --clean aggressive --threads 3
    back odd --max-document 4K --max-file 20K
    back odd --encoding euc-tw
    back odd --encoding hz --text-field id
    back odd --clean off --documents keep --paragraphs off --others leave
    python3 "$SUPPORT/odd_corpus.py" corpus 4
    back corpus --encoding gbk --keep newest
}
all | uncertain
echo "== links followed"
rm -f odd/links/loop odd/links/nowhere.txt odd/links/absolute odd/links/odd
rm -rf out to
"$DEDUP" --in odd --out out --quiet --follow
"$DEDUP" verify --in odd --out out --quiet && "$DEDUP" restore --out out --to to --quiet
[ -f to/links/file.txt ] && cmp odd/copies/2.txt to/links/folder/2.txt && echo "files in place of links"
echo "== a run over its own output"
rm -rf twice to
"$DEDUP" --in out --out twice --quiet
"$DEDUP" restore --out twice --to to | grep identical # packed by ourselves
python3 "$SUPPORT/same_tree.py" out to --quiet && echo "the same"
