# Inputs that cannot be understood are reported with their place and passed on; the run goes on and ends with 1.
mkdir in
printf 'not gzip at all, just text\n' >in/fake.txt.gz
printf 'a text that will be cut short while it is compressed\n%.0s' 1 2 3 4 5 6 7 8 9 | gzip -c | head -c 40 >in/cut.txt.gz
{
    printf '{"id": 1, "text": "a first good line"}\n'
    printf '{"id": 2, "text": broken}\n'
    printf '\n'
    printf '{"id": 3, "body": "no text here"}\n'
    printf '{"id": 4, "text": 17}\n'
    printf '[1, 2, 3]\n'
    printf '{"id": 5, "text": "a lone \\ud800 surrogate"}\n'
    printf '{"id": 6, "text": "a last good line without a line feed"}'
} >in/lines.jsonl
printf 'whole\n' >in/good.txt
"$DEDUP" --in in --out out >/dev/null
echo "exit $?"
for file in fake.txt.gz cut.txt.gz good.txt; do cmp "in/$file" "out/$file" && echo "$file unchanged"; done
cat out/lines.jsonl
