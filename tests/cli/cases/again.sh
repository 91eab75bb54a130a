# A second run with the same options is welcome; one with others, or over another input, is refused.
mkdir in && cp "$SAMPLES/harbour/001.txt" in/
"$DEDUP" --in in --out out --quiet; echo "exit $?"
"$DEDUP" --in in --out out --quiet; echo "exit $?"
"$DEDUP" --in in --out out --quiet --threshold .7; echo "exit $?"
echo more >in/more.txt
"$DEDUP" --in in --out out --quiet; echo "exit $?"
