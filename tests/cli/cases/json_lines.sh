# JSON Lines: only the text changes, everything else stays byte for byte, in every container; ids are in the reports.
mkdir in
cat >in/a.jsonl <<'END'
{"id":"k-1", "n" : 1.2300e+05, "big":12345678901234567890123.0, "path":"a\/b", "text":"第一条新闻讲的是港口的新渡轮，它从今天起每小时开一班，票价不变。\n展开", "tail":[1, {"x":null}]}
{"text":"\u7b2c\u4e8c\u6761\u65b0\u95fb\u8bb2\u7684\u662f\u5c71\u4e0a\u7684\u65e7\u74e6\u7a91\uff0c\u5b83\u5728\u53bb\u5e74\u51ac\u5929\u91cd\u65b0\u70b9\u706b\u4e86\u3002\n![]()\n\u4f1a\u5f00\u653e\u53c2\u89c2\u3002","id":22}
{"id":"k-3","text":"第一條新聞講的是港口的新渡輪,它從今天起每小時開一班,票價不變。"}
END
gzip -nc in/a.jsonl >in/b.jsonl.gz
zstd -q in/a.jsonl -o in/c.jsonl.zst
xz -kc in/a.jsonl >in/d.ndjson.xz
bzip2 -kc in/a.jsonl >in/e.jsonl.bz2
lz4 -q in/a.jsonl in/f.jsonl.lz4
"$DEDUP" --in in --out out --id-field id --documents keep --quiet; echo "exit $?"
cat out/a.jsonl
gzip -dc out/b.jsonl.gz | cmp - out/a.jsonl && echo gz
zstd -qdc out/c.jsonl.zst | cmp - out/a.jsonl && echo zst
xz -dc out/d.ndjson.xz | cmp - out/a.jsonl && echo xz
bzip2 -dc out/e.jsonl.bz2 | cmp - out/a.jsonl && echo bz2
lz4 -dc out/f.jsonl.lz4 | cmp - out/a.jsonl && echo lz4
grep '"dropped":"a.jsonl' out/.dedup/duplicates.jsonl
"$DEDUP" log out | grep '"document":"a.jsonl'
"$DEDUP" --in in --out less --quiet; echo "exit $?"
wc -l <less/a.jsonl
echo "-- files with byte order marks that were put together"
mkdir joined && head -n 2 in/a.jsonl | while read -r line; do printf '\357\273\277%s\n' "$line"; done >joined/a.jsonl
"$DEDUP" --in joined --out together --quiet; echo "exit $?"
grep -c "$(printf '^\357\273\277{')" together/a.jsonl
"$DEDUP" verify --in joined --out together --quiet; echo "exit $?"
"$DEDUP" restore --out together --to restored --quiet; echo "exit $?"
cmp joined/a.jsonl restored/a.jsonl && echo "the same bytes"
"$DEDUP" --in - --out - --quiet <joined/a.jsonl | wc -l
