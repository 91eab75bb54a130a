# A stream: the same as a run with --keep first but for what it cannot know; lines at once; ends of pipes.
streams() { python3 "$SUPPORT/streams.py" "$@"; }
mkdir in
for seed in 1 2 3; do
    rm -rf out
    streams make $seed >in/in.jsonl
    for more in "--containment off" "--clean safe" "--threshold .6 --paragraphs keep"; do
        rm -rf out
        # shellcheck disable=SC2086
        "$DEDUP" --in in --out out --keep first --no-rule learned --id-field id $more -q; echo "run $?"
        # shellcheck disable=SC2086
        "$DEDUP" --in - --out - --no-rule learned --id-field id --log-file stream.log $more -q <in/in.jsonl >stream; echo "stream $?"
        streams compare out stream
        [ "$more" != "--containment off" ] || cmp out/in.jsonl stream
    done
done
streams talk "$DEDUP" --in - --out - -q
streams talk "$DEDUP" --in - --out - -q --flush
head -c 100000 in/in.jsonl | "$DEDUP" --in - --out - -q >cut; echo "cut off: exit $?"
cat in/in.jsonl in/in.jsonl | { "$DEDUP" --in - --out - -q; echo "closed: exit $?" >&2; } | head -n 1 >/dev/null
"$DEDUP" --in - --out - -q <in/in.jsonl >/dev/full; echo "full: exit $?"
"$DEDUP" --in - --out - -q --memory 300K <in/in.jsonl >bounded; echo "memory: exit $?"
[ -s bounded ] && head -c "$(wc -c <bounded)" stream | wc -c | awk '{ print ($1 > 0) ? "decided lines are there" : "nothing" }'
(sleep 10) | "$DEDUP" --in - --out - & pid=$!
sleep 1; kill -TERM $pid; wait $pid; echo "stopped: exit $?"
"$DEDUP" --in - --out - -q --log-file stream <stream >/dev/null; echo "log over the input: exit $?, $(wc -c <stream | awk '{ print ($1 > 0) ? "which is there" : "which is gone" }')"
"$DEDUP" --in - --out - -q --log-file both <in/in.jsonl >both; echo "log over the output: exit $?"
