# Every byte is accounted for, says a program that shares no code with the command; and it does notice when one is not.
audit() {
    python3 "$SUPPORT/../cli/account.py" "$1" "$2" "$DEDUP"
}
"$DEDUP" --in "$SAMPLES" --out samples --quiet
audit "$SAMPLES" samples
for seed in 1 2; do
    python3 "$SUPPORT/odd_corpus.py" odd$seed $seed
    for options in "" "--paragraphs corpus" "--clean aggressive --keep newest --threads 3" \
        "--clean off --paragraphs keep --documents keep"; do
        echo "odd files $seed $options"
        # shellcheck disable=SC2086
        "$DEDUP" --in odd$seed --out out --quiet $options
        audit odd$seed out
        rm -rf out
    done
done
echo "with damage"
mkdir in && cp "$SAMPLES"/harbour/00[12].txt in
"$DEDUP" --in in --out out --quiet
audit in out
echo x >>out/001.txt
sed -i 's/"documents": 2/"documents": 3/' out/.dedup/report.json
audit in out
echo "exit $?"
