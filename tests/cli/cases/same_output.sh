# The same bytes for any number of threads and any order in which the files were made.
mkdir forward backward
cp -r "$SAMPLES"/. forward/
for file in $(cd "$SAMPLES" && find . -type f | sort -r); do
    mkdir -p "backward/$(dirname "$file")" && cp "$SAMPLES/$file" "backward/$file"
done
"$DEDUP" --in forward --out one --threads 1 --quiet
"$DEDUP" --in forward --out two --threads 2 --quiet
"$DEDUP" --in backward --out three --threads 5 --quiet
for out in two three; do
    diff -r -I '<footer>' -x manifest.json -x report.json -x lock one $out && echo "$out is the same"
done
