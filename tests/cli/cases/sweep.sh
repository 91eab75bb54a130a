# The sweep says what runs would do; a dry run says what the run would print; a sample is the same for any order.
mkdir -p in/a in/b
python3 "$SUPPORT/streams.py" make 4 >in/a/in.jsonl
python3 "$SUPPORT/streams.py" make 5 | gzip >in/b/more.jsonl.gz
cp -r "$SAMPLES"/harbour "$SAMPLES"/mountain in
"$DEDUP" plan --in in --sweep .3:.9:.15 --paragraphs keep >sweep 2>/dev/null; echo "exit $?"
sed -n '3,$p' sweep | while read -r threshold go share _ equal near contained _; do
    [ "$threshold" != threshold ] || continue
    "$DEDUP" --in in --out "out$threshold" -t "$threshold" --paragraphs keep -q 2>/dev/null
    grep '"documents": {"exact"' "out$threshold/.dedup/report.json" | tr -dc '0-9 \n' | { read -r e n c
        [ "$e $n $c" = "$equal $near $contained" ] && echo "$threshold: as a run" || echo "$threshold: $equal $near $contained, a run: $e $n $c"; }
done
"$DEDUP" --in in --out out --no-rule learned 2>/dev/null | sed '/^Time/,$d;s/, see "problems" in the report//;/^Skipped/d' >wet
"$DEDUP" --in in --dry-run --no-rule learned --log-file log 2>/dev/null | sed '/^Time/d;/^Skipped/d' >dry; echo "exit $?"
cmp wet dry && echo "the same numbers"
grep '"unit"' log | cmp - out/.dedup/duplicates.jsonl && echo "the same duplicates"
ls
"$DEDUP" --in in -n --sample 300 2>/dev/null | grep -E '^documents' | tr -s ' '
"$DEDUP" --in in -n --sample 300 --log-file sampled -q 2>/dev/null
mkdir other && cp -r in/mountain in/harbour in/b in/a other
"$DEDUP" --in other -n --sample 300 --threads 1 --log-file again -q 2>/dev/null
cmp sampled again && echo "the same sample"
"$DEDUP" plan --in in --sweep .8:.8 --sample 300 2>/dev/null | head -n 1
"$DEDUP" --in in --out x --sample 3; echo "exit $?"
"$DEDUP" --in nowhere --dry-run; echo "exit $?"
