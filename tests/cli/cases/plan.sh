# The banding and its curve; measured on the samples, where nothing is written and the figures are the same every time.
"$DEDUP" plan; echo "exit $?"
"$DEDUP" plan --threshold .93 --units 50000000 | head -2
"$DEDUP" plan --bands 9x13 | head -2
cp -r "$SAMPLES" in
"$DEDUP" plan --measure in --threads 1 >one; echo "exit $?"
"$DEDUP" plan --measure in --threads 3 >three; echo "exit $?"
cmp one three && head -5 one
sed -n '/^0.800/p' one | awk '{ print ($5 >= .999 && $8 >= .995) ? "found" : "missed" }'
"$DEDUP" plan --measure nowhere; echo "exit $?"
mkdir empty
"$DEDUP" plan --measure empty; echo "exit $?"
"$DEDUP" plan --bands 40x40; echo "exit $?"
"$DEDUP" plan --units 0; echo "exit $?"
"$DEDUP" plan --in in; echo "exit $?"
"$DEDUP" plan in; echo "exit $?"
ls
