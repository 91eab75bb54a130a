# The main job on the samples: the tree, every text, the decisions.
"$DEDUP" --in "$SAMPLES" --out out --color never || exit 1
find out -type f | LC_ALL=C sort
for file in $(find out -name '*.txt' -o -name '*.md' -o -name '*.jsonl' -not -path '*/.dedup/*' | LC_ALL=C sort); do
    echo "=== $file"
    cat "$file"
done
echo "=== lighthouse"
gzip -dc out/harbour/003.txt.gz
echo "=== duplicates"
cat out/.dedup/duplicates.jsonl
echo "=== log"
"$DEDUP" log out
