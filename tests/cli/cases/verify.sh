# Verify finds what is wrong, where, and says what to do; restore leaves out what it cannot prove. Only repeats and duplicates are
# removed here, so that other rules change nothing.
run() {
    rm -rf in out to
    mkdir -p in/sub
    cp "$SAMPLES"/harbour/001.txt "$SAMPLES"/harbour/002.txt in
    cp "$SAMPLES"/feeds/wire.jsonl "$SAMPLES"/harbour/003.txt.gz in/sub
    printf 'not text' >in/sub/picture.png
    ln -s nowhere in/link
    mkdir in/hollow
    "$DEDUP" --in in --out out --quiet --clean off "$@"
}
verify() {
    echo "-- $*"
    "$DEDUP" verify --in in --out out 2>&1
    echo "exit $?"
}
repack() {
    zstd -dcq "out/.dedup/$1.jsonl.zst" | sed "$2" >journal && zstd -qf journal -o "out/.dedup/$1.jsonl.zst"
}
run
verify "as it was"
sed -i 's/岛屿\|潮汐/潮夕/' in/001.txt
verify "the input has changed"
run && printf 'more' >>in/002.txt && : >in/sub/picture.png
verify "the input is longer, and shorter"
run && printf 'x' | dd of=out/001.txt bs=1 seek=300 conv=notrunc 2>/dev/null
verify "a byte of the output has changed"
"$DEDUP" restore --out out --to to --quiet
echo "exit $?"
(cd to && find . | LC_ALL=C sort)
run && printf 'more' >>out/001.txt && : >out/002.txt && rm out/sub/wire.jsonl
verify "outputs are longer, empty, gone"
run && repack removed 's/林若溪/林若水/; s/"end":396/"end":397/'
verify "the log has changed"
run && repack removed '1d'
verify "a record is gone"
run && repack removed '/wire.jsonl:1/{h;G}'
verify "records twice"
run && repack files '/picture/d'
verify "a file is not listed"
run && repack files 's/"removals":[0-9]*/"removals":99/'
verify "more records than there are"
run && echo new >in/new.txt && mkdir in/more && echo y >out/stranger.txt && rm -r in/link in/hollow
verify "things come and go"
run --log ranges
verify "ranges"
"$DEDUP" restore --out out --to to
echo "exit $?"
printf 'x' | dd of=in/001.txt bs=1 seek=300 conv=notrunc 2>/dev/null
verify "ranges, the input has changed"
run --log off
verify "without a log"
"$DEDUP" restore --out out --to to
echo "exit $?"
run && head -c 20 out/.dedup/removed.jsonl.zst >cut && mv cut out/.dedup/removed.jsonl.zst
verify "half a log"
run && sed -i s/done/running/ out/.dedup/manifest.json
verify "an unfinished run"
"$DEDUP" verify --in in --out in
"$DEDUP" verify --in nowhere --out out
"$DEDUP" verify --in in
"$DEDUP" restore --out out
run && mkdir to && echo x >to/taken
"$DEDUP" restore --out out --to to
"$DEDUP" restore --out out --to out/to
"$DEDUP" restore --out out --to in/001.txt
echo "exit $?"
