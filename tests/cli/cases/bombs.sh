# Decompression bombs stop at the limits and are passed on as they came; the options that raise the limits let them in.
mkdir in
head -c 80000000 /dev/zero | zstd -qc >in/ratio.jsonl.zst
head -c 80000000 /dev/zero | zstd -qc >in/ratio.txt.zst
head -c 3000000 /dev/zero | tr '\0' '\n' | gzip -c >in/size.txt.gz
"$DEDUP" --in in --out out --max-file 2M >/dev/null; echo "exit $?"
for file in in/*; do cmp $file out/${file#in/} && echo "${file#in/} passed on"; done
"$DEDUP" --in in --out small >/dev/null; echo "exit $?"
for file in in/ratio*; do cmp $file small/${file#in/} && echo "${file#in/} passed on"; done
rm in/ratio.txt.zst
"$DEDUP" --in in --out large --max-ratio 4294967295 --quiet; echo "exit $?"
