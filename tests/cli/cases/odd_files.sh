# Empty files, NUL bytes, no final line feed, strange names: handled, names unchanged, texts complete.
mkdir -p in/sub
: >in/empty.txt
: >in/empty.jsonl
printf 'nul \000 inside\n' >in/nul.txt
printf 'no line feed at the end' >in/open.txt
printf 'one\r\ntwo\rthree\n' >in/ends.txt
printf 'a name with a line feed\n' >"in/sub/new
line.txt"
printf 'a name that is not UTF-8\n' >"$(printf 'in/sub/b\377d.txt')"
printf '\357\273\277with a mark\n' >in/mark.txt
printf 'stray \377 byte, cut \344\270' >in/stray.txt
printf 'x' >in/other.bin
"$DEDUP" --in in --out out --clean off --quiet
echo "exit $?"
(cd out && find . -type f -not -path './.dedup/*' | LC_ALL=C sort | od -An -c | sed 's/ *$//')
for file in empty.txt empty.jsonl nul.txt open.txt ends.txt; do cmp "in/$file" "out/$file" && echo "$file unchanged"; done
od -An -c out/mark.txt
od -An -c out/stray.txt
"$DEDUP" log out
