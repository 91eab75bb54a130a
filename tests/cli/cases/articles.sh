# The acceptance table for five real articles, level safe.
[ -d "$SHARED/articles" ] || { echo "no $SHARED/articles"; exit 77; }
"$DEDUP" --in "$SHARED/articles" --out out --clean safe --quiet || exit 1
in=$SHARED/articles
filled() { grep -v '^[[:space:]]*$' "$1"; }
head -87 "$in/000.txt" | grep -v '^$' >want
filled out/000.txt | cmp - want && echo "000: lines 1 to 87"
filled "$in/001.txt" >want; filled out/001.txt | cmp - want && echo "001: nothing but blank runs"
echo "002: $(filled out/002.txt | wc -l) lines, $(grep -oE '\([a-zü]*[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ][a-z]*\)' out/002.txt | wc -l) annotations"
echo "002: parentheses kept: $(grep -oE '\((MindSpore|ITU|中國|12N[^)]*|同比[^)]*)\)' out/002.txt | sort -u | wc -l)"
tail -n +2 "$in/003.txt" | grep -v '^[[:space:]]*$' >want
filled out/003.txt | cmp - want && echo "003: all but line 1"
echo "004: $(filled out/004.txt | wc -l) lines"
