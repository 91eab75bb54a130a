# Links that somebody put below OUT: nothing is written, deleted or named through them, and the message names the link.
mkdir -p in/sub/deep outside
cp "$SAMPLES"/harbour/001.txt in/sub/a.txt
cp "$SAMPLES"/harbour/002.txt in/sub/deep/b.txt
printf 'x' >in/sub/p.png
touch in/sub/.dedup-tmp-mine outside/.dedup-tmp-mine
cp -rp in kept
"$DEDUP" --in in --out whole --quiet; echo "exit $?"
places() { find in outside elsewhere -printf '%p %i %s\n' 2>/dev/null | LC_ALL=C sort; }
fresh() { rm -rf in out elsewhere; cp -rp kept in; cp -r whole out; }
# A run into OUT, and whether anything outside of it has changed.
run() {
    places >before
    "$DEDUP" --in in --out out >/dev/null; echo "exit $?"
    places | cmp before - && echo "outside all is as it was"
}
echo "-- the folder of results leads into the input"
fresh; rm -r out/sub; ln -s ../in/sub out/sub; run
echo "-- a folder further down"
fresh; rm -r out/sub/deep; ln -s ../../outside out/sub/deep; run
echo "-- without a manifest"
fresh; rm -r out/sub out/.dedup/manifest.json; ln -s ../in/sub out/sub; run
echo "-- the folder of other files"
fresh; mv out/.dedup/others elsewhere; ln -s ../../elsewhere out/.dedup/others; run
echo "-- a folder in it"
fresh; mv out/.dedup/others/sub elsewhere; ln -s ../../../elsewhere out/.dedup/others/sub; run
echo "-- the folder of the account"
fresh; mv out/.dedup elsewhere; ln -s ../elsewhere out/.dedup; run
echo "-- that folder alone, and empty"
rm -rf out elsewhere; mkdir out elsewhere; ln -s ../elsewhere out/.dedup; run
echo "-- the lock"
fresh; rm out/.dedup/lock; ln -s ../../outside/lock out/.dedup/lock; run
echo "-- a link that leads nowhere"
fresh; rm -r out/sub; ln -s nowhere out/sub; run
echo "-- links in the place of files are replaced"
fresh; mkdir elsewhere
for file in sub/a.txt .dedup/manifest.json .dedup/report.json .dedup/removed.jsonl.zst .dedup/others/sub/p.png; do
    mv out/$file elsewhere; ln -s "$PWD/elsewhere/${file##*/}" out/$file
done
rm out/sub/deep/b.txt; ln -s "$PWD/in/sub/deep/b.txt" out/sub/deep/b.txt
run; find out -type l
diff -r -x report.json -x report.html whole out && echo "as the first run"
echo "-- OUT itself may be one, and what is above it"
rm -rf out elsewhere; mkdir elsewhere; ln -s elsewhere out
"$DEDUP" --in in --out out/x/y --quiet; echo "exit $?"
rm -r elsewhere/x
"$DEDUP" --in in --out out --quiet; echo "exit $?"
find elsewhere -name '*.txt' | LC_ALL=C sort
