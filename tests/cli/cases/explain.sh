# A document as it was, with what was removed and why; a duplicate beside what stays; nothing of the input acts on the terminal.
cp -r "$SAMPLES" in
printf '{"text":"\\u001b[31m潮汐表\\u202e贴在渡口的木牌上，每天清晨由值班的船工用粉笔更新一次。\\n展开"}\n{"text":5}\n' >in/odd.jsonl
"$DEDUP" --in in --out out --quiet
for document in harbour/001.txt riverside/001.txt feeds/wire.jsonl:2 feeds/wire.jsonl:4 harbour/003.txt.gz odd.jsonl:1 odd.jsonl:2; do
    echo "=== $document"
    "$DEDUP" explain out "$document"; echo "exit $?"
done
echo "=== colours"
"$DEDUP" explain out feeds/wire.jsonl:4 --color always | od -c | grep -c '033'
NO_COLOR=1 "$DEDUP" explain out feeds/wire.jsonl:2 | grep -c "$(printf '\033')"
echo "=== refused"
"$DEDUP" explain out nothing; echo "exit $?"
"$DEDUP" explain out feeds/wire.jsonl:99; echo "exit $?"
"$DEDUP" explain in harbour/001.txt; echo "exit $?"
"$DEDUP" --in in --out ranges --log ranges --quiet
"$DEDUP" explain ranges harbour/001.txt; echo "exit $?"
