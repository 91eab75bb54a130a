# A restore that is killed at any moment is finished by the same command, and leaves nothing behind.
python3 "$SUPPORT/odd_tree.py" odd
mkdir all && for copy in 1 2 3 4 5 6; do cp -r odd all/$copy; done
"$DEDUP" --in all --out out --quiet --documents keep
for delay in 0.005 0.01 0.02 0.03 0.05 0.08; do
    "$DEDUP" restore --out out --to to --quiet 2>/dev/null &
    sleep $delay
    kill -9 $! 2>/dev/null
    wait $! 2>/dev/null
    [ -e to/.dedup-tmp-restore ] || rm -rf to # it was done before
done
"$DEDUP" restore --out out --to to --quiet
echo "exit $?"
python3 "$SUPPORT/same_tree.py" all to --quiet && echo "the same"
rm -r to/1 && "$DEDUP" restore --out out --to to --quiet # done: nothing to finish
echo "exit $?"
